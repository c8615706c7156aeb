"""组织: the tree, organisations, roles, grants, policies.

May import: accounts, core.
"""
