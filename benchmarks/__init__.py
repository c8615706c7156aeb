"""Measurements beside their peers and limits. `python -m benchmarks`."""
