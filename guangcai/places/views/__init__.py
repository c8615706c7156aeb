"""Screens of places: parse, call one command, answer."""
