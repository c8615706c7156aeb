"""The program that reads a stranger's table: a process of its own, without Django, secrets, network or much memory.

Run by core.spreadsheet as `python -m guangcai.core.table_reader`: the file comes on standard input, its cells as
text go to standard output. May import: nothing of guangcai outside this folder, python_calamine.
"""
