"""A live conversation on a running server, by its public API and transport alone."""
