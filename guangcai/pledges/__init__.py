"""承诺: pledges from templates, their fulfilment and review; checklists of one's own duties.

May import: commitments and below.
"""
