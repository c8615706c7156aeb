"""A district whose residents have asked a million times in three years: what benchmarks.cases reads and writes.

Everything is written set-based and under the tables' own constraints: cases and steps by INSERT .. SELECT, askers by
COPY, in batches. Every case lives one of the lives below, so `guangcai verify` finds nothing to say (measured too).
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.matching_store import copy
from guangcai.core.ids import new_id, new_id_text

SEED, DISTRICT, SINCE = 20261122, "210802", date(2020, 1, 1)
STREETS, COMMUNITIES_EACH, BUILDINGS_EACH, TECHNICIANS_EACH, MEMBERS_EACH = 10, 6, 20, 3, 20
WORDS: dict[str, Any] = json.loads((Path(__file__).parent / "cases_words.json").read_text("utf-8"))
BATCH = 50_000
DAYS, OPEN_SHARE = 1095, 0.01
# How rarely the rare words are said.
RARE_EACH = 5

# A life: (its share, its steps). A step: kind, state, part, hours after the first, and what else it says.
Life = tuple[float, list[tuple[str, str, str, float, str]]]
RAISED = ("raised", "to_dispatch", "asker", 0.0, "")
DISPATCHED = ("dispatched", "dispatched", "desk", 0.3, "")
ACCEPTED = ("accepted", "accepted", "worker", 2.0, "")
CONTACTED = ("contacted", "accepted", "worker", 6.0, "")
DONE = ("done", "done", "worker", 40.0, "")
SOLVED_CALL = ("called_back", "called_back", "desk", 60.0, "solved")
WORK = [RAISED, DISPATCHED, ACCEPTED, CONTACTED, DONE]
AGAIN = ("dispatched", "dispatched", "desk", 12.0, "")
OVER: list[Life] = [
    (0.56, [*WORK, SOLVED_CALL, ("confirmed", "solved", "asker", 62.0, "")]),
    (0.16, [*WORK, SOLVED_CALL, ("closed", "closed", "program", 240.0, "unanswered")]),
    (0.06, [*WORK, ("called_back", "called_back", "desk", 60.0, "explained"),
            ("closed", "closed", "program", 240.0, "unanswered")]),
    (0.06, [RAISED, DISPATCHED, ("returned", "to_dispatch", "worker", 5.0, "not_ours"), AGAIN,
            ("done", "done", "worker", 60.0, ""), ("called_back", "called_back", "desk", 80.0, "solved"),
            ("confirmed", "solved", "asker", 81.0, "")]),
    (0.02, [RAISED, DISPATCHED, ("returned", "to_dispatch", "worker", 5.0, "not_ours"), AGAIN,
            ("disputed", "to_rule", "worker", 20.0, "wrong_place"),
            ("ruled_out", "closed", "street", 70.0, "out_of_scope")]),
    (0.04, [RAISED, ("closed", "closed", "desk", 0.5, "duplicate")]),
    (0.10, [RAISED, ("closed", "closed", "desk", 0.5, "referred")]),
]  # fmt: skip
OPEN: list[Life] = [
    (0.20, [RAISED]),
    (0.30, [RAISED, DISPATCHED]),
    (0.25, [RAISED, DISPATCHED, ACCEPTED, CONTACTED]),
    (0.05, [RAISED, DISPATCHED, ("returned", "to_dispatch", "worker", 5.0, "not_ours"), AGAIN,
            ("disputed", "to_rule", "worker", 20.0, "wrong_place")]),
    (0.12, WORK),
    (0.08, [*WORK, SOLVED_CALL]),
]  # fmt: skip

TEMPORARY = """
CREATE TEMP TABLE bench_place (at int PRIMARY KEY, id bigint, path text COLLATE "C", buildings bigint[],
                               technicians uuid[], members uuid[]);
CREATE TEMP TABLE bench_text (at int PRIMARY KEY, item bigint, what text, words text);
CREATE TEMP TABLE bench_life (life int PRIMARY KEY, is_open bool, low float, high float, state text, responded float,
                              dispatched float, done float, called float, ended float, returns int, solved bool,
                              satisfied bool, close_code text, assigned int);
CREATE TEMP TABLE bench_step (life int, number int, kind text, state text, side text, hours float, said text);
CREATE FUNCTION pg_temp.bench_key(at timestamptz, n bigint, part int) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7'
            || lpad(to_hex((n * 31 + part) % 4096), 3, '0') || '8' || substr(md5(n::text), 1, 3)
            || lpad(to_hex(n * 16 + part), 12, '0'))::uuid $$;
