"""Measurements, each a command that prints its figures: `python -m benchmarks.NAME`. Never run as tests."""
