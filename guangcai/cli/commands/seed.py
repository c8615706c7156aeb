"""Synthetic load for measurements: a district that never was, the same for the same numbers, in an empty database.

Places, people, their links and shifts are COPYed; who was at which shift, and what follows from it (attendance,
entries, postings, spans), is computed by the database in one statement each, so that `guangcai verify` finds 0 broken.
"""

import json
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import islice
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
from guangcai.core.phones import last_four, normalise
from guangcai.core.pinyin import name_keys
from guangcai.core.workdays import SHANGHAI
from guangcai.ledger.commands import rebuild_year_totals
from guangcai.members.commands import load_lists
from guangcai.members.enums import Channel, Gender, MemberCategory, MemberType
from guangcai.members.keys import phone_key, phone_tail_key
from guangcai.members.models import Member, Occupation, ServiceKind
from guangcai.members.models.person import PHONE_PURPOSE
from guangcai.orgs.commands import add_work_unit, import_tree, load_standard_policies
from guangcai.orgs.commands.bulk import without_indexes
from guangcai.orgs.enums import Level
from guangcai.orgs.models import Node, WorkUnit
from guangcai.orgs.rules import full_code
from guangcai.orgs.tree_files import FileNode, TreeFile

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
# What was recorded last still waits for its second person.
WAITING_DAYS = 7
BATCH = 2000
GENDERS, TYPES, CATEGORIES = Gender.values, MemberType.values, ["", *MemberCategory.values]
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

