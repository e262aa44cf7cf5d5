"""Clients of other hands, run by Node.js against a real server: `make test-clients`."""
