"""HTTP: GraphQL mount, sound, health."""
