"""Screens of studios: of the desk and members, of those who serve, of residents, of the hall."""
