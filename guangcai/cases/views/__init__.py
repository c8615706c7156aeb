"""Screens of cases. public.py: what nobody has to sign in for."""
