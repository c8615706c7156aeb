"""Who sits: a member offers to, the desk confirms, either side ends it; seats are filled from the roster."""

from collections import Counter
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from guangcai.activities.commands import cancel_sign_up, sign_up
from guangcai.activities.models import Shift, SignUp
from guangcai.commitments import rules as shared
from guangcai.commitments.belonging import is_for
from guangcai.commitments.enums import EndReason
from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.once import already
from guangcai.core.permissions import Permission
from guangcai.members.models import Member, Occupation
from guangcai.orgs.facts import of_community
from guangcai.studios import rules
from guangcai.studios.commands.studios import lock_studio
from guangcai.studios.models import RotaPlace, Studio


@transaction.atomic
def offer_to_sit(
    *,
    studio: Studio,
    member: Member,
    background: Occupation,
    by: Actor,
    now: datetime,
    until: date | None = None,
    asked: str = "",
    id: UUID | None = None,
) -> RotaPlace:
    """A member offers to sit in a studio. By himself: it waits for the desk; by the desk for him: he is on at once.

    background: the type of his profession, which residents read (A22). asked: how he said so to the desk.
    Raises RuleBroken(field, code): studio_ended, on_rota, other_area, not_current, asked_missing.
    Sources: A22; Order 685 art 25 (nobody is assigned).
    """
    own = by.member_id == member.pk
    by.require(Permission.STUDIO_JOIN if own else Permission.STUDIO_EDIT, studio.path)
    row = lock_studio(studio.pk)
    if found := already(RotaPlace, id, studio_id=row.pk, member_id=member.pk, background_id=background.pk, until=until):
        return found
    shared.check_asked(own=own, asked=asked)
    _check_sitter(row, member, until, today=localdate(now))
    place = RotaPlace.objects.create(
        **_offered(own, by=by, now=now),
        **of_community(row.community),
        id=id or new_id(),
        studio=row,
        member=member,
        background=background,
        until=until,
    )
    audit.record(Tag.ROTA_OFFER, by=by, on=place, now=now, asked=asked.strip())
    return place


def _check_sitter(row: Studio, member: Member, until: date | None, *, today: date) -> None:
    rules.check_open(ended_at=row.ended_at)
    rules.check_sitter(
        is_on_roster=member.is_current,
        is_in_area=is_for(row.path, member_path=member.path),
        is_there=RotaPlace.objects.live().filter(studio=row, member=member).exists(),
    )
    rules.check_term(until, today=today)


def _offered(own: bool, *, by: Actor, now: datetime) -> dict[str, Any]:
    """What he offers himself waits for the desk; what the desk writes down for him it has confirmed."""
    said: dict[str, Any] = {"offered_at": now, "offered_by": by.user_id}
    return said if own else said | {"confirmed_at": now, "confirmed_by": by.user_id, "held_since": localdate(now)}


@transaction.atomic
def confirm_sitter(*, place: RotaPlace, by: Actor, now: datetime) -> RotaPlace:
    """The desk takes somebody onto the roster: from today on he can be seated. Harmless twice; nobody confirms
    himself."""
    by.require(Permission.STUDIO_EDIT, place.path)
    shared.check_confirmer(member_id=place.member_id, by_member=by.member_id)
    row = _lock_place(place)
    shared.check_live(ended_at=row.ended_at)
    if row.confirmed_at is None:
        row.confirmed_at, row.confirmed_by, row.held_since = now, by.user_id, localdate(now)
        row.save(update_fields=["confirmed_at", "confirmed_by", "held_since"])
        audit.record(Tag.ROTA_CONFIRM, by=by, on=row, now=now)
    return row


