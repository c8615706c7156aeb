"""匹配: who should serve whom, as pure arithmetic: arrays in, proposals with reasons out.

May import: core. No models, no database. Every proposal is an invitation, never an assignment.
"""
