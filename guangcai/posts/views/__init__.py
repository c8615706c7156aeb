"""Screens of posts: parse, call one command, answer."""
