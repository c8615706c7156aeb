"""反馈与评议: quarterly feedback, annual appraisal.

May import: activities and below.
"""
