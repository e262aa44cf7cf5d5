"""Benchmarks, `make bench`: what the server costs and how fast it is, beside something comparable in the same run."""
