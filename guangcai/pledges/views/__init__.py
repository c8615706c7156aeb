"""Screens of pledges: parse, call one command, answer."""
