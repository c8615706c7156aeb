"""What a table may cost. Every limit ends in a sentence for the user, never in a machine that stops answering."""

import resource

MOST_BYTES = 30 * 1024 * 1024
MOST_MEMBERS = 2_000
MOST_UNPACKED = 300 * 1024 * 1024
# Honest sheets pack 10 to 60 times; above this a member is a bomb.
MOST_RATIO = 200
RATIO_FROM = 10 * 1024 * 1024
MOST_ROWS = 200_000
MOST_COLUMNS = 500
MOST_CELLS = 4_000_000

_MEGABYTE = 1024 * 1024
# What the reader itself needs beside the cells.
_BASE_MEMORY = 64 * _MEGABYTE
_MEMORY_PER_CELL = 200
_BASE_SECONDS = 2
_CELLS_PER_SECOND = 100_000
MOST_SECONDS = _BASE_SECONDS + MOST_CELLS // _CELLS_PER_SECOND


class Refused(Exception):
    """The table will not be read; `code` says why (core.spreadsheet.refusals has the sentences)."""

    def __init__(self, code: str, **details: int | str) -> None:
        super().__init__(code)
        self.code = code
        self.details = details


def begin() -> None:
    """Before the file is looked at: no core dumps, no files written, few open, little time."""
    for kind, most in ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_NOFILE, 32)):
        resource.setrlimit(kind, (most, most))
    resource.setrlimit(resource.RLIMIT_CPU, (_BASE_SECONDS, MOST_SECONDS))


def allow(cells: int, size: int) -> None:
    """Memory and time for `cells` cells of a file of `size` bytes: what a far-away cell claims is not given."""
    if cells > MOST_CELLS:
        raise Refused("too_many_cells", most=MOST_CELLS)
    budget = _used_memory() + _BASE_MEMORY + cells * _MEMORY_PER_CELL + 6 * size
    resource.setrlimit(resource.RLIMIT_AS, (budget, budget))
    seconds = min(MOST_SECONDS, _BASE_SECONDS + cells // _CELLS_PER_SECOND)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, MOST_SECONDS))


def check_shape(rows: int, columns: int) -> None:
    """Raises Refused when a table is longer or wider than any roster."""
    if rows > MOST_ROWS:
        raise Refused("too_many_rows", most=MOST_ROWS)
    if columns > MOST_COLUMNS:
        raise Refused("too_many_columns", most=MOST_COLUMNS)
    if rows * columns > 4 * MOST_CELLS:
        raise Refused("too_many_cells", most=MOST_CELLS)


def _used_memory() -> int:
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[0]) * resource.getpagesize()
