"""Screens of invitations, by audience."""
