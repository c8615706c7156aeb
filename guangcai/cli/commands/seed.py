"""Synthetic load for measurements: a district that never was, the same for the same numbers, in an empty database.

People, their links and who was where are COPYed; what follows from attendance (entries, postings, spans) is computed
by the database in one statement each, so that `guangcai verify` finds 0 broken.
"""

import json
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, time, timedelta
from time import perf_counter
from typing import Any
from uuid import UUID

import click
from django.db import connection, transaction

from guangcai.accounts.models import User
from guangcai.cli.language import _
from guangcai.cli.progress import Advance, progress
from guangcai.core import lexicon
from guangcai.core.actor import Actor
from guangcai.core.crypto import seal
from guangcai.core.errors import Conflict
from guangcai.core.workdays import SHANGHAI
from guangcai.ledger.commands import rebuild_year_totals
from guangcai.members.commands import load_lists
from guangcai.members.enums import Channel, Gender, MemberCategory, MemberType
from guangcai.members.keys import identify
from guangcai.members.models import Member, Occupation, ServiceKind
from guangcai.members.models.person import PHONE_PURPOSE
from guangcai.orgs.commands import add_node, add_work_unit, load_standard_policies
from guangcai.orgs.commands.bulk import without_indexes
from guangcai.orgs.enums import Level
from guangcai.orgs.models import Node, WorkUnit

SYSTEM = Actor.system()
DISTRICT = "990100"
# A community of some five hundred members, twenty on a shift.
MEMBERS_OF_COMMUNITY = 500
COMMUNITIES_OF_STREET = 20
PEOPLE_ON_SHIFT = 20
ENTRIES_A_YEAR = 10
ACTIVITIES = 4
BEGINS = (time(9), time(14), time(18, 30))
LENGTH = timedelta(hours=3)
RECORDER, CHECKER = UUID(int=0x7 << 76 | 0x8 << 60 | 1), UUID(int=0x7 << 76 | 0x8 << 60 | 2)

MEMBER = (
    "id", "district_code", "name", "name_pinyin", "name_initials", "name_sort", "gender", "birth_date",
    "joined_party_on", "member_type", "category", "national_volunteer_no", "occupation_id", "job_title", "phone",
    "phone_index", "phone_tail_index", "address", "community_id", "path", "is_demo", "added_at", "end_reason",
)  # fmt: skip
EMPLOYMENT = ("id", "district_code", "member_id", "work_unit_id", "since")
RESIDENCE = (
    "id", "district_code", "community_id", "path", "member_id", "since", "channel", "receipt_no", "accepted_at",
)  # fmt: skip
COUNTER = ("id", "district_code", "community_code", "year", "last")
ACTIVITY = (
    "id", "district_code", "community_id", "path", "title", "kind", "service_kind_id", "place", "content",
    "conditions", "sign_up_method", "risk_note", "guarantee", "is_deed", "lead_name", "insurance_ref", "created_at",
    "published_at", "cancel_reason", "cancel_note",
)  # fmt: skip
SHIFT = (
    "id", "district_code", "community_id", "path", "activity_id", "starts_at", "ends_at", "places",
    "alternative_group", "code_key", "cancel_reason", "cancel_note", "closed_at", "closed_by", "head_count",
)  # fmt: skip
ATTENDANCE = (
    "id", "district_code", "community_id", "path", "shift_id", "member_id", "presence", "method", "arrived_at",
    "left_at", "minutes", "recorded_at", "recorded_by", "is_late_arrival", "reason",
)  # fmt: skip

# A key of its own for a row that follows from another: the same instant, another tail.
DERIVED = """(substr(a.id::text, 1, 15) || substr(md5('{kind}' || a.id), 1, 3)
    || '-a' || substr(md5('{kind}' || a.id), 4, 3) || '-' || substr(md5('{kind}' || a.id), 7, 12))::uuid"""
