"""Word lists as files: what people write is read from here, so that no Chinese stands in code.

A line is one word, or a word, a tab and its meaning. `#` starts a comment line.
"""

from functools import cache
from importlib.resources import files


@cache
def words(name: str) -> tuple[str, ...]:
    """The first column of lexicon/`name`.tsv, in the file's order."""
    return tuple(line.split("\t")[0] for line in _lines(name))


@cache
def table(name: str) -> dict[str, str]:
    """lexicon/`name`.tsv as word -> meaning."""
    return dict(line.split("\t", 1) for line in _lines(name))


def _lines(name: str) -> list[str]:
    text = files(__package__).joinpath(f"{name}.tsv").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
