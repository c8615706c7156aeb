"""Reads of studios, shaped for screens."""
