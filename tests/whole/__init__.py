"""The whole server, started as `make run` starts it, as its users see it: by API, sound and files alone."""
