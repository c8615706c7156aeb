"""关爱帮扶: households and who looks after each, visits by rhythm; restricted records throughout.

May import: commitments and below.
"""
