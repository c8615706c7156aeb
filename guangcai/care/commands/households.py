"""Households: written down, changed, put into a tier, agreed to, opened one by one, ended."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from guangcai.care import rules
from guangcai.care.commands.locks import has_consent, lock_household
from guangcai.care.enums import ConsentBy, HouseholdCategory, HouseholdEnd, PairingEnd, RiskTier
from guangcai.care.models import Household, HouseholdConsent, HouseholdOpening, HouseholdTier, Pairing
from guangcai.commitments.belonging import is_for
from guangcai.core import audit, openings, phones
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import OutOfScope, RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.once import already
from guangcai.core.permissions import Permission
from guangcai.core.text import is_blank
from guangcai.orgs.facts import of_community
from guangcai.orgs.models import Node


@dataclass(frozen=True)
class HouseholdDraft:
    """What is written down of a household, as typed. place: compound, building or stairwell of the community."""

    label: str
    name: str
    category: HouseholdCategory
    place: Node | None = None
    people: int | None = None
    phone: str = ""
    address: str = ""
    guardian_name: str = ""
    guardian_phone: str = ""
    notes: str = ""

    def columns(self) -> dict[str, object]:
        found = {each.name: getattr(self, each.name) for each in fields(self)}
        for name in ("phone", "guardian_phone"):
            found[name] = phones.normalise(found[name], field=name) if not is_blank(found[name]) else ""
        found["notes"] = self.notes.strip()[: rules.LONGEST_NOTES]
        return {name: value.strip() if isinstance(value, str) else value for name, value in found.items()}

    def check(self, community: Node) -> None:
        rules.check_household(
            label=self.label,
            name=self.name,
            people=self.people,
            needs_guardian=self.category == HouseholdCategory.CHILD,
            guardian=self.guardian_name,
        )
        if self.place is not None and not is_for(community.path, member_path=self.place.path):
            raise RuleBroken(_("This place lies in another community."), field="place", code="place_elsewhere")


@transaction.atomic
def add_household(
    *, community: Node, draft: HouseholdDraft, tier: RiskTier, by: Actor, now: datetime, id: UUID | None = None
) -> Household:
    """Write a household down, in a tier from today on. The same id sent again is the same household.

    Raises RuleBroken(field); a child without a guardian is refused. Sources: A62, A63, A66.
    """
    by.require(Permission.CARE_EDIT, community.path)
    draft.check(community)
    columns, today = draft.columns(), localdate(now)
    if found := already(Household, id, community_id=community.pk, **columns):
        return found
    with _label_taken():
        row = Household.objects.create(
            **of_community(community),
            **columns,
            id=id or new_id(),
            tier=tier,
            tier_since=today,
            added_at=now,
            added_by=by.user_id,
        )
    _open_tier(row, tier, since=today, why="", by=by, now=now)
    audit.record(Tag.HOUSEHOLD_ADD, by=by, on=row, now=now, category=row.category, tier=tier.value)
    return row


@transaction.atomic
def change_household(
    *, household: Household, draft: HouseholdDraft, by: Actor, now: datetime, said_by: str = "", how: str = ""
) -> Household:
    """Other words or another place. The tier has a command of its own. Raises RuleBroken(field).

    Where the category changes to or from a child, the consent in force ends and a new one of today takes its place:
    said_by, how (PIPL art 28: only the guardian agrees for a child). Raises RuleBroken(code="consent_anew") without.
    """
    by.require(Permission.CARE_EDIT, household.path)
    row = lock_household(household.pk)
    rules.check_current(ended_at=row.ended_at)
    draft.check(row.community)
    columns = draft.columns()
    is_asked = rules.check_consent_anew(
        was=row.category, becomes=draft.category, has_consent=has_consent(row), said_by=said_by
    )
    for name, value in columns.items():
        setattr(row, name, value)
    with _label_taken():
        row.save(update_fields=list(columns))
    audit.record(Tag.HOUSEHOLD_CHANGE, by=by, on=row, now=now)
    if is_asked:
        _withdraw(row, by=by, now=now)
        give_consent(household=row, said_by=ConsentBy(said_by), how=how, given_on=localdate(now), by=by, now=now)
    return row


@transaction.atomic
def set_tier(*, household: Household, tier: RiskTier, why: str, by: Actor, now: datetime) -> Household:
    """Put a household into another tier from today on; what held before stays on record. Harmless twice."""
    by.require(Permission.CARE_EDIT, household.path)
    row = lock_household(household.pk)
    rules.check_current(ended_at=row.ended_at)
    if row.tier == tier:
        return row
    today = localdate(now)
    HouseholdTier.objects.filter(household=row, until=None).update(until=today)
    _open_tier(row, tier, since=today, why=why, by=by, now=now)
    row.tier, row.tier_since = tier, today
    row.save(update_fields=["tier", "tier_since"])
    audit.record(Tag.HOUSEHOLD_TIER, by=by, on=row, now=now, tier=tier.value)
    return row


@transaction.atomic
def give_consent(
    *, household: Household, said_by: ConsentBy, how: str, given_on: date, by: Actor, now: datetime
) -> HouseholdConsent:
    """The household agrees to be looked after: nobody is asked to before. Harmless twice.

    Raises RuleBroken(field); for a child only the guardian can agree.
    """
    by.require(Permission.CARE_EDIT, household.path)
    row = lock_household(household.pk)
    rules.check_current(ended_at=row.ended_at)
    rules.check_consent(
        said_by=said_by, how=how, given_on=given_on, today=localdate(now), needs_guardian=row.needs_guardian
    )
    if found := HouseholdConsent.objects.filter(household=row, withdrawn_at=None).first():
        return found
    consent = HouseholdConsent.objects.create(
        **of_community(row.community),
        household=row,
        said_by=said_by,
        how=how.strip()[: rules.LONGEST_HOW],
        given_on=given_on,
        noted_at=now,
        noted_by=by.user_id,
    )
    audit.record(Tag.HOUSEHOLD_CONSENT, by=by, on=row, now=now, said_by=said_by.value)
    return consent


@transaction.atomic
def withdraw_consent(*, household: Household, by: Actor, now: datetime) -> Household:
    """The household agrees no longer: whoever looks after it stops today. Harmless twice."""
    by.require(Permission.CARE_EDIT, household.path)
    row = lock_household(household.pk)
    if has_consent(row):
        _withdraw(row, by=by, now=now)
        end_pairings_of(row, reason=PairingEnd.REFUSED, by=by, now=now)
    return row


def _withdraw(row: Household, *, by: Actor, now: datetime) -> None:
    open_ones = HouseholdConsent.objects.filter(household=row, withdrawn_at=None)
    open_ones.update(withdrawn_at=now, withdrawn_by=by.user_id)
    audit.record(Tag.HOUSEHOLD_CONSENT_END, by=by, on=row, now=now)


@transaction.atomic
def end_household(*, household: Household, reason: HouseholdEnd, by: Actor, now: datetime) -> Household:
    """The household is no longer looked after, and with it every pairing. Harmless twice."""
    by.require(Permission.CARE_EDIT, household.path)
    row = lock_household(household.pk)
    if row.ended_at is not None:
        return row
    row.ended_at, row.ended_by, row.end_reason = now, by.user_id, reason
    row.save(update_fields=["ended_at", "ended_by", "end_reason"])
    row.alerts.filter(answered_at=None).update(answered_at=now)
    audit.record(Tag.HOUSEHOLD_END, by=by, on=row, now=now, reason=reason.value)
    end_pairings_of(row, reason=PairingEnd.CLOSED, by=by, now=now)
    return row


@transaction.atomic
def open_household(*, household: Household, reason: str, by: Actor, now: datetime) -> HouseholdOpening:
    """Show the restricted part of one household to one person for fifteen minutes; each opening is a line of the trail.

    By the desk and the member who looks after it with a click, by an overseer of its area with a reason every time.
    While it is open for him, opening it again is the same opening.
    Raises OutOfScope for everybody else, RuleBroken(field="reason").
    """
    own = _looks_after(by, household)
    desk = by.can(Permission.CARE_VIEW, household.path)
    if by.user_id is None or not (own or desk or by.can(Permission.CARE_OVERSEE, household.path)):
        raise OutOfScope()
    plain = openings.check_reason(reason, is_asked=not (own or desk))
    fresh = HouseholdOpening.objects.filter(
        household=household, opened_by=by.user_id, opened_at__gt=now - openings.OPEN_FOR
    )
    if found := fresh.first():
        return found
    opening = HouseholdOpening.objects.create(
        community_id=household.community_id,
        path=household.path,
        district_code=household.district_code,
        household=household,
        opened_at=now,
        opened_by=by.user_id,
        reason=plain,
    )
    audit.record(Tag.HOUSEHOLD_OPEN, by=by, on=household, now=now, reason=plain)
    return opening


def end_pairings_of(household: Household, *, reason: PairingEnd, by: Actor, now: datetime) -> None:
    """End what is live, one line each. Runs under the household's lock; members are not needed for ending."""
    for pairing in Pairing.objects.live().filter(household=household).select_for_update().order_by("pk"):
        pairing.ended_at, pairing.ended_by, pairing.end_reason = now, by.user_id, reason
        pairing.save(update_fields=["ended_at", "ended_by", "end_reason"])
        audit.record(Tag.PAIRING_END, by=by, on=pairing, now=now, reason=reason.value)