"""
DRAWN = """
CREATE TEMP TABLE bench_drawn ON COMMIT DROP AS
WITH drawn AS MATERIALIZED (
    SELECT n, random() AS a, random() AS b, random() AS c, random() AS d,
           %(now)s::timestamptz - (%(many)s - n + 1 + random()) / %(many)s * %(days)s * interval '1 day' AS raised_at
    FROM generate_series(%(low)s::bigint, %(high)s::bigint) AS n
)
SELECT n, pg_temp.bench_key(raised_at, n, 0) AS id, raised_at, 0.4 + 2.2 * c * c AS pace, place.id AS community,
       place.path, place.buildings[1 + (n %% array_length(place.buildings, 1))] AS building,
       place.technicians[1 + (n %% array_length(place.technicians, 1))] AS technician,
       place.members[1 + (n %% array_length(place.members, 1))] AS member,
       CASE WHEN n %% 20 < 14 THEN 'technician' WHEN n %% 20 < 17 THEN 'unit' ELSE 'member' END AS worker,
       text.item, text.what, text.words, n %% 33 = 0 AS is_anonymous, life.*
FROM drawn
JOIN bench_place AS place ON place.at = floor(%(places)s * power(a, 1.15))
JOIN bench_text AS text ON text.at = CASE WHEN n %% %(rarely)s = 0 THEN %(texts)s + (n / %(rarely)s) %% %(rare)s
                                          ELSE floor(%(texts)s * b) END
JOIN bench_life AS life ON life.is_open = (n > %(many)s * (1 - 2 * %(open)s) AND n %% 2 = 0)
                       AND d >= life.low AND d < life.high
"""
CASES = """
INSERT INTO cases_case (id, district_code, community_id, path, number, item_id, what, words, place_id, place_note,
    answers, channel, is_anonymous, from_kind, raised_at, state, assignment_id, dispatched_at, due_response,
    due_solution, responded_at, done_at, called_back_at, ended_at, is_solved, is_satisfied, returns, close_code,
    duplicate_of_id)
SELECT id, %(district)s, community, path, to_char(raised_at, 'YY') || '-' || lpad(n::text, 6, '0'), item, what,
    words::tsvector,
    CASE WHEN n %% 10 < 7 THEN building END, '', '[]', (ARRAY['phone', 'desk', 'web', 'member'])[1 + n %% 4],
    is_anonymous, '', raised_at, state, CASE WHEN assigned > 0 THEN pg_temp.bench_key(raised_at, n, assigned) END,
    bench_at(raised_at, dispatched * pace), bench_at(raised_at, dispatched * pace) + interval '24 hours',
    bench_at(raised_at, dispatched * pace) + interval '5 days', bench_at(raised_at, responded * pace),
    bench_at(raised_at, done * pace), bench_at(raised_at, called * pace), bench_at(raised_at, ended * pace), solved,
    CASE WHEN satisfied IS NOT NULL THEN n %% 9 > 0 END, returns, close_code,
    CASE WHEN close_code = 'duplicate' THEN coalesce(lag(id) OVER (ORDER BY n), lead(id) OVER (ORDER BY n)) END
FROM bench_drawn
"""
STEPS = """
INSERT INTO cases_casestep (id, district_code, case_id, number, kind, state, at, side, reason, worker, technician_id,
    member_id, unit_id, worker_name, outcome, is_satisfied, close_code)
SELECT pg_temp.bench_key(drawn.raised_at, drawn.n, step.number), %(district)s, drawn.id, step.number, step.kind,
    step.state, bench_at(raised_at, step.hours * pace), step.side,
    CASE WHEN step.kind IN ('returned', 'disputed') THEN step.said ELSE '' END,
    CASE WHEN is_asked THEN drawn.worker ELSE '' END,
    CASE WHEN is_asked AND drawn.worker = 'technician' THEN drawn.technician END,
    CASE WHEN is_asked AND drawn.worker = 'member' THEN drawn.member END,
    CASE WHEN is_asked AND drawn.worker = 'unit' THEN %(unit)s END,
    CASE WHEN is_asked THEN 'W' || drawn.n %% 1000 ELSE '' END,
    CASE WHEN step.kind = 'called_back' THEN step.said ELSE '' END,
    CASE WHEN step.kind = 'called_back' THEN drawn.n %% 9 > 0 END,
    CASE WHEN step.kind IN ('closed', 'ruled_out') THEN step.said ELSE '' END
FROM bench_drawn AS drawn JOIN bench_step AS step USING (life),
     LATERAL (SELECT step.kind = 'dispatched' AS is_asked) AS part
