"""服务记录: entries, confirmation, corrections, booklets, certificates.

May import: members and below.
"""
