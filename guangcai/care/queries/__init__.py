"""Reads of care. Every one begins with what the actor may see; names are opened one by one, never listed."""
