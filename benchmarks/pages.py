"""B5, pages: what a person waits for, over the tree of a country, 100,000 members and 1,000,000 entries.

    python -m benchmarks.pages [--package FOLDER_OR_ARCHIVE] [--members 100000] [--rounds 20] [--keep-database]

Every page is asked through the whole stack (session, rights, template), as whoever opens it in earnest. Prints JSON:
p50 and p95 of the server's time in ms, its processor time, and how many statements the page sends; the same page is
asked by somebody of a larger area (`wide`), and the number of statements may not grow. Works in a database of its own.
"""

import argparse
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from benchmarks import tree

DATABASE = "guangcai_bench_pages"
# A real district with more communities than are needed.
DISTRICT = "110108"
SINCE, UNTIL = date(2025, 11, 21), date(2026, 11, 20)
GOAL_MS = 60.0


@dataclass
class Stage:
    """Who opens pages. `wide_desk` and `wide_street` hold the same role over the whole district."""

    top: Any
    browsers: dict[str, Any]
    people: list[Any]

    def browser(self, who: str) -> Any:
        return self.browsers[who]


def seed(package: Path | None, members: int) -> dict[str, Any]:
    """A country (or, without a package, a district that never was) and the year of its members."""
    from django.core.management import call_command

    from guangcai.cli.commands import seed as synthetic
    from guangcai.orgs.models import Node

    call_command("migrate", verbosity=0)
    nodes = tree.the_import(package)["nodes"] if package else 0
    top = Node.objects.get(code=DISTRICT.ljust(12, "0"), valid_to=None) if package else None
    plan = synthetic.Plan(members=members, since=SINCE, until=UNTIL, dice=random.Random(1), top=top)  # noqa: S311
    with tree.Watch() as watch:
        done = synthetic.seed(plan, lambda steps: None)
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return {
        "nodes": nodes or Node.objects.count(),
        "members": done.members,
        "entries": done.entries,
        "seed_seconds": watch.seconds,
        "seed_cpu_seconds": watch.cpu,
    }


def people() -> Stage:
    """One person of each kind who opens pages, signed in."""
    from guangcai.members.models import Member
    from guangcai.orgs.enums import Level
    from guangcai.orgs.models import Node, WorkUnit
    from guangcai.orgs.roles import Role

    members = list(Member.objects.order_by("name_sort", "pk")[:3])
    community = members[0].community
    unit = WorkUnit.objects.order_by("pk")[0]
    top = Node.objects.get(pk=unit.node_id)
    street = Node.objects.get(level=Level.STREET, pk=community.parent_id)
    browsers = {
        "desk": signed_in(Role.COMMUNITY_SECRETARY, node=community),
        "wide_desk": signed_in(Role.COMMUNITY_SECRETARY, node=top),
        "street": signed_in(Role.STREET_OVERSEER, node=street),
        "wide_street": signed_in(Role.STREET_OVERSEER, node=top),
        "district": signed_in(Role.DISTRICT_ADMINISTRATOR, node=top),
        "liaison": signed_in(Role.UNIT_LIAISON, unit=unit),
        "member": signed_in(Role.MEMBER, node=community, member=members[0]),
    }
    return Stage(top, browsers, members)


def signed_in(role: Any, *, node: Any = None, unit: Any = None, member: Any = None) -> Any:
    from allauth.mfa.models import Authenticator
    from django.test import Client
    from django.utils import timezone

    from guangcai.accounts.adapter import SecondFactorAdapter
    from guangcai.accounts.models import User
    from guangcai.orgs.models import Grant

    user = User(name=str(role), created_at=timezone.now(), member_id=member.pk if member else None)
    user.set_unusable_password()
    user.save()
    secret = SecondFactorAdapter().encrypt("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": secret})
    place = node or unit
    Grant.objects.create(
        user=user, role=role, node=node, work_unit=unit, path=place.path, since=SINCE, granted_at=timezone.now()
    )
    browser = Client(HTTP_HOST="localhost")
    browser.force_login(user)
    return browser


