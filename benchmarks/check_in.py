"""B1: a thousand people check in at once, over HTTP, with real sessions; beside the frame and the database's limit.

python -m benchmarks.check_in [--rounds 3] [--quick]
"""

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

MEMBERS = 3000
DATABASE = "guangcai_bench_check_in"
# Measured beside it in November 2026: pretix 2026.8, gunicorn sync x 2, one check-in a request.
PEER_PER_SECOND = 22.2
SECRET = "c" * 32
Result = dict[str, Any]


def prepare() -> None:
    """A database of its own, and the benchmark's settings, before Django is imported."""
    from guangcai.cli import postgres

    os.environ["DATABASE_URL"] = postgres.ensure(DATABASE)
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.check_in_settings"
    os.environ.setdefault("GUANGCAI_SECRET_KEY", "benchmark-only-benchmark-only-benchmark-only-benchmark")
    os.environ.setdefault("GUANGCAI_KEYS", "1:dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk=")
    os.environ["PYTHONWARNINGS"] = "ignore"
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)


class Stage:
    """One community with 3,000 members who are signed in, and what they send."""

    def __init__(self) -> None:
        self.now = datetime.now(tz=UTC)
        self.jobs: list[dict[str, str]] = []

    def build(self) -> None:
        from django.db import connection, transaction

        with connection.cursor() as cursor:
            cursor.execute(
                "DO $$ DECLARE t text; BEGIN SET LOCAL session_replication_role = replica; "
                "FOR t IN SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' "
                "AND tablename NOT IN ('django_migrations') AND tablename NOT LIKE 'members_%kind' "
                "AND tablename NOT LIKE 'procrastinate%' LOOP EXECUTE 'DELETE FROM ' || t; END LOOP; END $$"
            )
            cursor.execute(
                "CREATE TABLE IF NOT EXISTS bench_insert (id uuid PRIMARY KEY, member_id uuid, at timestamptz)"
            )
            cursor.execute("CREATE UNIQUE INDEX IF NOT EXISTS bench_once ON bench_insert (member_id, at)")
        with transaction.atomic():
            self.people()
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")

    def people(self) -> None:
        """The community and its members, in a database that has neither."""
        self._tree()
        self._people()

    def _tree(self) -> None:
        from guangcai.orgs.enums import Level
        from guangcai.orgs.models import Node, Policy

        parent, path = None, "/"
        for level, code in [
            (Level.DISTRICT, "210802"),
            (Level.STREET, "210802001000"),
            (Level.COMMUNITY, "210802001002"),
        ]:
            node = Node.objects.create(
                parent=parent, level=level, code=code, name=code, valid_from=date(2020, 1, 1), path=f"/new{code}/"
            )
            path = f"{path}{node.pk}/"
            Node.objects.filter(pk=node.pk).update(path=path)
            node.path, parent = path, node
        self.community = node
        for key, value in [("late_arrival", {"hours": 72}), ("recording_deadline", {"working_days": 10})]:
            Policy.objects.create(
                key=key, node=node, path=path, value=value, since=date(2020, 1, 1), source="A43", set_at=self.now
            )

    def _people(self) -> None:
        from allauth.usersessions.models import UserSession
        from django.conf import settings
        from django.contrib.sessions.models import Session
        from django.utils.module_loading import import_string

        from guangcai.accounts.models import User
        from guangcai.members.keys import identify
        from guangcai.members.models import Member
        from guangcai.orgs.models import Grant
        from guangcai.orgs.roles import Role

        store = import_string(f"{settings.SESSION_ENGINE}.SessionStore")()
        members, users, grants, sessions, devices = [], [], [], [], []
        for number in range(MEMBERS):
            phone = f"139{number:08d}"
            member = Member(name=f"m{number}", community=self.community, path=self.community.path, added_at=self.now)
            member.district_code = "210802"
            identify(member, phone=phone)
            user = User(name=member.name, member_id=member.pk, created_at=self.now)
            user.set_phone(phone)
            user.set_unusable_password()
            grant = Grant(user=user, role=Role.MEMBER, node=self.community, path=self.community.path)
            grant.since, grant.granted_at = date(2020, 1, 1), self.now
            content = {
                "_auth_user_id": str(user.pk),
                "_auth_user_backend": settings.AUTHENTICATION_BACKENDS[0],
                "_auth_user_hash": user.get_session_auth_hash(),
            }
            row = Session(session_key=f"bench{number:027d}", session_data=store.encode(content))
            row.expire_date = self.now + timedelta(days=1)
            members.append(member), users.append(user), grants.append(grant), sessions.append(row)
            # As every sign-in leaves one.
            devices.append(UserSession(user=user, session_key=row.session_key, ip="127.0.0.1", user_agent="bench"))
        tables = [(Member, members), (User, users), (Grant, grants), (Session, sessions), (UserSession, devices)]
        for model, rows in tables:
            model.objects.bulk_create(rows, batch_size=500)
        self.members: list[UUID] = [member.pk for member in members]
        self.worker = UUID(int=1)

    def shift(self) -> Any:
        """A fresh shift that is on now."""
        from guangcai.activities import codes
        from guangcai.activities.models import Activity, Shift
        from guangcai.members.models import ServiceKind
        from guangcai.orgs.facts import of_community

        kind, _made = ServiceKind.objects.get_or_create(code="cleaning", defaults={"name": "cleaning"})
        activity = Activity.objects.create(
            **of_community(self.community), title="bench", place="p", content="c", risk_note="r", guarantee="g",
            lead_name="l", service_kind=kind, created_at=self.now, published_at=self.now,
        )  # fmt: skip
        return Shift.objects.create(
            **of_community(self.community), activity=activity, places=5000, code_key=codes.new_key(),
            starts_at=datetime.now(tz=UTC) - timedelta(hours=1), ends_at=datetime.now(tz=UTC) + timedelta(hours=2),
        )  # fmt: skip

    def check_ins(self, shift: Any, count: int) -> list[dict[str, str]]:
        from guangcai.activities import codes
        from guangcai.core.ids import new_id

        code = codes.printed(shift_id=shift.pk, key=bytes(shift.code_key))
        path = f"/activities/shifts/{shift.pk}/check-ins/"
        return [job(path, f"id={new_id()}&code={code}", number) for number in range(count)]


