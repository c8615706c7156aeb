"""people who sign in: phone, code, password, second factor.

May import: core.
"""
