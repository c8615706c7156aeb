"""A second person says that it was so: only then does it count."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Exists, OuterRef, Sum
from django.utils.translation import gettext as _

from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.permissions import Permission
from guangcai.core.text import is_blank
from guangcai.ledger import rules
from guangcai.ledger.commands.locks import lock_members
from guangcai.ledger.commands.totals import keep_year_totals
from guangcai.ledger.enums import Refusal
from guangcai.ledger.models import EntryDecline, Posting, ServiceEntry, ServiceSpan
from guangcai.members.models import Member
from guangcai.orgs.policies import DailyLimit, in_force_on_days


@dataclass(frozen=True)
class Refused:
    """An entry that was not confirmed, and why."""

    entry_id: UUID
    why: Refusal


@dataclass(frozen=True)
class Confirmation:
    """What became of each entry of one call. already: confirmed before, by whomever."""

    confirmed: tuple[UUID, ...] = ()
    declined: tuple[UUID, ...] = ()
    refused: tuple[Refused, ...] = ()
    already: tuple[UUID, ...] = ()


@transaction.atomic
def confirm(
    *, entries: Iterable[ServiceEntry], by: Actor, now: datetime, except_: Mapping[UUID, str] | None = None
) -> Confirmation:
    """Confirm many entries at once; those in `except_` (entry id -> reason) are declined instead.

    Each entry by itself: what does not fit (maker, own service, overlap, daily limit, back-fill without approver) is
    named in the answer and the rest goes through. A second call is harmless. Raises OutOfScope or Forbidden when one
    of them lies where `by` may not confirm. Source: promises T5, I7, I9.
    """
    wanted = {entry.pk: entry for entry in entries}
    for path in sorted({entry.path for entry in wanted.values()}):
        by.require(Permission.ENTRY_CONFIRM, path)
    members = lock_members(entry.member_id for entry in wanted.values())
    reasons = {key: reason for key, reason in (except_ or {}).items() if key in wanted}
    open_, already, refused = _sort_out(wanted, members)
    declined = _decline([entry for entry in open_ if entry.pk in reasons], reasons, by=by, now=now)
    fitting, unfit = _fitting([entry for entry in open_ if entry.pk not in reasons], by)
    confirmed, lost = _post(fitting, members, by=by, now=now)
    keep_year_totals((members[entry.member_id], entry.served_on.year) for entry in confirmed)
    _audit(Tag.ENTRY_CONFIRM, confirmed, by=by, now=now)
    return Confirmation(
        confirmed=tuple(entry.pk for entry in confirmed),
        declined=tuple(entry.pk for entry in declined),
        refused=(*refused, *unfit, *lost),
        already=tuple(already),
    )


@transaction.atomic
def decline(
    *,
    entry: ServiceEntry,
    reason: str,
    by: Actor,
    now: datetime,
    permission: Permission | None = Permission.ENTRY_CONFIRM,
) -> EntryDecline:
    """Do not confirm an entry, and say why. It stays, and counts nothing.

    permission: None when the room that recorded it takes it back and has itself decided who may. Declined before:
    that row. Raises RuleBroken when it is confirmed (reverse it instead) or the reason is missing.
    """
    if permission is not None:
        by.require(permission, entry.path)
    lock_members([entry.member_id])
    if before := EntryDecline.objects.filter(entry=entry).first():
        return before
    if Posting.objects.filter(entry=entry).exists():
        raise RuleBroken(_("This record is confirmed already: reverse it instead."), code="confirmed")
    _decline([entry], {entry.pk: reason}, by=by, now=now)
    return EntryDecline.objects.get(entry=entry)


def _sort_out(
    wanted: Mapping[UUID, ServiceEntry], members: Mapping[UUID, Member]
) -> tuple[list[ServiceEntry], list[UUID], list[Refused]]:
    """Read the entries again under the locks: open ones in order of time, confirmed ones, and what is closed."""
    rows = (
        ServiceEntry.objects.filter(pk__in=wanted)
        .annotate(
            is_confirmed=Exists(Posting.objects.filter(entry=OuterRef("pk"))),
            is_declined=Exists(EntryDecline.objects.filter(entry=OuterRef("pk"))),
        )
        .order_by("starts_at", "pk")
    )
    open_: list[ServiceEntry] = []
    already: list[UUID] = []
    refused: list[Refused] = []
    for entry in rows:
        if entry.is_confirmed:
            already.append(entry.pk)
        elif entry.is_declined:
            refused.append(Refused(entry.pk, Refusal.DECLINED))
        elif entry.member_id not in members:
            refused.append(Refused(entry.pk, Refusal.MERGED))
        else:
            open_.append(entry)
    return open_, already, refused


def _fitting(entries: Sequence[ServiceEntry], by: Actor) -> tuple[list[ServiceEntry], list[Refused]]:
    """Those that this person may confirm and that fit the members' time, in order of time."""
    if not entries:
        return [], []
    calendar, limits = _calendar(entries), _limits(entries)
    good, refused = [], []
    for entry in entries:
        candidate = rules.Candidate(
            id=entry.pk,
            member_id=entry.member_id,
            served_on=entry.served_on,
            starts_at=entry.starts_at,
            ends_at=entry.ends_at,
            minutes=entry.minutes,
            most_minutes=limits[entry.path][entry.served_on].minutes,
        )
        checker = rules.Checker(by.user_id, by.member_id, by.can(Permission.BACK_FILL_APPROVE, entry.path))
        why = rules.refusal_of(
            recorded_by=entry.recorded_by, member_id=entry.member_id, origin=entry.origin, checker=checker
        ) or calendar.take(candidate)
        if why is None:
            good.append(entry)
        else:
            refused.append(Refused(entry.pk, why))
    return good, refused


