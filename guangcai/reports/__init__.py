"""统计: figures S1-S18, exports; papers of members and the set of them (三表一档).

May import: appraisal and below.
"""
