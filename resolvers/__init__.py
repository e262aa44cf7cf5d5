"""What each GraphQL field does."""
