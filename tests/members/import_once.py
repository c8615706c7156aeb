"""Imports that may be killed at any moment: `python -m tests.members.import_once`, one line of JSON for each.

{"file": path, "community": code, "stop_at": number or null, "as_first": bool}. Django is loaded once; every line is
done by a child of its own, whose process id is answered when its import begins. `stop_at`: the child kills itself
right before that statement. `as_first`: indexes and keys are taken away for the load, as for a first roster.
"""

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402
from django.utils.translation import gettext  # noqa: E402

from guangcai.core.actor import Actor  # noqa: E402
from guangcai.core.text import name_keys  # noqa: E402
from guangcai.members import commands, queries  # noqa: E402
from guangcai.members.roster_import import loading, words  # noqa: E402
from guangcai.members.roster_import.sheet import open_sheet  # noqa: E402


def import_file(told: dict[str, Any]) -> None:
    count = 0

    def killed_at(execute: Any, *statement: Any) -> Any:
        nonlocal count
        count += 1
        if count == told["stop_at"]:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(*statement)

    if told["as_first"]:
        loading.LEAST_ROWS = 0
        loading._is_first = lambda rows: True  # type: ignore[assignment]
    sheet, now = open_sheet(Path(told["file"]).read_bytes()), timezone.now()
    with connection.execute_wrapper(killed_at):
        target = queries.import_target(community=told["community"], on=timezone.localdate(now))
        commands.import_roster(sheet=sheet, target=target, by=Actor.system(), now=now)


def warm_up() -> None:
    """Word lists, readings and catalogues are loaded before the fork, not by every child; no connection is opened."""
    words.field_by_header()
    name_keys("\u5468\u4e00")
    gettext("Row")


def main() -> None:
    warm_up()
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            print(os.getpid(), flush=True)
            import_file(json.loads(line))
            os._exit(0)
        os.waitpid(child, 0)
        print("over", flush=True)


if __name__ == "__main__":
    main()