def job(path: str, body: str, number: int | None) -> dict[str, str]:
    cookie = f"sessionid=bench{number:027d}; csrftoken={SECRET}" if number is not None else f"csrftoken={SECRET}"
    return {"path": path, "body": body, "cookie": cookie, "token": SECRET}


@contextmanager
def server() -> Iterator[int]:
    """granian, two workers of four threads, as `guangcai serve` starts it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--host", "127.0.0.1", "--port", str(port),
        "--workers", "2", "--blocking-threads", "4", "--log-level", "error", "config.wsgi:application",
    ]  # fmt: skip
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2)
                break
            except OSError:
                time.sleep(0.2)
        yield port
    finally:
        child.terminate()
        child.wait(20)


def cpu_seconds() -> tuple[float, float]:
    """Seconds of processor time used so far by the server's processes and by the database's, for this benchmark.

    The machine may be busy with other things: these figures do not mind.
    """
    tick, mine, database = os.sysconf("SC_CLK_TCK"), 0.0, 0.0
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
            times = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        seconds = (int(times[11]) + int(times[12])) / tick
        if DATABASE.encode() in command and command.startswith(b"postgres:"):
            database += seconds
        elif int(times[2]) == os.getpgrp() and (b"granian" in command or b"spawn_main" in command):
            mine += seconds
    return mine, database


def fire(port: int, jobs: list[dict[str, str]]) -> Result:
    """Send the jobs; figures of the crowd, and milliseconds of processor time a request on the server's side."""
    before = cpu_seconds()
    seen = _crowd(port, jobs)
    after = cpu_seconds()
    names = ("cpu_ms_application", "cpu_ms_database")
    return seen | {n: round((b - a) / len(jobs) * 1000, 2) for n, a, b in zip(names, before, after, strict=True)}


def _crowd(port: int, jobs: list[dict[str, str]]) -> Result:
    lines = "\n".join(json.dumps(one) for one in jobs)
    command = [sys.executable, "-m", "benchmarks.check_in_client", str(port)]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout))


def over_http(stage: Stage, rounds: int, sizes: tuple[int, ...]) -> Result:
    from guangcai.activities.models import Attendance
    from guangcai.core import audit

    probes = {
        "empty_view": lambda: [job("/bench/empty/", "", None) for _ in range(1000)],
        "one_insert_view": lambda: [job("/bench/insert/", "", None) for _ in range(1000)],
        "empty_view_signed_in": lambda: [job("/bench/empty/", "", n) for n in range(1000)],
        "one_insert_view_signed_in": lambda: [job("/bench/insert-signed-in/", "", n) for n in range(1000)],
    }
    found: dict[str, list[Result]] = {}
    lost = doubled = 0
    with server() as port:
        fire(port, probes["one_insert_view_signed_in"]()[:300])
        for _ in range(rounds):
            for name, jobs in probes.items():
                found.setdefault(name, []).append(fire(port, jobs()))
            for size in sizes:
                shift = stage.shift()
                seen = fire(port, stage.check_ins(shift, size))
                rows = Attendance.objects.filter(shift=shift).count()
                lost, doubled = lost + max(0, seen["good"] - rows), doubled + max(0, rows - size)
                found.setdefault(f"check_in_{size}", []).append(seen)
            shift = stage.shift()
            twice = stage.check_ins(shift, 500)
            fire(port, [*twice, *twice])
            doubled += Attendance.objects.filter(shift=shift).count() - 500
    medians = {name: median(rows) for name, rows in found.items()}
    return medians | {"lost": lost, "doubled": doubled, "audit_broken": len(audit.broken_links())}