def pages(stage: Stage) -> list[tuple[str, str, str, str]]:
    """Name, who opens it, who opens it with a larger area ("" for nobody), address."""
    from django.urls import reverse

    one = stage.people[0]
    home, activities = reverse("portal:home"), reverse("activities:list")
    return [
        *rosters(stage),
        ("person", "desk", "wide_desk", reverse("members:person", args=[one.pk])),
        ("desk home, due today", "desk", "wide_desk", home),
        ("activities", "desk", "wide_desk", activities),
        ("activities of a month", "desk", "wide_desk", f"{activities}?since={UNTIL - timedelta(days=30)}"),
        ("entries", "desk", "wide_desk", reverse("ledger:entries")),
        ("confirmations", "desk", "wide_desk", reverse("ledger:confirmations")),
        ("overseer home", "street", "wide_street", home),
        ("district home", "district", "", home),
        ("tree, a street's children", "street", "wide_street", reverse("orgs:node", args=[one.community.parent_id])),
        ("unit liaison home", "liaison", "", home),
        ("unit roster", "liaison", "", reverse("members:unit")),
        ("member home", "member", "", home),
        ("member's service", "member", "", reverse("ledger:mine")),
    ]


def rosters(stage: Stage) -> list[tuple[str, str, str, str]]:
    """The roster as people look for somebody in it."""
    from django.urls import reverse

    from guangcai.members.models import Member

    one = stage.people[0]
    roster = reverse("members:roster")
    last = Member.objects.current().filter(path__under=stage.top.path).count() // 50
    two = one.name[-2:]
    asked = [
        ("first page", {}),
        ("page 500", {"page": min(500, max(1, last))}),
        ("by name", {"q": one.name}),
        ("by pinyin", {"q": one.name_pinyin}),
        ("by initials", {"q": one.name_initials}),
        ("by last four digits", {"q": one.phone[-4:]}),
        ("by two characters", {"q": two}),
        ("filtered by type", {"member_type": one.member_type}),
        ("filtered by community", {"community": one.community.code}),
        ("sorted by unit", {"sort": "unit"}),
    ]
    return [(f"roster, {name}", "desk", "wide_desk", f"{roster}?{urlencode(query)}") for name, query in asked]


def timed(browser: Any, address: str, rounds: int) -> dict[str, Any]:
    """Milliseconds of one page, and its statements."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    answer = browser.get(address)
    if answer.status_code != 200:
        raise SystemExit(f"{address} answers {answer.status_code}")
    with CaptureQueriesContext(connection) as captured:
        browser.get(address)
        seen = list(captured.captured_queries)
    wall, program, server = [], time.process_time(), tree.server_cpu()
    for _ in range(rounds):
        began = time.perf_counter()
        browser.get(address)
        wall.append((time.perf_counter() - began) * 1000)
    used = time.process_time() - program + (tree.server_cpu() or 0) - (server or 0)
    return {
        "p50_ms": round(statistics.median(wall), 1),
        "p95_ms": round(sorted(wall)[max(0, -(-rounds * 95 // 100) - 1)], 1),
        "cpu_ms": round(used / rounds * 1000, 1),
        "queries": len(seen),
        "slowest_ms": round(max((float(q["time"]) for q in seen), default=0) * 1000, 1),
    }


def measure(package: Path | None, members: int, rounds: int) -> dict[str, Any]:
    found = seed(package, members)
    return found | {"pages": ask(people(), rounds)}


def ask(stage: Stage, rounds: int) -> list[dict[str, Any]]:
    shown = []
    for name, who, wider, address in pages(stage):
        row = {"page": name, "who": who, **timed(stage.browser(who), address, rounds), "goal_ms": GOAL_MS}
        if wider:
            row["wide"] = {"who": wider, **timed(stage.browser(wider), address, rounds)}
        shown.append(row)
    return shown


def in_own_database(work: Callable[[], dict[str, Any]], database: str = DATABASE) -> dict[str, Any]:
    from guangcai.cli import postgres
    from guangcai.cli.boot import start_django

    if postgres.configured_url():
        raise SystemExit("DATABASE_URL is set: this benchmark empties its database, so it takes only the private one")
    with postgres.hold(database):
        os.environ["DATABASE_URL"] = postgres.url(database)
        tree.empty()
        start_django()
        from django.db import connection

        try:
            return work()
        finally:
            connection.close()
            connection.close_pool()
            tree.empty()


def main(arguments: list[str] | None = None) -> dict[str, Any]:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--package", type=Path)
    parser.add_argument("--members", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--without-country", action="store_true", help="only a district that never was: for a trial")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        package = None if given.without_country else given.package or tree.fetch(folder)
        report = in_own_database(lambda: measure(package, given.members, given.rounds))
    print(json.dumps(report, ensure_ascii=False))
    return report


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
