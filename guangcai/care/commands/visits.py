"""Visits and alerts: written down once, corrected by a new row, and handed to the ledger when time was given."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from guangcai.accounts.commands import tell_members
from guangcai.care import rules
from guangcai.care.commands.locks import lock_household
from guangcai.care.models import Alert, Household, NeedKind, Pairing, Visit, VisitKind, VisitNeed, VisitNote
from guangcai.care.notices import template_code
from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import OutOfScope
from guangcai.core.ids import new_id
from guangcai.core.once import already, other_content
from guangcai.core.permissions import Permission
from guangcai.ledger.commands import Service, record_many
from guangcai.ledger.commands.locks import lock_members
from guangcai.ledger.enums import EntryOrigin
from guangcai.ledger.models import ServiceEntry
from guangcai.members.models import ServiceKind
from guangcai.orgs.facts import of_community
from guangcai.orgs.policies import VisitRhythm, in_force_at

# What a visit counts as in the ledger.
SERVICE_KIND = "aid"


@dataclass(frozen=True)
class VisitDraft:
    """What a visitor says. minutes: of service, None when he gives none; start_time: local, asked for earlier days."""

    kind: VisitKind
    visited_on: date
    note: str = ""
    needs: tuple[NeedKind, ...] = ()
    is_major_change: bool = False
    with_guardian: bool = False
    minutes: int | None = None
    start_time: time | None = None
    id: UUID | None = None

    def check(self, household: Household, *, now: datetime) -> None:
        today = localdate(now)
        rules.check_visit(
            visited_on=self.visited_on,
            today=today,
            added_on=localdate(household.added_at),
            note=self.note.strip(),
            minutes=self.minutes,
        )
        rules.check_guardian_present(needs_guardian=household.needs_guardian, with_guardian=self.with_guardian)
        rules.check_started_at(
            has_minutes=self.minutes is not None,
            has_start=self.start_time is not None,
            is_today=self.visited_on == today,
        )


@transaction.atomic
def record_visit(*, household: Household, draft: VisitDraft, by: Actor, now: datetime) -> Visit:
    """Write down a visit: the next date counts from it, open alerts are answered, a major change raises one.

    By the member who holds a pairing with the household, or by the desk. With minutes it is also an entry of the
    member's ledger, which names no household. The same id sent again is the same visit. Raises RuleBroken(field).
    Sources: J5, A64.
    """
    if by.member_id is not None:
        lock_members([by.member_id])
    row = lock_household(household.pk)
    pairing = _pairing_of(by, row)
    rules.check_current(ended_at=row.ended_at)
    if found := _sent_before(draft, household_id=row.pk, corrects_id=None):
        return found
    draft.check(row, now=now)
    visit = _write(row, pairing, draft, by=by, now=now)
    audit.record(Tag.VISIT_ADD, by=by, on=visit, now=now, household=str(row.pk), needs=len(draft.needs))
    # An alert of the same day is answered by whoever comes after it was raised.
    Alert.objects.filter(household=row, answered_at=None).update(answered_at=now, answer=visit)
    if draft.is_major_change:
        _raise(row, by=by, now=now)
    if draft.minutes is not None and pairing is not None:
        service = _service(visit, pairing, draft, now=now)
        record_many(services=[service], by=by, now=now, permission=None)
    return visit


@transaction.atomic
def correct_visit(*, visit: Visit, draft: VisitDraft, by: Actor, now: datetime) -> Visit:
    """Say it rightly in a new row; the old one stays and counts no more. Time given is corrected in the ledger.

    By whoever wrote it down while he may still see the household, or by the desk.
    """
    row = lock_household(visit.household_id)
    old = Visit.objects.get(pk=visit.pk)
    pairing = _pairing_of(by, row)
    rules.check_current(ended_at=row.ended_at)
    if found := _sent_before(draft, household_id=row.pk, corrects_id=old.pk):
        return found
    rules.check_not_corrected(is_corrected=Visit.objects.filter(corrects=old).exists())
    if old.recorded_by != by.user_id:
        by.require(Permission.CARE_EDIT, row.path)
    draft.check(row, now=now)
    made = _write(row, old.pairing if pairing is None else pairing, draft, by=by, now=now, corrects=old)
    audit.record(Tag.VISIT_CORRECT, by=by, on=made, now=now, corrects=str(old.pk))
    return made


@transaction.atomic
def raise_alert(*, household: Household, by: Actor, now: datetime) -> Alert:
    """A major change: the next visit is due within the hours of the rule, and the pair is told once.

    While one is open the same alert is given back.
    """
    row = lock_household(household.pk)
    _pairing_of(by, row)
    rules.check_current(ended_at=row.ended_at)
    return _raise(row, by=by, now=now)


def _sent_before(draft: VisitDraft, **where: object) -> Visit | None:
    """The visit this was sent as before; Conflict when the id stands for other content."""
    said = {name: getattr(draft, name) for name in ("visited_on", "is_major_change", "with_guardian")}
    found = already(Visit, draft.id, kind_id=draft.kind.pk, **said, **where)
    if found is None:
        return None
    written = VisitNote.objects.filter(visit=found).first()
    needs = set(found.needs.values_list("kind_id", flat=True))
    is_same = (written.note if written else "", needs) == (draft.note.strip(), {kind.pk for kind in draft.needs})
    if not is_same or not _is_same_time(found, draft):
        raise other_content()
    return found


def _is_same_time(visit: Visit, draft: VisitDraft) -> bool:
    """Whether the time given is that of the member's record; neither the desk nor a correction gives any."""
    if visit.member_id is None or visit.corrects_id is not None:
        return True
    sources = ServiceEntry.objects.filter(district_code=visit.district_code, source=_source(visit))
    entry = sources.only("minutes", "starts_at").first()
    if entry is None or draft.minutes is None:
        return entry is None and draft.minutes is None
    began = draft.start_time or timezone.localtime(entry.starts_at).time()
    return (entry.minutes, timezone.localtime(entry.starts_at).time()) == (draft.minutes, began)


