"""Tables that people send in, read by a process of its own (core.table_reader) and handed over as text.

The process knows no secrets and no database; its memory and time are measured by what the file really holds.
"""

import json
import os
import struct
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from pathlib import Path
from threading import Timer
from typing import Any, BinaryIO

import python_calamine

import guangcai
from guangcai.core.spreadsheet.refusals import UnreadableTable

Row = list[str]
_WAIT_SECONDS = 120
_FRAME_HEAD = 5
_READER = "guangcai.core.table_reader"


@dataclass(frozen=True)
class Table:
    """One sheet as text. Row numbers and columns count from 1, as the sheet shows them.

    other_sheets: visible ones that hold something too and were not read.
    Rows are kept packed (a fifth of the memory) and unpacked as they are walked; `rows` unpacks them all.
    """

    kind: str
    sheet: str
    first_row: int
    first_column: int
    row_count: int
    other_sheets: tuple[str, ...] = ()
    packed: tuple[bytes, ...] = field(default=(), repr=False)

    def __iter__(self) -> Iterator[Row]:
        for chunk in self.packed:
            for line in chunk.decode("utf-8").split("\x1e"):
                yield line.split("\x1f")

    def __len__(self) -> int:
        return self.row_count

    @cached_property
    def rows(self) -> list[Row]:
        return list(self)

    def head(self, count: int) -> list[Row]:
        """The first `count` rows, for a preview or to find the header."""
        return list(islice(self, count))


def read_table(content: bytes, filename: str = "", *, sheet: str | None = None) -> Table:
    """The named sheet, else the first visible one that holds something, as text cells.

    xlsx, xlsm, xls, ods, CSV (UTF-8, UTF-16, GB18030; comma, semicolon, tab) and HTML called .xls; the content
    decides, `filename` only appears in messages. Raises UnreadableTable with a sentence for every refusal.
    """
    command = [sys.executable, "-S", "-s", "-P", "-X", "utf8", "-m", _READER, json.dumps({"sheet": sheet})]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PYTHONPATH": os.pathsep.join(_import_paths()), "LC_ALL": "C.UTF-8"},
        cwd="/",
    ) as reader:
        watchdog = Timer(_WAIT_SECONDS, reader.kill)
        watchdog.start()
        try:
            return _receive(reader, content, filename)
        finally:
            watchdog.cancel()
            reader.kill()


def _import_paths() -> list[str]:
    return [str(Path(package.__file__ or "").parent.parent) for package in (guangcai, python_calamine)]


def _receive(reader: "subprocess.Popen[bytes]", content: bytes, filename: str) -> Table:
    assert reader.stdin is not None
    assert reader.stdout is not None
    try:
        reader.stdin.write(content)
        reader.stdin.close()
    except BrokenPipeError:
        pass
    about: dict[str, Any] = {}
    packed: list[bytes] = []
    for letter, frame in _frames(reader.stdout):
        if letter == b"R":
            packed.append(frame)
        elif letter == b"E":
            refusal = json.loads(frame)
            raise UnreadableTable(refusal.pop("code"), filename, **refusal)
        else:
            about |= json.loads(frame)
    if "rows" not in about:
        # Killed by a limit: it can no longer say so itself.
        raise UnreadableTable("memory", filename)
    return Table(
        kind=about["kind"],
        sheet=about["sheet"],
        first_row=about["first_row"],
        first_column=about["first_column"],
        row_count=about["rows"],
        other_sheets=tuple(about["other_sheets"]),
        packed=tuple(packed),
    )


def _frames(stream: BinaryIO | Any) -> Iterator[tuple[bytes, bytes]]:
    while len(head := stream.read(_FRAME_HEAD)) == _FRAME_HEAD:
        (length,) = struct.unpack(">I", head[1:])
        content = stream.read(length)
        if len(content) < length:
            return
        yield head[:1], content