# Who was at which shift. Every round of a community gives everybody one service: in an order drawn from the seed, cut
# into the round's shifts. Rows lie in the order of time, as they would have come.
ATTENDANCE = """
INSERT INTO activities_attendance (id, district_code, community_id, path, shift_id, member_id, presence, method,
    arrived_at, left_at, minutes, recorded_at, recorded_by, is_late_arrival, reason)
SELECT (left(s.id::text, 15) || left(h.h, 3) || '-a' || substr(h.h, 4, 3) || '-' || substr(h.h, 7, 12))::uuid,
    s.district_code, s.community_id, s.path, s.id, t.member_id, 'present', 'board', s.starts_at, s.ends_at,
    30 + 5 * (('x' || right(h.h, 4))::bit(16)::integer %% 31), s.starts_at, s.closed_by, false, ''
FROM (
    SELECT m.id AS member_id, m.community_id, r.number * c.a_round + c.a_round * (row_number() OVER (
        everybody ORDER BY md5(concat(%(salt)s::text, r.number, m.id))) - 1) / count(*) OVER everybody AS number
    FROM members_member AS m CROSS JOIN generate_series(0, %(rounds)s - 1) AS r (number)
    JOIN (
        SELECT community_id, count(*) / %(rounds)s AS a_round FROM activities_shift GROUP BY community_id
    ) AS c ON c.community_id = m.community_id
    WINDOW everybody AS (PARTITION BY m.community_id, r.number)
) AS t
JOIN (
    SELECT *, row_number() OVER (PARTITION BY community_id ORDER BY starts_at) - 1 AS number FROM activities_shift
) AS s ON s.community_id = t.community_id AND s.number = t.number
CROSS JOIN LATERAL (SELECT md5(concat(%(salt)s::text, s.id, t.member_id)) AS h OFFSET 0) AS h
ORDER BY s.starts_at, s.id
"""
# A key of its own for a row that follows from another: the same instant and tail, another digit between.
DERIVED = "overlay(a.id::text placing '{digit}' from 20 for 1)::uuid"
ENTRIES = """
INSERT INTO ledger_serviceentry (id, district_code, community_id, path, member_id, served_on, starts_at, ends_at,
    minutes, deeds, kind_id, activity_name, content, place, recording_unit, lead_name, origin, source, recorded_at,
    recorded_by, in_office_hours, is_late, reason)
SELECT {id}, a.district_code, a.community_id, a.path, a.member_id, s.day, s.starts_at, s.ends_at, a.minutes,
    v.is_deed::int, v.service_kind_id, v.title, v.content, v.place, n.name, v.lead_name, 'attendance',
    'attendance:' || a.id, s.closed_at, s.closed_by, extract(isodow FROM s.day) < 6 AND s.hour < 17, false, ''
FROM activities_attendance AS a
JOIN (
    SELECT *, (starts_at AT TIME ZONE 'Asia/Shanghai')::date AS day,
        extract(hour FROM starts_at AT TIME ZONE 'Asia/Shanghai') AS hour
    FROM activities_shift
) AS s ON s.id = a.shift_id
JOIN activities_activity AS v ON v.id = s.activity_id JOIN orgs_node AS n ON n.id = a.community_id
""".replace("{id}", DERIVED.format(digit="8"))
POSTINGS = """
INSERT INTO ledger_posting (id, district_code, community_id, path, entry_id, member_id, served_on, minutes, deeds,
    recorded_by, confirmed_at, confirmed_by)
SELECT {id}, district_code, community_id, path, id, member_id, served_on, minutes, deeds,
    recorded_by, recorded_at + interval '1 day', %(checker)s
FROM ledger_serviceentry AS a WHERE served_on <= %(confirmed_until)s
""".replace("{id}", DERIVED.format(digit="9"))
# In the order of members: neighbours in the index are neighbours in the table.
SPANS = """
INSERT INTO ledger_servicespan (id, district_code, community_id, path, entry_id, member_id, during)
SELECT {id}, district_code, community_id, path, id, member_id, tstzrange(starts_at, ends_at)
FROM ledger_serviceentry AS a WHERE served_on <= %(confirmed_until)s ORDER BY member_id, starts_at
""".replace("{id}", DERIVED.format(digit="b"))
STEPS = (
    ("activities_attendance", ATTENDANCE),
    ("ledger_serviceentry", ENTRIES),
    ("ledger_posting", POSTINGS),
    ("ledger_servicespan", SPANS),
)


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
    """What is to be made; everything random comes from `dice`. top: a district that is there already, else one is made.

    `units` and `communities` are filled in on the way.
    """

    members: int
    since: date
    until: date
    dice: random.Random
    top: Node | None = None
    communities: list[Node] = field(default_factory=list)
    units: list[WorkUnit] = field(default_factory=list)

    @property
    def founded_at(self) -> datetime:
        return datetime.combine(self.since, time(8), SHANGHAI)

    @property
    def rounds(self) -> int:
        """How often everybody's turn comes."""
        return ENTRIES_A_YEAR * max(1, round((self.until - self.since).days / 365))

    @property
    def district_code(self) -> str:
        return self.top.district_code if self.top else DISTRICT

    def people_of(self, place: int) -> int:
        """How many live in the community at that place of the list: members go round."""
        return (self.members - place + len(self.communities) - 1) // len(self.communities)

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
    if User.objects.exists() or Member.objects.exists() or (plan.top is None and Node.objects.exists()):
        raise Conflict(_("This database holds a district: only an empty one is seeded."), code="not_empty")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SET LOCAL synchronous_commit = off; SET LOCAL work_mem = '256MB'; SET LOCAL jit = off")
    _build_place(plan)
    with connection.cursor() as cursor:
        # Tables whose keys wait to be checked cannot lend their indexes out.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    _copy_people(plan, advance)
    done = Seeded(members=plan.members, communities=len(plan.communities), work_units=len(plan.units))
    done.activities, done.shifts = _copy_shifts(plan)
    done.entries = _record(plan, advance)
    for year in range(plan.since.year, plan.until.year + 1):
        rebuild_year_totals(district_code=plan.district_code, year=year, by=SYSTEM, now=plan.founded_at)
    return done