def _pairing_of(by: Actor, household: Household) -> Pairing | None:
    """The pairing under which somebody acts; None for the desk. Raises OutOfScope, for an overseer Forbidden."""
    if by.member_id is not None:
        held = Pairing.objects.held().filter(household=household, member=by.member_id)
        if found := held.order_by("held_since", "pk").select_related("member", "community").first():
            return found
    if not by.can(Permission.CARE_OVERSEE, household.path) and not by.can(Permission.CARE_VIEW, household.path):
        raise OutOfScope()
    by.require(Permission.CARE_EDIT, household.path)
    return None


def _write(
    row: Household,
    pairing: Pairing | None,
    draft: VisitDraft,
    *,
    by: Actor,
    now: datetime,
    corrects: Visit | None = None,
) -> Visit:
    visit = Visit.objects.create(
        **of_community(row.community),
        id=draft.id or new_id(),
        household=row,
        pairing=pairing,
        member_id=pairing.member_id if pairing else None,
        visited_on=draft.visited_on,
        kind=draft.kind,
        with_guardian=draft.with_guardian,
        is_major_change=draft.is_major_change,
        corrects=corrects,
        recorded_at=now,
        recorded_by=by.user_id,
    )
    if note := draft.note.strip():
        VisitNote.objects.create(visit=visit, district_code=visit.district_code, note=note)
    VisitNeed.objects.bulk_create(
        VisitNeed(visit=visit, district_code=visit.district_code, kind=kind) for kind in draft.needs
    )
    return visit


def _raise(row: Household, *, by: Actor, now: datetime) -> Alert:
    if found := Alert.objects.filter(household=row, answered_at=None).first():
        return found
    hours = in_force_at(VisitRhythm, path=row.path, on=localdate(now)).alert_hours
    alert = Alert.objects.create(
        **of_community(row.community),
        household=row,
        raised_at=now,
        raised_by=by.user_id,
        due_at=now + timedelta(hours=hours),
    )
    audit.record(Tag.ALERT_RAISE, by=by, on=alert, now=now, household=str(row.pk))
    _tell_pair(row, alert, now=now)
    return alert


def _tell_pair(row: Household, alert: Alert, *, now: datetime) -> None:
    """One message to whoever looks after it, without a word about the household."""
    members = Pairing.objects.held().filter(household=row).values_list("member_id", flat=True)
    tell_members(members, template_code("alert"), now=now, due=alert.due_at)


def _source(visit: Visit) -> str:
    return f"visit:{visit.pk}"


def _service(visit: Visit, pairing: Pairing, draft: VisitDraft, *, now: datetime) -> Service:
    """The ledger's words for a visit: not which household, not where."""
    minutes = draft.minutes or 0
    if draft.start_time is not None:
        starts = timezone.make_aware(datetime.combine(draft.visited_on, draft.start_time))
    else:
        starts = now.replace(second=0, microsecond=0) - timedelta(minutes=minutes)
    words = _("Visit to a contact household")
    return Service(
        member=pairing.member,
        community=pairing.community,
        starts_at=starts,
        ends_at=starts + timedelta(minutes=minutes),
        minutes=minutes,
        deeds=0,
        kind=ServiceKind.objects.filter(code=SERVICE_KIND).first() or ServiceKind.objects.first(),
        activity_name=words,
        content=words,
        place=pairing.community.name,
        lead_name=pairing.member.name,
        source=_source(visit),
        origin=EntryOrigin.VISIT,
    )
