"""门户: home screens per audience.

May import: reports and below.
"""