def _build_place(plan: Plan) -> None:
    now, by = plan.founded_at, SYSTEM
    wanted = -(-plan.members // MEMBERS_OF_COMMUNITY)
    if plan.top is None:
        import_tree(file=_places(wanted), valid_from=plan.since, by=by, now=now)
    top = plan.top or Node.objects.get(code__startswith=DISTRICT, level=Level.DISTRICT)
    below = Node.objects.filter(path__under=top.path, level=Level.COMMUNITY, valid_to=None)
    plan.communities = list(below.order_by("code")[:wanted])
    load_standard_policies(node=top, by=by, now=now, since=date(plan.since.year, 1, 1))
    load_lists(by=by, now=now)
    for number in range(max(1, plan.members // MEMBERS_OF_COMMUNITY)):
        plan.units.append(add_work_unit(name=f"Seed {number + 1:05d}", node=top, by=by, now=now))


def _places(communities: int) -> TreeFile:
    """A district of streets with so many communities, as a file would name them."""
    top = full_code(DISTRICT)
    streets = [full_code(f"{DISTRICT}{n + 1:03d}") for n in range(-(-communities // COMMUNITIES_OF_STREET))]
    rows = [FileNode(1, top, "Seed", Level.DISTRICT, "")]
    rows += [FileNode(1, code, f"Seed {code[6:9]}", Level.STREET, top) for code in streets]
    for number in range(communities):
        street, rest = divmod(number, COMMUNITIES_OF_STREET)
        code = f"{streets[street][:9]}{rest + 1:03d}"
        rows.append(FileNode(1, code, f"Seed {code[6:9]}-{rest + 1:02d}", Level.COMMUNITY, streets[street]))
    return TreeFile(rows, [], root=top)


def _copy(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """COPY rows into a table whose indexes are built afterwards; how many. No text has a tab or a backslash."""
    count = 0
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
    with without_indexes(table), connection.cursor() as cursor, cursor.copy(statement) as copy:
        for part in batched(rows, BATCH):
            copy.write("".join(["\t".join(map(_written, row)) + "\n" for row in part]))
            count += len(part)
    return count


def _written(value: Any) -> str:
    """A value as COPY reads it."""
    if isinstance(value, bytes):
        return rf"\\x{value.hex()}"
    return r"\N" if value is None else str(value)


def batched(rows: Iterable[Sequence[Any]], size: int) -> Iterator[list[Sequence[Any]]]:
    waiting = iter(rows)
    while part := list(islice(waiting, size)):
        yield part


def _copy_people(plan: Plan, advance: Advance) -> None:
    """Members of every community in turn, each with a home, a receipt and an employer."""
    year, now, district, homes, jobs = plan.since.year, plan.founded_at, plan.district_code, [], []
    # Read before the COPY begins: the connection is its own while it runs.
    occupations = list(Occupation.objects.order_by("pk").values_list("pk", flat=True))

    def rows() -> Iterator[Sequence[Any]]:
        for number in range(plan.members):
            community, place = plan.communities[number % len(plan.communities)], number // len(plan.communities) + 1
            member, receipt = plan.key(now), f"{community.code}-{year}-{place:05d}"
            homes.append(
                (plan.key(now), district, community.pk, community.path, member, plan.since, Channel.IMPORT.value,
                 receipt, now)
            )  # fmt: skip
            jobs.append((plan.key(now), district, member, plan.dice.choice(plan.units).pk, plan.since))
            yield _person(plan, member, number, community, occupations)
            if number % 1000 == 0:
                advance(1000)

    _copy("members_member", MEMBER, rows())
    _copy("members_residence", RESIDENCE, homes)
    _copy("members_employment", EMPLOYMENT, jobs)
    counters = [(node.code, plan.people_of(place)) for place, node in enumerate(plan.communities)]
    made = [(plan.key(now), district, code, year, last) for code, last in counters if last]
    _copy("members_receiptcounter", COUNTER, made)


def _person(plan: Plan, key: UUID, number: int, home: Node, occupations: Sequence[int]) -> tuple[Any, ...]:
    """One row of MEMBER: a name that could be, a phone that nobody has."""
    dice = plan.dice
    name = dice.choice(_surnames()) + "".join(dice.choices(_given_names(), k=dice.choice((1, 2, 2))))
    born = date(1950, 1, 1) + timedelta(days=dice.randrange(45 * 365))
    phone = normalise(f"139{number:08d}")
    return (
        key, plan.district_code, name, *name_keys(name), dice.choice(GENDERS), born,
        born + timedelta(days=19 * 366 + dice.randrange(2000)), dice.choice(TYPES), dice.choice(CATEGORIES), "",
        dice.choice(occupations), "", seal(phone, key, PHONE_PURPOSE), phone_key(phone),
        phone_tail_key(last_four(phone)), "", home.pk, home.path, True, plan.founded_at, "",
    )  # fmt: skip


@cache
def _surnames() -> list[str]:
    return [name for name in lexicon.words("surnames") if len(name) == 1]


@cache
def _given_names() -> list[str]:
    return list(lexicon.words("given_names"))


def _copy_shifts(plan: Plan) -> tuple[int, int]:
    """Activities, and as many shifts as give everybody ten services a year; how many of both."""
    kinds = list(ServiceKind.objects.order_by("pk"))
    activities = [[_activity(plan, node, number, kinds) for number in range(ACTIVITIES)] for node in plan.communities]
    count = _copy("activities_activity", ACTIVITY, (row for rows in activities for row in rows))
    shifts = (row for place, rows in enumerate(activities) for row in _shifts(plan, place, rows))
    return count, _copy("activities_shift", SHIFT, shifts)


def _activity(plan: Plan, node: Node, number: int, kinds: Sequence[ServiceKind]) -> tuple[Any, ...]:
    now, kind = plan.founded_at, plan.dice.choice(kinds)
    title = f"{kind.name} {number + 1}"
    return (
        plan.key(now), plan.district_code, node.pk, node.path, title, "service", kind.pk, node.name, title, "", "",
        "-", "-", number % 2 == 0, "Seed", "", now, now, "", "",
    )  # fmt: skip


def _shifts(plan: Plan, place: int, activities: Sequence[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """At most one shift a day in a community, so that nobody is at two places; every round has as many."""
    node, people, days = plan.communities[place], plan.people_of(place), (plan.until - plan.since).days
    a_round = min(-(-people // PEOPLE_ON_SHIFT), max(1, days // plan.rounds))
    wanted = a_round * plan.rounds
    for number in range(wanted):
        starts_at = datetime.combine(
            plan.since + timedelta(days=number * days // wanted), plan.dice.choice(BEGINS), SHANGHAI
        )
        slot = number % a_round
        there = -(-(slot + 1) * people // a_round) + (-slot * people // a_round)
        yield (
            plan.key(starts_at), plan.district_code, node.pk, node.path, plan.dice.choice(activities)[0], starts_at,
            starts_at + LENGTH, max(there, PEOPLE_ON_SHIFT * 2), "", plan.dice.randbytes(32), "", "",
            starts_at + LENGTH + timedelta(hours=1), RECORDER, there,
        )  # fmt: skip


def _record(plan: Plan, advance: Advance) -> int:
    """Who was at which shift; every attendance becomes an entry, confirmed but for the last days. How many entries."""
    values: dict[str, Any] = {
        "salt": str(plan.dice.getrandbits(64)),
        "rounds": plan.rounds,
        "checker": CHECKER,
        "confirmed_until": plan.until - timedelta(days=WAITING_DAYS),
    }
    count = 0
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE members_member, activities_shift, activities_activity")
        for table, statement in STEPS:
            with without_indexes(table):
                cursor.execute(statement, values)
            count = max(count, cursor.rowcount)
            cursor.execute(f"ANALYZE {table}")
            advance(plan.members // len(STEPS))
    return count


def _analyze() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("ANALYZE")
    connection.close()  # the pool gets no connection with other time-outs back
