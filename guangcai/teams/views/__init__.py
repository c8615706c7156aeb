"""Screens of teams: parse, call one command, answer."""
