"""One way to show that a long command moves on: a bar on a terminal, nothing where nobody watches.

with progress(_("Reading the roster"), total=len(rows)) as advance:
    for row in rows:
        ...
        advance()
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn


class Advance(Protocol):
    """Say that `steps` more are done; `of` corrects the total once it is known."""

    def __call__(self, steps: int = 1, *, of: int | None = None) -> None: ...


@contextmanager
def progress(label: str, total: int | None = None) -> Iterator[Advance]:
    """A bar on stderr, so that stdout stays clean for --json. Silent when stderr is not a terminal."""
    console = Console(stderr=True)
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=False) as bar:
        task = bar.add_task(label, total=total)

        def advance(steps: int = 1, *, of: int | None = None) -> None:
            if of is not None:
                bar.update(task, total=of)
            bar.advance(task, steps)

        yield advance
