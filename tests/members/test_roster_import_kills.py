"""kill -9 during an import leaves all of the file or nothing, and running it again ends as if nothing had happened."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest
from django.db import connection
from django.utils import timezone

from guangcai.core.actor import Actor
from guangcai.members import commands
from guangcai.members.models import Employment, Member, Residence, RosterBatch
from guangcai.members.roster_import.known import Target
from guangcai.members.roster_import.sheet import open_sheet
from tests.cast import make_cast
from tests.members.rosters import person, workbook

ROWS = 1_500
LONGEST_IMPORT = 3.0


def address() -> str:
    about = connection.settings_dict
    host = about["OPTIONS"].get("host") or about["HOST"]
    port = about["OPTIONS"].get("port") or about["PORT"]
    return f"postgresql://{about['USER']}:{about['PASSWORD']}@/{about['NAME']}?host={host}&port={port}"


def kill_one(tmp_path, number: int, rng: random.Random, community) -> None:
    """Start an import, kill it after a random while, look, and import the rest of the way."""
    rows = [person(n, 手机号码=f"139{number:03d}{n:05d}", 姓名=f"周{chr(0x4E00 + n)}") for n in range(1, ROWS + 1)]
    file = tmp_path / f"{number}.xlsx"
    file.write_bytes(workbook(rows))
    before = Member.objects.count()
    command = [sys.executable, "-m", "tests.members.import_once", str(file), community.code]
    env = {**os.environ, "DATABASE_URL": address(), "PYTHONWARNINGS": "ignore"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=env, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(rng.uniform(0, LONGEST_IMPORT))
        process.send_signal(signal.SIGKILL)
    came = Member.objects.count() - before
    sheet = open_sheet(file.read_bytes())
    again = commands.import_roster(
        sheet=sheet, target=Target(community=community), by=Actor.system(), now=timezone.now()
    )
    assert came in (0, ROWS), "half a file"
    assert (again.new, again.already_done) in ((ROWS, 0), (0, ROWS))
    assert Member.objects.count() - before == ROWS
    assert RosterBatch.objects.filter(file_sha256=sheet.sha256).count() == 1


def kill_often(tmp_path, now, rounds: int, seed: int) -> None:
    cast = make_cast(now)
    rng = random.Random(seed)
    for number in range(rounds):
        kill_one(tmp_path, number, rng, cast.nanyuan)
    imported = Member.objects.filter(name__startswith="周").count()
    assert imported == rounds * ROWS
    assert Residence.objects.filter(channel="import").count() == imported
    assert Employment.objects.filter(member__name__startswith="周").count() == imported
    numbers = sorted(Residence.objects.filter(channel="import").values_list("receipt_no", flat=True))
    assert [int(number.rpartition("-")[2]) for number in numbers] == list(range(1, imported + 1))


@pytest.mark.django_db(transaction=True)
def test_five_kills_leave_all_or_nothing(tmp_path, now):
    kill_often(tmp_path, now, rounds=5, seed=1)


@pytest.mark.nightly
@pytest.mark.django_db(transaction=True)
def test_thirty_kills_leave_all_or_nothing(tmp_path, now):
    kill_often(tmp_path, now, rounds=30, seed=2)
