"""Screens of reports: statistics, and the papers of members."""
