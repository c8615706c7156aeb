"""Reads of zones. Every one begins with what the actor may see."""
