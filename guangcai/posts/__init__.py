"""岗位: posts, who claims them and who takes them up.

May import: commitments and below.
"""
