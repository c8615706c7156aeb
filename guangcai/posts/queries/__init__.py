"""Reads of posts. Every one begins with what the actor may see."""
