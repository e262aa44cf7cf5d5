"""Doubles: small named classes that pass the same contract suites as the real parts."""
