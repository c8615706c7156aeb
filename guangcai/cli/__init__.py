"""cli (命令行): the `guangcai` command and the private PostgreSQL it keeps for trial and tests.

May import every room; no room imports it, only config and tests do (for the database's address).
Nothing here imports Django before `guangcai.cli.boot` has found the database.
"""
