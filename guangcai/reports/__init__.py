"""统计: figures S1-S18, exports; reads everything, writes nothing.

May import: appraisal and below.
"""
