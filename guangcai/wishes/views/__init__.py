"""Screens of wishes, gifts and aid: parse, call one command, answer."""
