"""活动: templates, series, shifts, sign-up, attendance, outcomes.

May import: ledger and below.
"""
