"""Screens of care: parse, call one command, answer."""
