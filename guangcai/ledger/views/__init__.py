"""Screens of the ledger, by audience and thing."""
