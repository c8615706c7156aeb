"""Reads of wishes, gifts and aid. Every one begins with what the actor may see."""