ORDER BY drawn.n, step.number
"""
AT = """
CREATE FUNCTION bench_at(since timestamptz, hours float) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS
$$ SELECT since + hours * interval '1 hour' $$
"""


@dataclass(frozen=True)
class Place:
    """One community: its key, path, code and buildings."""

    id: int
    path: str
    code: str
    buildings: tuple[int, ...]


def nodes(found: list[Place], streets: int, each: int) -> Iterator[tuple[Any, ...]]:
    """A district of streets of communities of buildings, as rows of the tree; communities are put into `found`."""
    keys = iter(range(1, 1 << 30))
    district = next(keys)
    yield district, None, f"/{district}/", "district", f"{DISTRICT}000000", "District", SINCE, "", ""
    for number in range(1, streets + 1):
        street = next(keys)
        above = f"/{district}/{street}/"
        yield street, district, above, "street", f"{DISTRICT}{number:03d}000", f"S{number}", SINCE, "", ""
        for one in range(1, each + 1):
            key, code = next(keys), f"{DISTRICT}{number:03d}{one:03d}"
            path = f"{above}{key}/"
            yield key, street, path, "community", code, f"C{number}-{one}", SINCE, "", ""
            compound = next(keys)
            yield compound, key, f"{path}{compound}/", "compound", f"{code}-1", "G", SINCE, "", ""
            buildings = [next(keys) for _ in range(BUILDINGS_EACH)]
            for at, own in enumerate(buildings, start=1):
                below = f"{path}{compound}/{own}/"
                yield own, compound, below, "building", f"{code}-1-{at}", f"B{at}", SINCE, "", ""
            found.append(Place(key, path, code, tuple(buildings)))


def seed(many: int, *, streets: int = STREETS, each: int = COMMUNITIES_EACH) -> list[Place]:
    """The whole district; the communities in the order of how much is asked there, most first."""
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    now, places = datetime.now(tz=UTC), list[Place]()
    columns = "id, parent_id, path, level, code, name, valid_from, urban_rural_class, source"
    copy("orgs_node", columns, nodes(places, streets, each))
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(pg_get_serial_sequence('orgs_node', 'id'), max(id)) FROM orgs_node")
        cursor.execute(TEMPORARY + AT)
        cursor.execute("SELECT setseed(0.42)")
    unit = rules_and_people(places, now=now)
    texts()
    lives()
    for low in range(1, many + 1, BATCH):
        batch(low, min(low + BATCH - 1, many), many=many, places=len(places), unit=unit, now=now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval('cases_case_number', %s)", [many])
        cursor.execute("VACUUM ANALYZE")
    return places


def rules_and_people(places: list[Place], *, now: datetime) -> int:
    """The district's rules, the catalogue, a unit; technicians and members of every community. Returns the unit."""
    from guangcai.cases.commands import load_case_catalogue
    from guangcai.core.actor import Actor
    from guangcai.members.commands import load_lists
    from guangcai.orgs.commands import load_standard_policies
    from guangcai.orgs.models import Node, WorkUnit

    district = Node.objects.get(level="district")
    load_standard_policies(node=district, by=Actor.system(), now=now, since=SINCE)
    load_lists(by=Actor.system(), now=now)
    load_case_catalogue(by=Actor.system(), now=now)
    unit: int = WorkUnit.objects.create(name="U", kind="enterprise", node=district, path=district.path).pk
    people(places, now=now)
    return unit


def people(places: list[Place], *, now: datetime) -> None:
    """Technicians and members of every community."""
    from django.db import connection

    technicians = {place.id: [new_id() for _ in range(TECHNICIANS_EACH)] for place in places}
    copy(
        "cases_technician",
        "id, node_id, path, name, phone, is_paid, since, added_at",
        (
            (key, place.id, place.path, f"T{at}", b"", True, SINCE, now)
            for place in places
            for at, key in enumerate(technicians[place.id])
        ),
    )
    members = {place.id: [new_id() for _ in range(MEMBERS_EACH)] for place in places}
    columns = (
        "id, district_code, name, name_pinyin, name_initials, name_sort, gender, member_type, category, "
        "national_volunteer_no, job_title, phone, phone_index, phone_tail_index, address, community_id, building_id, "
        "path, is_demo, added_at, end_reason"
    )
    copy(
        "members_member",
        columns,
        (
            (key, DISTRICT, f"M{place.id}-{at}", "", "", f"{at:06d}", "", "in_service", "", "", "", b"", "", "", b"",
             place.id, place.buildings[0], place.path, False, now, "")
            for place in places
            for at, key in enumerate(members[place.id])
        ),
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO bench_place VALUES (%s, %s, %s, %s, %s, %s)",
            [
                (at, one.id, one.path, list(one.buildings), technicians[one.id], members[one.id])
                for at, one in enumerate(places)
            ],
        )


