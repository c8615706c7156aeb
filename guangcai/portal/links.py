"""Addresses in other rooms. A room that is not served here has no address, and its entry is left out."""

from typing import Any

from django.urls import NoReverseMatch, reverse


def link(name: str, *args: Any, query: str = "") -> str:
    """The address of `name`, or "" where this installation does not serve it."""
    try:
        address = reverse(name, args=args)
    except NoReverseMatch:
        return ""
    return f"{address}?{query}" if query else address
