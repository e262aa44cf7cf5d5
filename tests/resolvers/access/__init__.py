"""Who may do and see what: every field of the API with everyone who may ask for it."""
