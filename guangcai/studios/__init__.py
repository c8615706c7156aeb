"""志愿者工作室: volunteers receive residents at set hours; tickets, the hall's screen, notes that are cases.

May import: activities, cases, places, commitments and below.
"""