def cpu(figures: Result) -> float:
    return float(figures["cpu_ms_application"]) + float(figures["cpu_ms_database"])


def median(rows: list[Result]) -> Result:
    """Medians per figure over the rounds; the first wrong answer, if any."""
    names = ("per_second", "p50_ms", "p99_ms", "cpu_ms_application", "cpu_ms_database")
    figures = {n: round(statistics.median(row[n] for row in rows), 2) for n in names}
    wrong = next((row["wrong"] for row in rows if row["wrong"]), "")
    return figures | {"good": sum(r["good"] for r in rows), "sent": sum(r["requests"] for r in rows), "wrong": wrong}


def database_limit(seconds: float = 2.0) -> Result:
    """Committed single-row inserts a second, without any framework."""
    return {f"{count}_connections": round(_inserts(count, seconds), 1) for count in (1, 8)}


def _inserts(connections: int, seconds: float) -> float:
    import psycopg

    done = [0] * connections
    until = time.perf_counter() + seconds

    def write(number: int) -> None:
        from guangcai.core.ids import new_id

        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
            while time.perf_counter() < until:
                connection.execute("INSERT INTO bench_insert VALUES (%s, %s, now())", [new_id(), new_id()])
                done[number] += 1

    threads = [threading.Thread(target=write, args=[number]) for number in range(connections)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / (time.perf_counter() - start)


def batches(stage: Stage, rounds: int) -> Result:
    """The command behind paper lists and offline queues, beside one bare unnest insert of the same rows."""
    rates = {"check_in_many": [_rate(lambda: _batch(stage)) for _ in range(rounds)]}
    rates["bare_unnest_same_table"] = [_rate(lambda: _bare(stage)) for _ in range(rounds)]
    rates["bare_unnest_no_foreign_keys"] = [_rate(lambda: _bare(stage, table="bench_insert")) for _ in range(rounds)]
    return {name: round(statistics.median(values)) for name, values in rates.items()}


def _rate(run: Callable[[], float]) -> float:
    return MEMBERS / run()


def _batch(stage: Stage) -> float:
    from guangcai.activities import commands
    from guangcai.activities.enums import Method
    from guangcai.core.actor import Actor
    from guangcai.core.ids import new_id

    shift = stage.shift()
    arrivals = [commands.Arrival(member, id=new_id()) for member in stage.members]
    start = time.perf_counter()
    made = commands.check_in_many(
        shift=shift, arrivals=arrivals, method=Method.CODE, by=Actor.system(), now=datetime.now(tz=UTC)
    )
    seconds = time.perf_counter() - start
    if made.made != MEMBERS:
        raise RuntimeError(f"{made.made} of {MEMBERS} rows were written")
    return seconds


def _bare(stage: Stage, table: str = "activities_attendance") -> float:
    from django.db import connection

    from guangcai.core.ids import new_id

    shift, ids = stage.shift(), [new_id() for _ in stage.members]
    columns = "(id, district_code, community_id, path, shift_id, member_id, presence, method, recorded_at,"
    columns += " is_late_arrival, reason)"
    values = "a, '210802', %s, %s, %s, b, 'present', 'code', now(), false, ''"
    parameters: list[Any] = [shift.community_id, shift.path, shift.pk]
    if table == "bench_insert":
        columns, values, parameters = "(id, member_id, at)", "a, b, now()", []
    sql = f"INSERT INTO {table} {columns} SELECT {values} FROM unnest(%s::uuid[], %s::uuid[]) AS t (a, b)"  # noqa: S608
    start = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(sql, [*parameters, ids, stage.members])
    return time.perf_counter() - start


def run(rounds: int = 3, sizes: tuple[int, ...] = (1000, 3000)) -> Result:
    """The whole measurement; the goals of docs/benchmarks.md beside what was reached."""
    prepare()
    stage = Stage()
    stage.build()
    http = over_http(stage, rounds, sizes)
    found = {"http": http, "database": database_limit(), "batch_rows_per_second": batches(stage, rounds)}
    mine = http[f"check_in_{sizes[0]}"]
    share = mine["per_second"] / http["one_insert_view"]["per_second"]
    found["goals"] = {
        "share_of_one_insert_view": round(share, 3),
        "share_of_one_insert_view_signed_in": round(
            mine["per_second"] / http["one_insert_view_signed_in"]["per_second"], 3
        ),
        "share_by_processor_time": round(cpu(http["one_insert_view"]) / cpu(mine), 3),
        "times_the_peer": round(mine["per_second"] / PEER_PER_SECOND, 1),
        "p99_ms": mine["p99_ms"],
        "lost": http["lost"],
        "doubled": http["doubled"],
        "batch_rows_per_second": found["batch_rows_per_second"]["check_in_many"],
    }
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true")
    asked = parser.parse_args()
    sizes = (1000,) if asked.quick else (1000, 3000)
    sys.stdout.write(json.dumps(run(rounds=1 if asked.quick else asked.rounds, sizes=sizes), indent=2) + "\n")


if __name__ == "__main__":
    main()
