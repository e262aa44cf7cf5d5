"""Tests of the bus and the feeds."""
