"""党员: roster, import, report-in, links, merge.

May import: orgs and below.
"""
