"""Reads of teams. Every one begins with what the actor may see."""
