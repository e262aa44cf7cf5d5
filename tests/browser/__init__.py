"""Real browsers at the real server: `make test-browser`. Not part of `make test`, which needs none."""