def texts() -> None:
    """What is asked, cut into words as the program cuts it; the rare ones last."""
    from guangcai.cases.models import Item
    from guangcai.core.text import segment

    items, dice = {row.code: row for row in Item.objects.all()}, Random(SEED)  # noqa: S311 - a made-up district
    matters = [(code, matter) for code, matter, weight in WORDS["matters"] for _ in range(weight)]
    made = [
        (items[code], f"{spot}{matter}，{when}，{dice.choice(WORDS['pleas'])}")
        for code, matter in matters
        for spot in WORDS["spots"]
        for when in WORDS["times"]
    ]
    made += [(items["pets"], text) for text in WORDS["rare"]]
    rows = ((at, item.pk, what, segment(f"{what} {item.name}")) for at, (item, what) in enumerate(made))
    copy("bench_text", "at, item, what, words", rows)


def lives() -> None:
    """The lives as rows, and what a case repeats of each."""
    for first, is_open, group in ((0, False, OVER), (len(OVER), True, OPEN)):
        low = 0.0
        for life, (share, steps) in enumerate(group, start=first):
            rows = [(life, at, *step) for at, step in enumerate(steps, start=1)]
            copy("bench_step", "life, number, kind, state, side, hours, said", rows)
            high = low + share if life < first + len(group) - 1 else 1.1
            copy("bench_life", LIFE_COLUMNS, [(life, is_open, low, high, *repeated(steps))])
            low = high


LIFE_COLUMNS = (
    "life, is_open, low, high, state, responded, dispatched, done, called, ended, returns, solved, satisfied, "
    "close_code, assigned"
)


def repeated(steps: Sequence[tuple[str, str, str, float, str]]) -> tuple[Any, ...]:
    """What the case says of its steps: the columns of LIFE_COLUMNS after the first four."""

    def first(*kinds: str) -> float | None:
        return next((hours for kind, _state, _side, hours, _said in steps if kind in kinds), None)

    kinds, last = [kind for kind, *_ in steps], steps[-1]
    called = next((said for kind, *_, said in steps if kind == "called_back"), None)
    given_back = max((at for at, kind in enumerate(kinds) if kind in ("returned", "disputed")), default=-1)
    asked = max((at for at, kind in enumerate(kinds) if kind == "dispatched"), default=-1)
    is_over = last[1] in ("closed", "solved")
    return (
        last[1],
        first("contacted", "done"),
        first("dispatched"),
        first("done"),
        first("called_back"),
        last[3] if is_over else None,
        sum(kind in ("returned", "disputed") for kind in kinds),
        None if called is None else called == "solved",
        None if called is None else True,
        last[4] if last[1] == "closed" else "",
        asked + 1 if asked > given_back else 0,
    )


def batch(low: int, high: int, *, many: int, places: int, unit: int, now: datetime) -> None:
    """Cases `low` to `high` with their steps and askers, in one transaction: what points to each other is checked."""
    from django.db import connection, transaction

    from guangcai.cases.models.asker import CODE_PURPOSE, PHONE_PURPOSE
    from guangcai.core.crypto import blind_index, seal

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM bench_text")
        texts_in_all = cursor.fetchone()[0]
    rare = len(WORDS["rare"])
    asked = {
        "now": now, "many": many, "days": DAYS, "low": low, "high": high, "places": places, "open": OPEN_SHARE,
        "texts": texts_in_all - rare, "rare": rare, "rarely": max(1, many // (rare * RARE_EACH)),
    }  # fmt: skip
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(DRAWN, asked)
        cursor.execute(CASES, {"district": DISTRICT})
        cursor.execute(STEPS, {"district": DISTRICT, "unit": unit})
        cursor.execute("SELECT n, id::text, is_anonymous FROM bench_drawn ORDER BY n")
        drawn = cursor.fetchall()

        def askers() -> Iterator[tuple[Any, ...]]:
            for n, case, is_anonymous in drawn:
                key, code = new_id_text(), code_of(n)
                phone = "" if is_anonymous else f"+8613{n % 300_000:09d}"
                name = "" if is_anonymous else f"N{n % 9973}"
                yield (
                    key, DISTRICT, case, seal(name, key, "cases.asker.name"), seal(phone, key, PHONE_PURPOSE),
                    blind_index(phone, PHONE_PURPOSE), b"", True, 0, seal(code, key, CODE_PURPOSE),
                    blind_index(code, CODE_PURPOSE),
                )  # fmt: skip

        columns = "id, district_code, case_id, name, phone, phone_index, flat, wants_word, told, code, code_index"
        copy("cases_asker", columns, askers())


def code_of(n: int) -> str:
    """The code of the case number `n`, in the program's own letters."""
    from guangcai.cases.keys import CODE_LENGTH, LETTERS

    dice = Random(n)  # noqa: S311 - a made-up district
    return "".join(dice.choice(LETTERS) for _ in range(CODE_LENGTH))