def _calendar(entries: Sequence[ServiceEntry]) -> rules.Calendar:
    members = {entry.member_id for entry in entries}
    around = DateTimeTZRange(min(e.starts_at for e in entries), max(e.ends_at for e in entries))
    spans = ServiceSpan.objects.filter(member__in=members, during__overlap=around).values_list("member_id", "during")
    sums = (
        Posting.objects.filter(member__in=members, served_on__in={entry.served_on for entry in entries})
        .values_list("member_id", "served_on")
        .annotate(total=Sum("minutes"))
    )
    return rules.Calendar(
        spans=[(member_id, during.lower, during.upper) for member_id, during in spans],
        served={(member_id, day): total for member_id, day, total in sums},
    )


def _limits(entries: Sequence[ServiceEntry]) -> dict[str, dict[date, DailyLimit]]:
    days: dict[str, set[date]] = {}
    for entry in entries:
        days.setdefault(entry.path, set()).add(entry.served_on)
    return {path: in_force_on_days(DailyLimit, path=path, days=on) for path, on in days.items()}


def _post(
    entries: Sequence[ServiceEntry], members: Mapping[UUID, Member], *, by: Actor, now: datetime
) -> tuple[list[ServiceEntry], list[Refused]]:
    """Write postings and spans. The locks make a clash impossible here; should one come about elsewhere, the entry
    that clashes is named and the others are written."""
    try:
        with transaction.atomic():
            _write(entries, by=by, now=now)
    except IntegrityError as clash:
        if len(entries) == 1:
            return [], [Refused(entries[0].pk, _why(clash))]
        done, lost = [], []
        for entry in entries:
            posted, refused = _post([entry], members, by=by, now=now)
            done += posted
            lost += refused
        return done, lost
    return list(entries), []


def _why(clash: IntegrityError) -> Refusal:
    """Which promise of the database was touched. Raises what no rule explains."""
    constraint = getattr(getattr(clash.__cause__, "diag", None), "constraint_name", "")
    if constraint == "service_spans_do_not_overlap":
        return Refusal.OVERLAP
    if constraint == "posting_maker_is_not_checker":
        return Refusal.OWN_RECORD
    raise clash


def _write(entries: Sequence[ServiceEntry], *, by: Actor, now: datetime) -> None:
    where = ("community_id", "path", "district_code", "member_id")
    Posting.objects.bulk_create(
        Posting(
            id=new_id(),
            entry=entry,
            **{name: getattr(entry, name) for name in where},
            served_on=entry.served_on,
            minutes=entry.minutes,
            deeds=entry.deeds,
            recorded_by=entry.recorded_by,
            confirmed_at=now,
            confirmed_by=by.user_id,
        )
        for entry in entries
    )
    ServiceSpan.objects.bulk_create(
        ServiceSpan(
            id=new_id(),
            entry=entry,
            **{name: getattr(entry, name) for name in where},
            during=DateTimeTZRange(entry.starts_at, entry.ends_at),
        )
        for entry in entries
    )


def _decline(
    entries: Sequence[ServiceEntry], reasons: Mapping[UUID, str], *, by: Actor, now: datetime
) -> Sequence[ServiceEntry]:
    if any(is_blank(reasons[entry.pk]) for entry in entries):
        raise RuleBroken(_("Say why it is not confirmed."), field="reason", code="reason_missing")
    EntryDecline.objects.bulk_create(
        EntryDecline(
            id=new_id(),
            entry=entry,
            community_id=entry.community_id,
            path=entry.path,
            district_code=entry.district_code,
            declined_at=now,
            declined_by=by.user_id,
            reason=reasons[entry.pk].strip(),
        )
        for entry in entries
    )
    _audit(Tag.ENTRY_DECLINE, entries, by=by, now=now)
    return entries


def _audit(tag: Tag, entries: Sequence[ServiceEntry], *, by: Actor, now: datetime) -> None:
    """One line per community: every posting itself says who confirmed it."""
    groups: dict[str, list[ServiceEntry]] = {}
    for entry in entries:
        groups.setdefault(entry.path, []).append(entry)
    for path, group in groups.items():
        only = group[0] if len(group) == 1 else None
        audit.record(tag, by=by, now=now, on=only, path=path, entries=[str(entry.pk) for entry in group])
