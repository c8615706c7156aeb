"""leaf helpers, one job a module.

May import: nothing of guangcai.
"""
