"""kill -9 during an import leaves all of the file or nothing, and running it again ends as if nothing had happened."""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from guangcai.core.actor import Actor
from guangcai.members import commands
from guangcai.members.models import Employment, Member, Residence, RosterBatch
from guangcai.members.roster_import.known import Target
from guangcai.members.roster_import.sheet import open_sheet
from guangcai.orgs.models import Node
from tests.cast import make_cast
from tests.members.rosters import person, workbook

ROWS = 120
ROUNDS = 30
# An import of this size sends about so many statements; with indexes and keys built afterwards, about so many more.
STATEMENTS, STATEMENTS_AS_FIRST = 45, 150
LONGEST_IMPORT = 1.0
SHAPE = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE conrelid::regclass::text LIKE 'members_%%'
UNION ALL SELECT tablename, indexname, indexdef FROM pg_indexes WHERE tablename LIKE 'members_%%' ORDER BY 1, 2, 3
"""


def address() -> str:
    about = connection.settings_dict
    host = about["OPTIONS"].get("host") or about["HOST"]
    port = about["OPTIONS"].get("port") or about["PORT"]
    return f"postgresql://{about['USER']}:{about['PASSWORD']}@/{about['NAME']}?host={host}&port={port}"


def shape() -> list[Any]:
    """Every constraint and index of the roster."""
    with connection.cursor() as cursor:
        cursor.execute(SHAPE)
        return cursor.fetchall()


def kill_one(importer: Any, file: Path, number: int, rng: random.Random, community: Node) -> int:
    """Start an import and kill it: at a statement, or after a while. Look, then import the rest of the way.

    Returns how many rows were there after the kill.
    """
    rows = [person(n, 手机号码=f"139{number:03d}{n:05d}", 姓名=f"周{chr(0x4E00 + n)}") for n in range(1, ROWS + 1)]
    file.write_bytes(workbook(rows))
    before = Member.objects.count()
    as_first = number % 4 >= 2
    statement = rng.randint(1, STATEMENTS_AS_FIRST if as_first else STATEMENTS) if number % 2 else None
    told = {"file": str(file), "community": community.code, "stop_at": statement, "as_first": as_first}
    importer.stdin.write(json.dumps(told) + "\n")
    importer.stdin.flush()
    child = int(importer.stdout.readline())
    if statement is None:
        time.sleep(rng.uniform(0, LONGEST_IMPORT))
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    assert importer.stdout.readline() == "over\n"
    sheet = open_sheet(file.read_bytes())
    again = commands.import_roster(
        sheet=sheet, target=Target(community=community), by=Actor.system(), now=timezone.now()
    )
    assert (again.new, again.already_done) in ((ROWS, 0), (0, ROWS)), "half a file"
    assert Member.objects.count() - before == ROWS
    assert RosterBatch.objects.filter(file_sha256=sheet.sha256).count() == 1
    return again.already_done


@pytest.mark.django_db(transaction=True)
def test_thirty_kills_leave_all_or_nothing(tmp_path: Path, now: datetime) -> None:
    cast, rng, whole = make_cast(now), random.Random(2), shape()
    command = [sys.executable, "-m", "tests.members.import_once"]
    env = {**os.environ, "DATABASE_URL": address(), "PYTHONWARNINGS": "ignore"}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env, text=True) as importer:
        done = [kill_one(importer, tmp_path / f"{n}.xlsx", n, rng, cast.nanyuan) for n in range(ROUNDS)]
        assert importer.stdin is not None
        importer.stdin.close()
    assert done.count(0) >= ROUNDS // 3, "hardly one import was killed before its end"
    assert shape() == whole
    imported = Member.objects.filter(name__startswith="周").count()
    assert imported == ROUNDS * ROWS
    assert Residence.objects.filter(channel="import").count() == imported
    assert Employment.objects.filter(member__name__startswith="周").count() == imported
    numbers = sorted(Residence.objects.filter(channel="import").values_list("receipt_no", flat=True))
    assert [int(number.rpartition("-")[2]) for number in numbers] == list(range(1, imported + 1))