ENTRIES = """
INSERT INTO ledger_serviceentry (id, district_code, community_id, path, member_id, served_on, starts_at, ends_at,
    minutes, deeds, kind_id, activity_name, content, place, recording_unit, lead_name, origin, source, recorded_at,
    recorded_by, in_office_hours, is_late, reason)
SELECT {id}, a.district_code, a.community_id, a.path, a.member_id,
    (s.starts_at AT TIME ZONE 'Asia/Shanghai')::date, s.starts_at, s.ends_at, a.minutes, v.is_deed::int,
    v.service_kind_id, v.title, v.content, v.place, n.name, v.lead_name, 'attendance', 'attendance:' || a.id,
    s.closed_at, s.closed_by, extract(isodow FROM s.starts_at AT TIME ZONE 'Asia/Shanghai') < 6
        AND extract(hour FROM s.starts_at AT TIME ZONE 'Asia/Shanghai') < 17, false, ''
FROM activities_attendance AS a JOIN activities_shift AS s ON s.id = a.shift_id
JOIN activities_activity AS v ON v.id = s.activity_id JOIN orgs_node AS n ON n.id = a.community_id
""".replace("{id}", DERIVED.format(kind="entry"))
POSTINGS = """
INSERT INTO ledger_posting (id, district_code, community_id, path, entry_id, member_id, served_on, minutes, deeds,
    recorded_by, confirmed_at, confirmed_by)
SELECT {id}, district_code, community_id, path, id, member_id, served_on, minutes, deeds,
    recorded_by, recorded_at + interval '1 day', %s
FROM ledger_serviceentry AS a
""".replace("{id}", DERIVED.format(kind="posting"))
SPANS = """
INSERT INTO ledger_servicespan (id, district_code, community_id, path, entry_id, member_id, during)
SELECT {id}, district_code, community_id, path, id, member_id, tstzrange(starts_at, ends_at)
FROM ledger_serviceentry AS a
""".replace("{id}", DERIVED.format(kind="span"))


@dataclass
class Seeded:
    """How many rows there are now, and how long it took."""

    members: int = 0
    communities: int = 0
    work_units: int = 0
    activities: int = 0
    shifts: int = 0
    entries: int = 0
    seconds: float = 0.0


@dataclass
class Plan:
    """What is to be made: everything random comes from `dice`."""

    members: int
    since: date
    until: date
    dice: random.Random
    communities: list[Node] = field(default_factory=list)
    units: list[WorkUnit] = field(default_factory=list)
    people: dict[int, list[UUID]] = field(default_factory=dict)

    @property
    def founded_at(self) -> datetime:
        return datetime.combine(self.since, time(8), SHANGHAI)

    def key(self, at: datetime) -> UUID:
        """A UUIDv7 of that instant with a tail from the dice."""
        tail = self.dice.getrandbits(74)
        number = int(at.timestamp() * 1000) << 80 | 7 << 76 | (tail >> 62) << 64 | 2 << 62 | tail & (1 << 62) - 1
        return UUID(int=number)


@click.command("seed", help=_("Fill an empty database with synthetic members and years of service, for measurements."))
@click.option("--members", default=1000, show_default=True, type=click.IntRange(1, 5_000_000), help=_("How many."))
@click.option("--years", default=1, show_default=True, type=click.IntRange(1, 20), help=_("How many years back."))
@click.option("--seed", "number", default=1, show_default=True, help=_("The same number makes the same district."))
@click.option(
    "--until", type=click.DateTime(["%Y-%m-%d"]), default="2026-11-20", show_default=True, help=_("The last day.")
)
@click.option("--json", "as_json", is_flag=True, help=_("Print the result as JSON."))
def command(members: int, years: int, number: int, until: datetime, as_json: bool) -> None:
    last = until.date()
    # The day after last year's: 29 February has no namesake.
    since = last.replace(year=last.year - years, day=min(last.day, 28)) + timedelta(days=1)
    plan = Plan(members=members, since=since, until=last, dice=random.Random(number))  # noqa: S311 - no secret
    began = perf_counter()
    with progress(_("Seeding"), total=members * 2) as advance:
        done = seed(plan, advance)
    _analyze()
    done.seconds = round(perf_counter() - began, 1)
    if as_json:
        click.echo(json.dumps(asdict(done)))
    else:
        words = _(
            "%(members)d members in %(communities)d communities and %(work_units)d work units, %(shifts)d shifts,"
            " %(entries)d entries; %(seconds)s s."
        )
        click.echo(words % asdict(done))


@transaction.atomic
def seed(plan: Plan, advance: Advance) -> Seeded:
    """Make everything of the plan, or nothing. Raises Conflict in a database that holds anything of a district."""
    if Node.objects.exists() or User.objects.exists():
        raise Conflict(_("This database holds a district: only an empty one is seeded."), code="not_empty")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SET LOCAL synchronous_commit = off; SET LOCAL work_mem = '128MB'")
    _build_place(plan)
    with connection.cursor() as cursor:
        # Tables whose keys wait to be checked cannot lend their indexes out.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    _copy_people(plan, advance)
    done = Seeded(members=plan.members, communities=len(plan.communities), work_units=len(plan.units))
    done.activities, done.shifts = _copy_service(plan, advance)
    done.entries = _record()
    for year in range(plan.since.year, plan.until.year + 1):
        rebuild_year_totals(district_code=DISTRICT, year=year, by=SYSTEM, now=plan.founded_at)
    return done


