"""What the ledger knows of one entry and of one person, told in order of time."""

from collections.abc import Iterator
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from guangcai.accounts.models import User
from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.core.screens import TimelineItem
from guangcai.core.units import hours
from guangcai.ledger.enums import EntryState, ObjectionOutcome, SampleResult
from guangcai.ledger.models import Certificate, EntryDecline, Objection, Posting, SampleCheck, ServiceEntry
from guangcai.ledger.queries.entries import TONES, entries
from guangcai.members.models import Member

SHOWN = 200


def timeline_of(member: Member, actor: Actor) -> list[TimelineItem]:
    """The person's service and certificates, as far as the actor may see them: two queries."""
    rows = entries(actor).filter(member=member).order_by("-starts_at", "pk")[:SHOWN]
    papers = Certificate.objects.visible_to(actor).filter(member=member).order_by("-issued_at", "pk")[:SHOWN]
    return [*map(_served, rows), *map(_certified, papers)]


def _served(entry: ServiceEntry) -> TimelineItem:
    state = EntryState(entry.state)  # type: ignore[attr-defined]
    return TimelineItem(
        at=entry.starts_at,
        title=entry.activity_name,
        text=_("%(hours)s h, %(state)s") % {"hours": hours(entry.minutes), "state": state.label},
        url=entry.get_absolute_url(),
        tone=TONES[state],
        icon="clock-hour-4",
    )


def _certified(certificate: Certificate) -> TimelineItem:
    return TimelineItem(
        at=certificate.issued_at,
        title=_("Certificate %(number)s") % {"number": certificate.number},
        text=_("%(hours)s h certified") % {"hours": hours(certificate.minutes)},
        url=reverse("ledger:certificate", args=[certificate.pk]),
        tone="info",
        icon="certificate",
    )


def history(entry: ServiceEntry, actor: Actor) -> list[TimelineItem]:
    """Everything that happened to one entry, oldest first: recorded, confirmed or not, objected to, checked, reversed.

    The names of those who acted are for the desk and its overseers; the member reads what was done.
    """
    items = sorted(_happened(entry), key=lambda pair: pair[0].at)
    names = _names({key for _item, key in items if key}) if actor.can(Permission.ENTRY_VIEW, entry.path) else {}
    return [_signed(item, names.get(key, "")) if key else item for item, key in items]


def _happened(entry: ServiceEntry) -> Iterator[tuple[TimelineItem, UUID | None]]:
    yield TimelineItem(entry.recorded_at, _("Recorded"), entry.reason, tone="info", icon="pencil"), entry.recorded_by
    for posting in Posting.objects.filter(entry=entry):
        yield TimelineItem(posting.confirmed_at, _("Confirmed"), tone="good"), posting.confirmed_by
    for decline in EntryDecline.objects.filter(entry=entry):
        words = _("Not confirmed")
        yield (
            TimelineItem(decline.declined_at, words, decline.reason, tone="idle", icon="circle-x"),
            decline.declined_by,
        )
    for reversal in ServiceEntry.objects.filter(reverses=entry):
        url = reversal.get_absolute_url()
        yield (
            TimelineItem(reversal.recorded_at, _("Reversed"), reversal.reason, url, tone="bad", icon="arrow-back-up"),
            reversal.recorded_by,
        )
    for objection in Objection.objects.filter(entry=entry):
        yield from _objected(objection)
    for check in SampleCheck.objects.filter(entry=entry, checked_at__isnull=False).exclude(checked_at=None):
        assert check.checked_at
        words = _("Spot check by the street: %(result)s") % {"result": SampleResult(check.result).label}
        tone = "good" if check.result == SampleResult.TRUE else "bad"
        yield TimelineItem(check.checked_at, words, check.note, tone=tone, icon="eye"), check.checked_by


def _objected(objection: Objection) -> Iterator[tuple[TimelineItem, UUID | None]]:
    yield (
        TimelineItem(objection.raised_at, _("Objection"), objection.text, tone="wait", icon="message-report"),
        objection.raised_by,
    )
    if objection.answered_at:
        words = _("Objection answered: %(outcome)s") % {"outcome": ObjectionOutcome(objection.outcome).label}
        item = TimelineItem(objection.answered_at, words, objection.answer, tone="info", icon="message")
        yield item, objection.answered_by


def _names(user_ids: set[UUID]) -> dict[UUID, str]:
    return dict(User.objects.filter(pk__in=user_ids).values_list("pk", "name"))


def _signed(item: TimelineItem, name: str) -> TimelineItem:
    if not name:
        return item
    text = _("%(what)s (%(who)s)") % {"what": item.text, "who": name} if item.text else name
    return TimelineItem(item.at, item.title, text, item.url, item.tone, item.icon)
