"""Screens of signing in, of the own account, of the second factor, and of the kiosk."""
