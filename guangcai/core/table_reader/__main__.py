"""Standard input: the file. Standard output: frames of one letter, four bytes of length, and content.

H: JSON about the sheet; R: up to 1,000 rows, cells parted by U+001F and rows by U+001E; E: JSON of a refusal;
Z: the end, with the number of rows. Text is cheaper to split than any object format is to load.
"""

import gc
import json
import struct
import sys
from itertools import islice
from typing import Any, BinaryIO

from guangcai.core.table_reader import archive, books, limits, plain
from guangcai.core.table_reader.books import Sheet
from guangcai.core.table_reader.limits import Refused

_ROWS_PER_FRAME = 1_000
CELL_END, ROW_END = "\x1f", "\x1e"
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCKED = "EncryptedPackage".encode("utf-16-le")


def main() -> None:
    out = sys.stdout.buffer
    gc.disable()
    limits.begin()
    wanted = json.loads(sys.argv[1])["sheet"] if len(sys.argv) > 1 else None
    try:
        _send(out, _open(sys.stdin.buffer.read(limits.MOST_BYTES + 1), wanted))
    except Refused as refusal:
        _frame(out, b"E", _json({"code": refusal.code, **refusal.details}))
    except MemoryError:
        _frame(out, b"E", _json({"code": "memory"}))
    except BaseException:
        _frame(out, b"E", _json({"code": "damaged"}))
    out.flush()


def _open(content: bytes, wanted: str | None) -> Sheet:
    """By size, then by the first bytes; a file's name is never asked."""
    if not content:
        raise Refused("empty")
    if len(content) > limits.MOST_BYTES:
        raise Refused("too_big", most=limits.MOST_BYTES // 1024 // 1024)
    if content.startswith(_ZIP):
        kind, cells = archive.inspect(content)
        limits.allow(cells, len(content))
        content = archive.errors_as_text(content) if kind == archive.XLSX else content
        return books.open_sheet(content, kind, wanted)
    if content.startswith(_OLE):
        if _LOCKED in content:
            raise Refused("protected")
        limits.allow(0, len(content) * 4)
        return books.open_sheet(content, "xls", wanted)
    return plain.open_text(content)


def _send(out: BinaryIO, sheet: Sheet) -> None:
    about = {
        "kind": sheet.kind,
        "sheet": sheet.name,
        "first_row": sheet.first_row,
        "first_column": sheet.first_column,
        "other_sheets": sheet.other_sheets,
    }
    _frame(out, b"H", _json(about))
    sent = 0
    while rows := list(islice(sheet.rows, _ROWS_PER_FRAME)):
        sent += len(rows)
        _frame(out, b"R", _pack(rows))
    _frame(out, b"Z", _json({"rows": sent}))


def _pack(rows: list[list[str]]) -> bytes:
    text = ROW_END.join([CELL_END.join(row) for row in rows])
    separators = sum(map(len, rows)) - len(rows)
    if text.count(CELL_END) != separators or text.count(ROW_END) != len(rows) - 1 or "\x00" in text:
        # Our separators inside a cell are control characters that nobody sees.
        unseen = {0: None, 0x1E: None, 0x1F: None}
        text = ROW_END.join([CELL_END.join([cell.translate(unseen) for cell in row]) for row in rows])
    return text.encode("utf-8", "replace")


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=True).encode()


def _frame(out: BinaryIO, letter: bytes, content: bytes) -> None:
    out.write(letter + struct.pack(">I", len(content)) + content)


if __name__ == "__main__":
    main()