def forget_openings(*, now: datetime) -> int:
    """Drop openings that show nothing any more; the audit trail keeps them. For the nightly job."""
    return openings.forget_openings(HouseholdOpening, now=now)


def _open_tier(row: Household, tier: RiskTier, *, since: date, why: str, by: Actor, now: datetime) -> None:
    HouseholdTier.objects.create(
        **of_community(row.community),
        household=row,
        tier=tier,
        since=since,
        why=why.strip()[:60],
        set_at=now,
        set_by=by.user_id,
    )


def _looks_after(by: Actor, household: Household) -> bool:
    if by.member_id is None:
        return False
    return Pairing.objects.held().filter(household=household, member=by.member_id).exists()


@contextmanager
def _label_taken() -> Iterator[None]:
    """Turns a label that stands twice into a refusal beside its field."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "household_label_once" not in str(error):
            raise
        words = _("This label is taken in the community: choose another one.")
        raise RuleBroken(words, field="label", code="label_taken") from error


@transaction.atomic
def record_household_export(*, rows: Mapping[str, int], by: Actor, now: datetime) -> None:
    """Write down who took a list of how many households out, a line each community; it holds labels and no name.

    rows: households by the path of their community. An empty list is one line, of the actor's first area.
    """
    by.require_any(Permission.CARE_VIEW)
    for path, number in sorted((rows or {by.paths_with(Permission.CARE_VIEW)[0]: 0}).items()):
        by.require(Permission.CARE_VIEW, path)
        audit.record(Tag.HOUSEHOLD_EXPORT, by=by, now=now, path=path, rows=number)
