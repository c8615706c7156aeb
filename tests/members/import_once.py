"""A process that imports one file and may be killed at any moment: `python -m tests.members.import_once FILE CODE`.

Says "ready" when Django stands and the file's import begins.
"""

import sys
from pathlib import Path

import django

django.setup()

from django.utils import timezone  # noqa: E402

from guangcai.core.actor import Actor  # noqa: E402
from guangcai.members import commands, queries  # noqa: E402
from guangcai.members.roster_import.sheet import open_sheet  # noqa: E402

if __name__ == "__main__":
    file, code = Path(sys.argv[1]), sys.argv[2]
    now = timezone.now()
    target = queries.import_target(community=code, on=timezone.localdate(now))
    print("ready", flush=True)
    commands.import_roster(sheet=open_sheet(file.read_bytes()), target=target, by=Actor.system(), now=now)
