"""议事: bodies, their meetings, and every proposal until its result.

May import: ledger, members, places and below.
"""
