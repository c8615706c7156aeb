"""演示区: a district to try, loaded through the same commands that people use. All persons are invented and marked.

May import: everything.
"""
