"""Mobile members as lists and figures: who is away, who came here, with whom nobody spoke for half a year."""

from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import Count, Q, QuerySet
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _

from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.core.scoping import ancestors, under
from guangcai.core.screens import TimelineItem
from guangcai.core.text import is_blank
from guangcai.members import rules
from guangcai.members.enums import MobileDirection
from guangcai.members.models import Member, MobileContact, MobileRegistration
from guangcai.members.models.mobile import MobileRegistrationQuerySet
from guangcai.members.queries.roster import found_by, roster
from guangcai.orgs.enums import PartyLevel
from guangcai.orgs.models import PartyOrganisation


@dataclass(frozen=True)
class MobileCounts:
    """Registrations in force, and those away with whom nobody spoke for half a year."""

    away: int
    came: int
    overdue: int


def mobile_members(actor: Actor, text: str = "") -> MobileRegistrationQuerySet:
    """Registrations of the actor's roster, ended ones too, found by the member; rows carry `contact_on`."""
    rows = MobileRegistration.objects.filter(under("member__path", actor.paths_with(Permission.ROSTER_VIEW)))
    if not is_blank(text):
        rows = rows.filter(member__in=found_by(roster(actor), text).values("pk"))
    return rows.filter(member__ended_at=None).with_contact().select_related("member", "community", "branch")


def overdue(rows: MobileRegistrationQuerySet, *, on: date) -> MobileRegistrationQuerySet:
    """Away, in force, and the last contact more than half a year before `on`."""
    return rows.open().filter(_silent_before(rules.mobile_overdue_before(on)), direction=MobileDirection.OUTGOING)


def _silent_before(day: date) -> Q:
    """Nobody heard of him on `day` or later, and it began before: `contact_on < day`, said without computing it."""
    return Q(since__lt=day) & (Q(member__last_contact_on=None) | Q(member__last_contact_on__lt=day))


def count_overdue(actor: Actor, *, on: date) -> int:
    """Contacts that the desk owes. One query."""
    here = under("member__path", actor.paths_with(Permission.ROSTER_EDIT))
    return overdue(MobileRegistration.objects.filter(here), on=on).count()


def count_mobile(actor: Actor, *, on: date) -> MobileCounts:
    """The figures of the actor's roster. One query."""
    away = Q(direction=MobileDirection.OUTGOING)
    counts = (
        mobile_members(actor)
        .open()
        .aggregate(
            away=Count("pk", filter=away),
            came=Count("pk", filter=~away),
            overdue=Count("pk", filter=away & _silent_before(rules.mobile_overdue_before(on))),
        )
    )
    return MobileCounts(**counts)


def mobile_branches(paths: list[str]) -> QuerySet[PartyOrganisation]:
    """Mobile branches that stand at one of `paths`, above or below."""
    above = {step for path in paths if path for step in ancestors(path)}
    near = Q(node__path__in=above) | under("node__path", paths) | under("work_unit__path", paths)
    rows = PartyOrganisation.objects.filter(near, level=PartyLevel.MOBILE_BRANCH, ended_on=None)
    return rows.order_by("name")


def mobile_of(member: Member) -> list[MobileRegistration]:
    """The member's registrations in force, with `contact_on`."""
    rows = MobileRegistration.objects.filter(member=member, ended_on=None).with_contact()
    return list(rows.select_related("branch").order_by("since"))


def mobile_items(member: Member, actor: Actor) -> list[TimelineItem]:
    """Beginnings, contacts and ends on the person's timeline. Two queries."""
    items = []
    for row in MobileRegistration.objects.filter(member=member).select_related("branch"):
        items.append(_on(row.since, row.get_direction_display(), str(row.branch or "")))
        if row.ended_on:
            items.append(_on(row.ended_on, _("No longer a mobile member"), row.get_end_reason_display()))
    contacts = MobileContact.objects.filter(registration__member=member)
    return items + [_on(row.on, _("In contact"), row.get_way_display()) for row in contacts]


def _on(day: date, title: str, text: str) -> TimelineItem:
    at = datetime.combine(day, time(0), tzinfo=get_current_timezone())
    return TimelineItem(at, title, text, icon="affiliate", is_day=True)
