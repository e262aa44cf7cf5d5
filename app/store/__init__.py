"""The only MongoDB code."""
