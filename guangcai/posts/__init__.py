"""岗位: posts and who takes them up; zones and their agreements; teams.

May import: commitments and below.
"""
