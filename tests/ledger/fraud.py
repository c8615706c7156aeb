"""Thirty ways to cheat over an honest month: what the plausibility list is measured with. The same every time.

Five communities in December 2025, forty honest members each with a year behind them, honest paper lists and honest
odd things among them. Rows are written straight into the tables: the commands would refuse some of the frauds, and
what they refuse needs no list. Source: promise T5.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

from guangcai.accounts.models import User
from guangcai.core import workdays
from guangcai.core.ids import new_id
from guangcai.ledger import rules
from guangcai.ledger.enums import Doubt, EntryOrigin
from guangcai.ledger.models import Posting, ServiceEntry
from guangcai.members.enums import MemberType
from guangcai.members.models import Member, ServiceKind
from guangcai.orgs.enums import Level
from guangcai.orgs.models import Node
from tests.cast import DISTRICT, Cast, make_node

SINCE, UNTIL = date(2025, 12, 1), date(2025, 12, 31)
WEEKEND = (6, 7, 13, 14, 20, 21, 27, 28)
THURSDAY = (4, 11, 18, 25)
EVENING = (2, 5, 9, 12, 16, 19, 23, 26, 30)
PEOPLE = 40
WORK = ("清理楼道小广告", "清扫绿地", "擦洗宣传栏", "整理自行车棚", "给老人送菜", "帮助填表")
DAY, NO = timedelta(days=1), None


def at(day: date | int, clock: str) -> datetime:
    day = date(2025, 12, day) if isinstance(day, int) else day
    return datetime.combine(day, time.fromisoformat(clock), workdays.SHANGHAI)


def _origin(*, typed: bool) -> dict[str, str]:
    return {"origin": EntryOrigin.BACK_FILL, "reason": "补录"} if typed else {"origin": EntryOrigin.ATTENDANCE}


def _marks(starts_at: datetime, ends_at: datetime, saved: datetime) -> dict[str, bool]:
    """What the command works out by the rules in force: office hours 8:30 to 17:00, ten working days."""
    hours = {"opens": time(8, 30), "closes": time(17), "overrides": {}}
    days = {"served_on": starts_at.date(), "recorded_on": rules.local_day(saved), "overrides": {}}
    return {
        "in_office_hours": rules.in_office_hours(starts_at=starts_at, ends_at=ends_at, **hours),
        "is_late": rules.is_late(working_days=10, **days),
    }


def _words(unit: str) -> dict[str, str]:
    return {
        "activity_name": "周末清洁",
        "content": WORK[0],
        "place": "小区",
        "recording_unit": unit,
        "lead_name": "王桂芬",
    }


@dataclass
class Place:
    """A community with the one who records and the one who confirms."""

    node: Node
    members: list[Member]
    maker: UUID = field(default_factory=new_id)
    checker: UUID = field(default_factory=new_id)


class Book:
    """Collects entries and postings, then writes them in bulk. `told`: entries of each pattern; "" is honest."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.random = cast, Random(2025)
        self.kind = ServiceKind.objects.get(code="convenience")
        nodes = [cast.nanyuan, cast.gongyuan]
        nodes += [make_node(cast.street, Level.COMMUNITY, f"21080200100{n}", f"社区{n}") for n in (4, 5, 6)]
        self.places = [Place(node, [self.member(node) for _ in range(PEOPLE)]) for node in nodes]
        self.entries: list[ServiceEntry] = []
        self.postings: list[Posting] = []
        self.members: list[Member] = []
        for place in self.places:
            self.members += place.members
        self.told: dict[str, list[UUID]] = {}
        self.pattern = ""

    def member(self, node: Node, kind: MemberType | None = None) -> Member:
        if kind is None:
            kind = MemberType.IN_SERVICE if self.random.random() < 0.7 else MemberType.BRANCH
        return Member(
            name="成员",
            member_type=kind,
            community=node,
            path=node.path,
            district_code=DISTRICT,
            added_at=self.cast.now,
        )

    def add(
        self,
        member: Member,
        starts_at: datetime,
        minutes: int = 120,
        *,
        typed: bool = False,
        place: Place | None = None,
        maker: UUID | None = None,
        saved: datetime | None = None,
        confirmed_after: timedelta | None = DAY,
        deeds: int = 0,
        **more: Any,
    ) -> ServiceEntry:
        """One record, by default of a shift that closed at once and was confirmed the next day."""
        place, ends_at = place or self.places[0], starts_at + timedelta(minutes=minutes)
        saved = saved or (at(starts_at.date() + 3 * DAY, "10:10") if typed else ends_at + timedelta(minutes=10))
        where = {"community": place.node, "path": place.node.path, "district_code": DISTRICT, "member": member}
        entry = ServiceEntry(
            id=new_id(),
            **where,
            served_on=rules.local_day(starts_at),
            starts_at=starts_at,
            ends_at=ends_at,
            minutes=minutes,
            deeds=deeds,
            kind=self.kind,
            source=f"test:{len(self.entries)}",
            recorded_at=saved,
            recorded_by=maker or place.maker,
            **_marks(starts_at, ends_at, saved),
            **{**_words(place.node.name), **_origin(typed=typed), **more},
        )
        self.entries.append(entry)
        self.told.setdefault(self.pattern, []).append(entry.pk)
        if confirmed_after is not None:
            self.confirm(entry, place, saved + confirmed_after, where)
        return entry

    def confirm(self, entry: ServiceEntry, place: Place, confirmed_at: datetime, where: dict[str, Any]) -> None:
        self.postings.append(
            Posting(
                **where,
                entry=entry,
                served_on=entry.served_on,
                minutes=entry.minutes,
                deeds=entry.deeds,
                recorded_by=entry.recorded_by,
                confirmed_at=confirmed_at,
                confirmed_by=place.checker,
            )
        )

    def write(self) -> None:
        Member.objects.bulk_create(self.members)
        ServiceEntry.objects.bulk_create([entry for entry in self.entries if entry.reverses_id is None])
        ServiceEntry.objects.bulk_create([entry for entry in self.entries if entry.reverses_id is not None])
        Posting.objects.bulk_create(self.postings)

    def cheat(self, *, seen: int = 2, kind: MemberType = MemberType.BRANCH, minutes_so_far: int = 1200) -> Member:
        """A member with an ordinary year and `seen` honest shifts in December: the fraud hides among them."""
        member = self.member(self.places[0].node, kind)
        self.members.append(member)
        pattern, self.pattern = self.pattern, ""
        for n in range(minutes_so_far // 100):
            self.add(member, at(date(2025, 1 + n % 11, 8 + n // 11), "18:00"), 100)
        for day in WEEKEND[:seen]:
            self.add(member, at(day, "09:00"), 115)
        self.pattern = pattern
        return member


# --- the honest month -----------------------------------------------------------------------------------------------


def honest(book: Book) -> None:
    for place in book.places:
        for member in place.members:
            for month in range(1, 12):
                book.add(
                    member,
                    at(date(2025, month, book.random.randint(1, 28)), "18:00"),
                    book.random.randint(60, 120),
                    place=place,
                    deeds=book.random.randint(0, 1),
                )
        _shifts(book, place)
        _paper(book, place)
    _odd_but_true(book)


def _shifts(book: Book, place: Place) -> None:
    """Cleaning at weekends, the Thursday studio, patrols in the evening: 0 or 1 deed, some leave early."""
    chance = book.random.random
    for day, clock, minutes, share, share_at_work in [
        *((day, "09:00", 120, 0.25, 0.25) for day in WEEKEND),
        *((day, "14:00", 90, 0.25, 0.02) for day in THURSDAY),
        *((day, "18:30", 90, 0.06, 0.06) for day in EVENING),
    ]:
        for member in place.members:
            in_service = member.member_type == MemberType.IN_SERVICE
            if chance() < (share_at_work if in_service else share):
                given = minutes if chance() < 0.8 else minutes - book.random.randint(10, 40)
                book.add(member, at(day, clock), given, place=place, deeds=int(chance() < 0.3))


def _paper(book: Book, place: Place) -> None:
    """One shift without a network, typed from its list two days later; a few single back-fills."""
    for member in place.members[:8]:
        book.add(member, at(13, "15:00"), 100, typed=True, place=place, saved=at(15, "09:20"))
    for n, member in enumerate(place.members[8:13]):
        book.add(member, at(2 + 5 * n, "18:30"), 45 + 20 * n, typed=True, place=place, content=WORK[n], deeds=n % 2)


def _odd_but_true(book: Book) -> None:
    """What looks odd and is true; some of it must show on the list, and asking clears it up."""
    first, second, third, *_rest = book.places
    for member in first.members[14:20]:
        book.add(member, at(31, "20:00"), 150, activity_name="跨年夜巡逻")
    for member in second.members[14:16]:
        book.add(member, at(20, "13:00"), 400, place=second, activity_name="抢险排水")
    for member in third.members[14:16]:
        book.add(member, at(10, "18:00"), 60, place=third, content="打扫会议室")
    # From one community to the next with half an hour between.
    book.add(first.members[21], at(17, "18:00"), 60)
    book.add(first.members[21], at(17, "19:30"), 60, place=second)
    # A pensioner who sees the children over the crossing every school day.
    guard = book.member(third.node, MemberType.BRANCH)
    book.members.append(guard)
    for day in range(1, 24):
        book.add(guard, at(day, "07:00"), 60, place=third, activity_name="护学岗")
    # A record that was wrong by half an hour, reversed and written again after an objection.
    _again(book, first.members[22], 9, 60, 90)


def _again(book: Book, member: Member, day: int, before: int, after: int) -> None:
    wrong = book.add(member, at(day, "18:00"), before)
    undo = book.add(
        member, at(day, "18:00"), before, saved=at(day + 2, "09:00"), origin=EntryOrigin.REVERSAL, reason="录错"
    )
    undo.reverses_id, undo.minutes = wrong.pk, -before
    book.postings[-1].minutes = -before
    for entry in (wrong, undo):
        book.told[book.pattern].remove(entry.pk)
    book.add(member, at(day, "18:00"), after, saved=at(day + 2, "09:05"), origin=EntryOrigin.CORRECTION, reason="更正")


# --- the thirty patterns --------------------------------------------------------------------------------------------

PATTERNS: dict[str, tuple[Doubt | None, Callable[[Book], None]]] = {}


def pattern(doubt: Doubt | None) -> Callable[[Callable[[Book], None]], Callable[[Book], None]]:
    """Register a way to cheat with the doubt that should name it; None: the ledger cannot see it, and we say so."""

    def register(function: Callable[[Book], None]) -> Callable[[Book], None]:
        PATTERNS[function.__name__] = (doubt, function)
        return function

    return register


def _odd(n: int) -> dict[str, Any]:
    """Minutes and words that differ from record to record, saved on different days: nothing repeats."""
    return {"minutes": 71 + 7 * n, "content": WORK[n % len(WORK)], "typed": True}


@pattern(Doubt.ROUND_HOURS)
def always_full_hours(book: Book) -> None:
    member = book.cheat()
    for n in range(5):
        book.add(member, at(1 + 4 * n, "18:00"), 120, typed=True, content=WORK[n])


@pattern(Doubt.NIGHT)
def late_at_night(book: Book) -> None:
    book.add(book.cheat(), at(10, "22:30"), 60)


@pattern(Doubt.NIGHT)
def before_dawn(book: Book) -> None:
    book.add(book.cheat(), at(10, "04:30"), 60)


@pattern(Doubt.NIGHT)
def across_midnight(book: Book) -> None:
    book.add(book.cheat(), at(10, "21:30"), 180)


@pattern(Doubt.LONG_DAY)
def twelve_hours_a_day(book: Book) -> None:
    member = book.cheat(seen=0)
    for day in WEEKEND[:3]:
        book.add(member, at(day, "08:00"), 720)


@pattern(Doubt.LONG_DAY)
def a_long_day_cut_in_four(book: Book) -> None:
    member = book.cheat()
    for clock in ("07:00", "10:00", "13:00", "16:00"):
        book.add(member, at(20, clock), 130)


@pattern(Doubt.SAME_MAKER)
def one_maker_types_all_month(book: Book) -> None:
    maker = new_id()
    for n in range(22):
        book.add(book.cheat(), at(1 + n, "18:00"), **_odd(n), maker=maker)


@pattern(Doubt.LATE_BATCH)
def a_batch_long_after(book: Book) -> None:
    maker = new_id()
    for n in range(12):
        book.add(book.cheat(), at(1 + n, "18:00"), **_odd(n), maker=maker, saved=at(29, f"15:{10 + n}"))


@pattern(Doubt.QUICK)
def confirmed_at_once(book: Book) -> None:
    member = book.cheat()
    for n in range(2):
        book.add(member, at(3 + 7 * n, "18:00"), **_odd(n), confirmed_after=timedelta(minutes=2))


@pattern(Doubt.EACH_OTHER)
def two_who_type_for_each_other(book: Book) -> None:
    pair = [book.cheat(), book.cheat()]
    users = [User(name="x", created_at=book.cast.now, member_id=member.pk) for member in pair]
    for n, user in enumerate(users):
        user.set_phone(f"1395555000{n}")
        user.save()
    for n, (member, user) in enumerate(zip(pair, reversed(users), strict=True)):
        book.add(member, at(3 + n, "18:00"), **_odd(n), maker=user.pk)


@pattern(Doubt.COPIES)
def the_same_record_again_and_again(book: Book) -> None:
    member = book.cheat()
    for n in range(4):
        book.add(member, at(1 + 6 * n, "18:00"), 95, typed=True)


@pattern(Doubt.SAME_TIMES)
def a_batch_with_the_same_minutes(book: Book) -> None:
    maker = new_id()
    for n in range(12):
        book.add(book.cheat(), at(11, "18:00"), 95, typed=True, maker=maker, saved=at(13 + n // 6, "10:00"))


@pattern(Doubt.UNSEEN)
def never_seen_at_a_shift(book: Book) -> None:
    member = book.cheat(seen=0)
    for n in range(4):
        book.add(member, at(1 + 7 * n, "18:00"), **_odd(n))


@pattern(Doubt.BY_HAND)
def mostly_back_filled(book: Book) -> None:
    member = book.cheat(seen=3)
    for n in range(6):
        book.add(member, at(1 + 4 * n, "18:00"), **_odd(n))


@pattern(Doubt.NO_WAY)
def two_communities_without_a_way(book: Book) -> None:
    member = book.cheat()
    book.add(member, at(20, "13:00"), 90)
    book.add(member, at(20, "14:30"), 90, place=book.places[1])


@pattern(Doubt.NO_WAY)
def two_communities_at_the_same_time(book: Book) -> None:
    member = book.cheat()
    book.add(member, at(20, "13:00"), 120)
    book.add(member, at(20, "14:00"), 120, place=book.places[1], confirmed_after=None)


@pattern(Doubt.AT_WORK)
def in_his_own_working_hours(book: Book) -> None:
    member = book.cheat(kind=MemberType.IN_SERVICE)
    for day in (3, 10, 17, 24):
        book.add(member, at(day, "10:00"), 90)


@pattern(Doubt.JUST_ENOUGH)
def hours_to_the_duty_before_the_year_ends(book: Book) -> None:
    member = book.cheat(seen=0, minutes_so_far=700)
    for n in range(3):
        book.add(member, at(20 + 3 * n, "18:00"), **{**_odd(n), "minutes": 89 + n})


@pattern(Doubt.JUST_ENOUGH)
def the_twelfth_deed_before_the_year_ends(book: Book) -> None:
    member = book.cheat()
    pattern_name, book.pattern = book.pattern, ""
    for month in range(1, 11):
        book.add(member, at(date(2025, month, 25), "18:00"), 60, deeds=1)
    book.pattern = pattern_name
    for n in range(2):
        book.add(member, at(22 + 3 * n, "18:00"), **_odd(n), deeds=1)


@pattern(Doubt.SPLIT_DEEDS)
def one_deed_written_as_three(book: Book) -> None:
    member = book.cheat()
    for clock in ("13:00", "13:40", "14:20"):
        book.add(member, at(20, clock), 30, deeds=1)


@pattern(Doubt.GREW)
def reversed_and_entered_again_longer(book: Book) -> None:
    _again(book, book.cheat(), 9, 60, 180)


@pattern(Doubt.EVERY_DAY)
def every_single_day(book: Book) -> None:
    member = book.cheat(seen=0)
    for day in range(1, 25):
        book.add(member, at(day, "19:00"), 60)


@pattern(Doubt.LONG_MONTH)
def a_second_job(book: Book) -> None:
    member = book.cheat(seen=0)
    for n in range(10):
        book.add(member, at(1 + 3 * n, "13:30"), 390)


@pattern(Doubt.WORDS)
def an_office_meeting(book: Book) -> None:
    book.add(book.cheat(), at(10, "18:00"), activity_name="街道工作会议")


@pattern(Doubt.WORDS)
def a_training_by_another_name(book: Book) -> None:
    book.add(book.cheat(), at(10, "18:00"), content="参加业务培训")


@pattern(Doubt.SAVED_AT_NIGHT)
def from_the_back_office_at_night(book: Book) -> None:
    member = book.cheat()
    for n in range(2):
        book.add(member, at(3 + 7 * n, "18:00"), **_odd(n), saved=at(13 + n, "01:30"))


@pattern(Doubt.LONG_AGO)
def remembered_after_ten_weeks(book: Book) -> None:
    book.add(book.cheat(), at(3, "18:00"), **_odd(0), saved=at(date(2026, 2, 14), "10:00"))


@pattern(Doubt.AT_ONCE)
def a_quarter_typed_in_one_sitting(book: Book) -> None:
    member = book.cheat()
    for n in range(4):
        book.add(member, at(1 + 6 * n, "18:00"), **_odd(n), saved=at(29, f"10:1{n}"))


@pattern(None)
def marked_present_by_a_friend(book: Book) -> None:
    """The lead taps him present, or the code was relayed: a shift like any other. Only asking people finds it."""
    member = book.cheat()
    for day in (13, 14):
        book.add(member, at(day, "09:00"), 120)


@pattern(None)
def small_doses(book: Book) -> None:
    """Three odd back-fills a month stay below every number: the random sample is for these."""
    member = book.cheat()
    for n in range(3):
        book.add(member, at(3 + 7 * n, "18:00"), **_odd(n))


def written(cast: Cast) -> Book:
    """The whole month, written."""
    book = Book(cast)
    honest(book)
    for name, (_doubt, cheat) in PATTERNS.items():
        book.pattern = name
        cheat(book)
    book.write()
    return book
