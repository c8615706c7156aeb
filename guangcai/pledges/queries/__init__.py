"""Reads of pledges. Every one begins with what the actor may see."""