@transaction.atomic
def end_sitting(*, place: RotaPlace, reason: EndReason, note: str, by: Actor, now: datetime) -> RotaPlace:
    """Either side ends it, and his seats at sessions to come become free. Harmless twice; ended stays ended."""
    own = by.member_id == place.member_id
    by.require(Permission.STUDIO_JOIN if own else Permission.STUDIO_EDIT, place.path)
    row = _lock_place(place)
    if row.ended_at is not None:
        return row
    shared.check_end(reason=reason, note=note.strip(), by_holder=own)
    row.ended_at, row.ended_by, row.end_reason, row.end_note = now, by.user_id, reason, note.strip()
    row.save(update_fields=["ended_at", "ended_by", "end_reason", "end_note"])
    audit.record(Tag.ROTA_END, by=by, on=row, now=now, reason=reason.value)
    seats = SignUp.objects.live().filter(member=row.member_id, shift__activity=row.studio.activity_id)
    for seat in seats.filter(shift__starts_at__gt=now, shift__cancelled_at=None).order_by("shift__starts_at", "pk"):
        cancel_sign_up(sign_up=seat, by=by, now=now)
    return row


@transaction.atomic
def fill_seats(*, studio: Studio, by: Actor, now: datetime) -> int:
    """Give the free seats of the sessions to come to the roster, whoever has sat least first; how many were given.

    Sessions of the next weeks (rules.FILLED_AHEAD), of alternatives of one week the first. Who stepped back from a
    session, or has something else at that time, is left out; he is told by the usual door. Harmless twice.
    """
    by.require(Permission.STUDIO_EDIT, studio.path)
    row = lock_studio(studio.pk)
    rules.check_open(ended_at=row.ended_at)
    places = list(RotaPlace.objects.held().filter(studio=row).select_related("member__community").order_by("pk"))
    people = {place.member_id: place.member for place in places}
    sat = _sittings(row)
    sitters = [
        rules.Sitter(id=one.member_id, since=one.held_since, until=one.until, sittings=sat[one.member_id])
        for one in places
        if one.held_since is not None
    ]
    given: Counter[UUID] = Counter()
    for shift in _to_fill(row, now=now):
        line = rules.sitters_for(localdate(shift.starts_at), sitters, chosen=given)
        given.update(_seat(shift, [people[key] for key in line], by=by, now=now))
    return given.total()


def _to_fill(row: Studio, *, now: datetime) -> list[Shift]:
    """Sessions whose seats are given out, in their order."""
    shifts = Shift.objects.planned().filter(
        activity=row.activity_id, starts_at__gt=now, starts_at__lt=now + rules.FILLED_AHEAD
    )
    found = list(shifts.order_by("starts_at", "pk"))
    return rules.first_of_each_week([(shift, shift.alternative_group) for shift in found])


def _seat(shift: Shift, line: list[Member], *, by: Actor, now: datetime) -> list[UUID]:
    """Seat people in the order of `line` until the seats are taken; who was seated."""
    seats = SignUp.objects.filter(shift=shift)
    known = set(seats.values_list("member_id", flat=True))
    free = shift.places - seats.placed().count()
    seated: list[UUID] = []
    for member in line:
        if len(seated) >= free:
            break
        if member.pk in known:
            continue
        try:
            sign_up(shift=shift, member=member, by=by, now=now)
        except RuleBroken:
            # He has something else then, or left the roster of the community: the next one sits.
            continue
        seated.append(member.pk)
    return seated


def _sittings(row: Studio) -> Counter[UUID]:
    """Seats each had or has in this studio, called-off sessions left out. One query."""
    seats = SignUp.objects.placed().filter(shift__activity=row.activity_id, shift__cancelled_at=None)
    counted = seats.order_by().values("member_id").annotate(n=Count("pk"))
    return Counter({one["member_id"]: one["n"] for one in counted})


def check_on_rota(shift: Shift, member: Member) -> None:
    """Raises RuleBroken for a session of a studio and somebody who is not on its roster (activities.hooks)."""
    studio = Studio.objects.filter(activity=shift.activity_id).first()
    if studio is not None and not RotaPlace.objects.held().filter(studio=studio, member=member).exists():
        words = _("Only the roster of “%(studio)s” sits there. Offer to sit on the page of the studio.")
        raise RuleBroken(words % {"studio": studio.name}, code="not_on_rota")


def _lock_place(place: RotaPlace) -> RotaPlace:
    """The studio first, then the place: the order in which everything here locks."""
    lock_studio(place.studio_id)
    return RotaPlace.objects.select_for_update(of=("self",)).select_related("studio").get(pk=place.pk)
