"""The record booklet of a year, by member type (A44), and the member's own year at a glance."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, Sum
from django.shortcuts import get_object_or_404

from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.ledger import rules
from guangcai.ledger.models import Posting, ServiceEntry
from guangcai.members.models import Employment, Member
from guangcai.orgs.policies import AnnualDuty, in_force_at


@dataclass(frozen=True)
class BookletLine:
    """One act of service as the booklet prints it."""

    served_on: date
    activity_name: str
    content: str
    place: str
    minutes: int
    deeds: int
    recording_unit: str


@dataclass(frozen=True)
class Booklet:
    """A member's confirmed service of a year: what stands, with the totals."""

    title: str
    member_id: str
    name: str
    work_unit: str
    community: str
    year: int
    minutes: int
    deeds: int
    lines: tuple[BookletLine, ...]


@dataclass(frozen=True)
class OwnYear:
    """The two rings: what was served and what is owed. goal 0: no rule is in force where the member belongs."""

    year: int
    minutes: int
    minutes_goal: int
    deeds: int
    deeds_goal: int


def booklet_readers(actor: Actor) -> Q:
    """Whose booklets the actor reads: his own, and those of the area whose records he sees. Units get feedback."""
    own = Q(pk=actor.member_id) if actor.member_id else Q(pk__in=[])
    return own | under("path", actor.paths_with(Permission.ENTRY_VIEW))


def booklet(*, actor: Actor, member_id: object, year: int) -> Booklet:
    """The booklet of one member and year, wherever the service was. Raises Http404 outside the actor's area."""
    readable = Member.objects.visible_to(actor).filter(booklet_readers(actor)).select_related("community")
    member = get_object_or_404(readable, pk=member_id)
    rows = (
        ServiceEntry.objects.standing()
        .filter(member=member, served_on__gte=date(year, 1, 1), served_on__lt=date(year + 1, 1, 1))
        .order_by("starts_at", "pk")
    )
    lines = tuple(
        BookletLine(e.served_on, e.activity_name, e.content, e.place, e.minutes, e.deeds, e.recording_unit)
        for e in rows
    )
    job = Employment.objects.filter(member=member, until=None).select_related("work_unit").first()
    return Booklet(
        title=str(rules.BOOKLET_TITLES[member.member_type]),
        member_id=str(member.pk),
        name=member.name,
        work_unit=job.work_unit.name if job else "",
        community=member.community.name if member.community else "",
        year=year,
        minutes=sum(line.minutes for line in lines),
        deeds=sum(line.deeds for line in lines),
        lines=lines,
    )


def own_year(*, member: Member, year: int) -> OwnYear:
    """Confirmed minutes and deeds of the year beside the yearly duty in force on 1 January (A43). Two queries."""
    sums = Posting.objects.filter(
        member=member, served_on__gte=date(year, 1, 1), served_on__lt=date(year + 1, 1, 1)
    ).aggregate(minutes=Sum("minutes"), deeds=Sum("deeds"))
    try:
        duty = in_force_at(AnnualDuty, path=member.path, on=date(year, 1, 1))
    except (LookupError, ValueError):
        # No rule where the record lies now (a member without residence): the year is shown, nothing is owed.
        duty = AnnualDuty(minutes=0, deeds=0)
    return OwnYear(year, sums["minutes"] or 0, duty.minutes, sums["deeds"] or 0, duty.deeds)
