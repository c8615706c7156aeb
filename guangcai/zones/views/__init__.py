"""Screens of zones: parse, call one command, answer."""
