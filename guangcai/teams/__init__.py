"""志愿服务队: the association, its brigades, detachments and teams, their rosters and logs.

May import: commitments and below.
"""
