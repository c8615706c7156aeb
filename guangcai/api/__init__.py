"""JSON over the same commands and queries.

May import: reports and below.
"""
