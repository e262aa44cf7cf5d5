"""The application: rules, use cases, and the adapters around them."""
