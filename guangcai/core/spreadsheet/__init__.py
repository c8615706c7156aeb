"""Tables in and out: reading what people send, finding its header, writing workbooks and CSV.

May import: core.errors, core.lexicon, core.table_reader.
"""

from guangcai.core.spreadsheet.headers import Header, find_header, own_rows, plain_name
from guangcai.core.spreadsheet.reading import Row, Table, read_table
from guangcai.core.spreadsheet.refusals import UnreadableTable
from guangcai.core.spreadsheet.writing import Sheet, harmless, write_csv, write_workbook

__all__ = [
    "Header",
    "Row",
    "Sheet",
    "Table",
    "UnreadableTable",
    "find_header",
    "harmless",
    "own_rows",
    "plain_name",
    "read_table",
    "write_csv",
    "write_workbook",
]