def _build_place(plan: Plan) -> None:
    now, by = plan.founded_at, SYSTEM
    root = _node(None, Level.DISTRICT, DISTRICT, "Seed", plan)
    load_standard_policies(node=root, by=by, now=now, since=date(plan.since.year, 1, 1))
    load_lists(by=by, now=now)
    wanted = -(-plan.members // MEMBERS_OF_COMMUNITY)
    street = root
    for number in range(wanted):
        part, rest = divmod(number, COMMUNITIES_OF_STREET)
        if rest == 0:
            street = _node(root, Level.STREET, f"{DISTRICT}{part + 1:03d}000", f"Seed {part + 1:03d}", plan)
        code = f"{street.code[:9]}{rest + 1:03d}"
        plan.communities.append(_node(street, Level.COMMUNITY, code, f"Seed {code[6:9]}-{rest + 1:02d}", plan))
    for number in range(max(1, plan.members // MEMBERS_OF_COMMUNITY)):
        plan.units.append(add_work_unit(name=f"Seed {number + 1:05d}", node=root, by=by, now=now))


def _node(parent: Node | None, level: Level, code: str, name: str, plan: Plan) -> Node:
    return add_node(
        parent=parent, level=level, code=code, name=name, valid_from=plan.since, by=SYSTEM, now=plan.founded_at
    )


def _copy(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """COPY rows into a table whose indexes are built afterwards; how many."""
    count = 0
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
    with without_indexes(table), connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
            count += 1
    return count


def _copy_people(plan: Plan, advance: Advance) -> None:
    """Members of every community in turn, each with a home, a receipt and an employer."""
    year, homes, jobs = plan.since.year, [], []
    # Read before the COPY begins: the connection is its own while it runs.
    occupations = list(Occupation.objects.order_by("pk"))

    def rows() -> Iterator[Sequence[Any]]:
        for number, member in enumerate(_members(plan, occupations)):
            community, place = plan.communities[number % len(plan.communities)], number // len(plan.communities) + 1
            plan.people.setdefault(community.pk, []).append(member.pk)
            receipt = f"{community.code}-{year}-{place:05d}"
            key, now = plan.key(plan.founded_at), plan.founded_at
            homes.append(
                (key, DISTRICT, community.pk, community.path, member.pk, plan.since, Channel.IMPORT.value, receipt, now)
            )
            jobs.append((plan.key(now), DISTRICT, member.pk, plan.dice.choice(plan.units).pk, plan.since))
            yield [_sealed(member) if name == "phone" else getattr(member, name) for name in MEMBER]
            if number % 1000 == 0:
                advance(1000)

    _copy("members_member", MEMBER, rows())
    _copy("members_residence", RESIDENCE, homes)
    _copy("members_employment", EMPLOYMENT, jobs)
    counters = [(node.code, len(plan.people.get(node.pk, ()))) for node in plan.communities]
    made = [(plan.key(plan.founded_at), DISTRICT, code, year, last) for code, last in counters if last]
    _copy("members_receiptcounter", COUNTER, made)


def _members(plan: Plan, occupations: Sequence[Occupation]) -> Iterator[Member]:
    dice, now = plan.dice, plan.founded_at
    surnames = [name for name in lexicon.words("surnames") if len(name) == 1]
    given = lexicon.words("given_names")
    for number in range(plan.members):
        born = date(1950, 1, 1) + timedelta(days=dice.randrange(45 * 365))
        member = Member(
            id=plan.key(now),
            name=dice.choice(surnames) + "".join(dice.choices(given, k=dice.choice((1, 2, 2)))),
            district_code=DISTRICT,
            gender=dice.choice(Gender.values),
            birth_date=born,
            joined_party_on=born + timedelta(days=19 * 366 + dice.randrange(2000)),
            member_type=dice.choice(MemberType.values),
            category=dice.choice(("", *MemberCategory.values)),
            occupation=dice.choice(occupations),
            community=(home := plan.communities[number % len(plan.communities)]),
            is_demo=True,
            added_at=now,
        )
        member.path = home.path
        identify(member, phone=f"139{number:08d}")
        yield member


def _sealed(member: Member) -> bytes:
    return seal(member.phone, member.pk, PHONE_PURPOSE)


def _copy_service(plan: Plan, advance: Advance) -> tuple[int, int]:
    """Activities, and as many shifts as give everybody ten services a year; how many of both."""
    kinds = list(ServiceKind.objects.order_by("pk"))
    activities = {node.pk: [_activity(plan, node, number, kinds) for number in range(ACTIVITIES)]
                  for node in plan.communities}  # fmt: skip
    count = _copy("activities_activity", ACTIVITY, (row for rows in activities.values() for row in rows))
    shifts: list[tuple[Any, ...]] = []
    people: dict[UUID, list[UUID]] = {}
    for node in plan.communities:
        own = list(_shifts(plan, node, activities[node.pk]))
        people |= _present(plan, node, own)
        shifts += own
    kept = [shift for shift in shifts if people[shift[0]]]
    _copy("activities_shift", SHIFT, kept)
    _copy("activities_attendance", ATTENDANCE, _attendance(plan, kept, people, advance))
    return count, len(kept)


def _activity(plan: Plan, node: Node, number: int, kinds: Sequence[ServiceKind]) -> tuple[Any, ...]:
    now, kind = plan.founded_at, plan.dice.choice(kinds)
    title = f"{kind.name} {number + 1}"
    return (
        plan.key(now), DISTRICT, node.pk, node.path, title, "service", kind.pk, node.name, title, "", "", "-", "-",
        number % 2 == 0, "Seed", "", now, now, "", "",
    )  # fmt: skip


def _shifts(plan: Plan, node: Node, activities: Sequence[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """One shift on each of the chosen days: no day of a community has two, so nobody is at two places."""
    people = len(plan.people.get(node.pk, ()))
    days = (plan.until - plan.since).days
    years = round(days / 365)
    wanted = min(days, -(-people * ENTRIES_A_YEAR * years // min(PEOPLE_ON_SHIFT, max(people, 1))))
    for number in range(wanted):
        day = plan.since + timedelta(days=number * days // wanted)
        starts_at = datetime.combine(day, plan.dice.choice(BEGINS), SHANGHAI)
        closed_at = starts_at + LENGTH + timedelta(hours=1)
        yield (
            plan.key(starts_at), DISTRICT, node.pk, node.path, plan.dice.choice(activities)[0], starts_at,
            starts_at + LENGTH, PEOPLE_ON_SHIFT * 2, "", plan.dice.randbytes(32), "", "", closed_at, RECORDER,
            PEOPLE_ON_SHIFT,
        )  # fmt: skip


def _present(plan: Plan, node: Node, shifts: Sequence[tuple[Any, ...]]) -> dict[UUID, list[UUID]]:
    """Who was at which shift: everybody's turn comes round, in an order that changes every round."""
    found: dict[UUID, list[UUID]] = {}
    queue: list[UUID] = []
    people = plan.people.get(node.pk, [])
    for shift in shifts:
        there: list[UUID] = []
        while people and len(there) < min(PEOPLE_ON_SHIFT, len(people)):
            if not queue:
                queue = plan.dice.sample(people, len(people))
            member = queue.pop()
            if member not in there:
                there.append(member)
        found[shift[0]] = there
    return found


def _attendance(
    plan: Plan, shifts: Iterable[tuple[Any, ...]], people: dict[UUID, list[UUID]], advance: Advance
) -> Iterator[tuple[Any, ...]]:
    for shift in shifts:
        key, _district, community, path, _activity, starts_at, ends_at = shift[:7]
        for member in people[key]:
            minutes = plan.dice.randrange(30, 181, 5)
            yield (
                plan.key(starts_at), DISTRICT, community, path, key, member, "present", "board", starts_at, ends_at,
                minutes, starts_at, RECORDER, False, "",
            )  # fmt: skip
        advance(len(people[key]) // ENTRIES_A_YEAR)


def _record() -> int:
    """Every attendance becomes a confirmed entry; how many."""
    with connection.cursor() as cursor:
        with without_indexes("ledger_serviceentry"):
            cursor.execute(ENTRIES)
            count = int(cursor.rowcount)
        with without_indexes("ledger_posting"):
            cursor.execute(POSTINGS, [CHECKER])
        with without_indexes("ledger_servicespan"):
            cursor.execute(SPANS)
    return count


def _analyze() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("ANALYZE")
    connection.close()  # the pool gets no connection with other time-outs back
