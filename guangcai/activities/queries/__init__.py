"""Reads of activities: what a screen or another room asks, shaped as frozen rows."""
