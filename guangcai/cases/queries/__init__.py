"""Reads of cases, each with a fixed number of statements."""
