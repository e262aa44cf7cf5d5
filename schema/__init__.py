"""GraphQL types as data."""
