"""诉求: requests of residents from the first word to the last, which is the asker's.

May import: commitments, ledger, members, places and below.
"""
