"""The yearly appraisal (A51): drafted from the ledger, judged by the rule in force, shown, objected to, sent."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from guangcai.appraisal.enums import ExemptionKind, Opinion
from guangcai.appraisal.models import Appraisal, DutyElsewhere, Exemption
from guangcai.appraisal.queries import Standing, standings
from guangcai.appraisal.rules import check_can_object, check_year
from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import Conflict, OutOfScope, RuleBroken
from guangcai.core.permissions import Permission
from guangcai.members.models import Member, Residence
from guangcai.orgs.facts import of_community
from guangcai.orgs.models import Node
from guangcai.orgs.models.organisations import in_force
from guangcai.orgs.policies import AnnualDuty, in_force_at

FIGURES = ["minutes", "deeds", "duty_minutes", "duty_deeds", "verdict", "as_of", "work_unit", "community", "path"]
BATCH = 2000


@transaction.atomic
def draft_appraisals(*, community: Node, year: int, by: Actor, now: datetime) -> int:
    """Draft, or bring up to date, the appraisal of every member who lives in `community`; returns how many.

    Approved ones stay as they are. The duty is the rule in force on 1 January (or its first day, if later), pro rata
    for the days a member lived in the district's communities, less exempt days. Source: A43, A51.
    """
    by.require(Permission.APPRAISAL_EDIT, community.path)
    today = localtime(now).date()
    check_year(year, today=today)
    duty = in_force_at(AnnualDuty, path=community.path, on=date(year, 1, 1))
    members = _living_in(community, year, today)
    # Locked, so that none is approved between the look and the writing.
    known = Appraisal.objects.select_for_update().filter(member__in=members, year=year).order_by("pk")
    frozen = {appraisal.member_id for appraisal in known if appraisal.approved_at is not None}
    drafts = [_draft(found, community, year=year, now=now) for found in standings(members, year=year, duty=duty)]
    fresh = [draft for draft in drafts if draft.member_id not in frozen]
    Appraisal.objects.bulk_create(
        fresh,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["district_code", "member", "year"],
        update_fields=FIGURES,
    )
    audit.record(Tag.APPRAISAL_DRAFT, by=by, now=now, path=community.path, year=year, count=len(fresh))
    return len(fresh)


def _living_in(community: Node, year: int, today: date) -> list[UUID]:
    """Members whose residence at the year's end (or today, while it runs) is `community`."""
    day = min(date(year, 12, 31), today)
    homes = Residence.objects.filter(in_force(day), community=community)
    return list(Member.objects.current().filter(pk__in=homes.values("member")).values_list("pk", flat=True))


def _draft(standing: Standing, community: Node, *, year: int, now: datetime) -> Appraisal:
    return Appraisal(
        **of_community(community),
        member_id=standing.member_id,
        work_unit_id=standing.work_unit_id,
        year=year,
        minutes=standing.minutes,
        deeds=standing.deeds,
        duty_minutes=standing.owed.minutes,
        duty_deeds=standing.owed.deeds,
        verdict=standing.verdict,
        as_of=now,
    )


def _locked(appraisal: Appraisal) -> Appraisal:
    return Appraisal.objects.select_for_update().get(pk=appraisal.pk)


def _own(appraisal: Appraisal, by: Actor) -> Appraisal:
    if by.member_id is None or by.member_id != appraisal.member_id:
        raise OutOfScope()
    return _locked(appraisal)


@transaction.atomic
def write_own_words(*, appraisal: Appraisal, text: str, by: Actor, now: datetime) -> Appraisal:
    """The member's own words on the year; the desk may write them down for him. Until approval."""
    if by.member_id is None or by.member_id != appraisal.member_id:
        by.require(Permission.APPRAISAL_EDIT, appraisal.path)
    locked = _locked(appraisal)
    if locked.approved_at is not None:
        raise Conflict(_("This appraisal is approved. You can object to it instead."), code="approved")
    locked.own_words = text.strip()
    locked.save(update_fields=["own_words"])
    audit.record(Tag.APPRAISAL_CHANGE, by=by, now=now, on=locked, field="own_words")
    return locked


@transaction.atomic
def give_opinion(*, appraisal: Appraisal, opinion: Opinion, text: str = "", by: Actor, now: datetime) -> Appraisal:
    """The community's opinion; the grade of the democratic appraisal stays with the branch."""
    by.require(Permission.APPRAISAL_EDIT, appraisal.path)
    locked = _locked(appraisal)
    if locked.approved_at is not None:
        raise Conflict(_("This appraisal is approved and frozen."), code="approved")
    locked.opinion, locked.opinion_text = opinion, text.strip()
    locked.save(update_fields=["opinion", "opinion_text"])
    audit.record(Tag.APPRAISAL_CHANGE, by=by, now=now, on=locked, field="opinion")
    return locked


@transaction.atomic
def approve_appraisals(*, appraisals: Sequence[Appraisal], by: Actor, now: datetime) -> int:
    """Freeze drafts and show them to their members. Returns how many; raises RuleBroken if one has no opinion."""
    waiting = Appraisal.objects.select_for_update().filter(pk__in=[a.pk for a in appraisals], approved_at=None)
    approved = 0
    for appraisal in waiting.order_by("pk"):
        by.require(Permission.APPRAISAL_APPROVE, appraisal.path)
        if not appraisal.opinion:
            raise RuleBroken(_("Choose the community's opinion for every member first."), code="no_opinion")
        appraisal.approved_at, appraisal.approved_by = now, by.user_id
        appraisal.save(update_fields=["approved_at", "approved_by"])
        audit.record(Tag.APPRAISAL_APPROVE, by=by, now=now, on=appraisal)
        approved += 1
    return approved


@transaction.atomic
def object_to_appraisal(*, appraisal: Appraisal, text: str, by: Actor, now: datetime) -> Appraisal:
    """The member objects to what he was shown, before it goes to his unit."""
    locked = _own(appraisal, by)
    check_can_object(approved_at=locked.approved_at, sent_at=locked.sent_at, objected_at=locked.objected_at)
    if not text.strip():
        raise RuleBroken(_("Say what is wrong."), field="text", code="no_text")
    locked.objection, locked.objected_at = text.strip(), now
    locked.save(update_fields=["objection", "objected_at"])
    audit.record(Tag.APPRAISAL_OBJECT, by=by, now=now, on=locked)
    return locked


@transaction.atomic
def answer_objection(*, appraisal: Appraisal, answer: str, by: Actor, now: datetime) -> Appraisal:
    """The secretary answers an objection, once. Both texts go to the unit with the appraisal."""
    by.require(Permission.APPRAISAL_APPROVE, appraisal.path)
    locked = _locked(appraisal)
    if locked.objected_at is None:
        raise RuleBroken(_("The member has not objected."), code="no_objection")
    if not answer.strip():
        raise RuleBroken(_("Write what you found."), field="answer", code="no_answer")
    if locked.objection_answered_at is not None:
        if locked.objection_answer == answer.strip():
            return locked
        raise Conflict(_("This objection is answered already."), code="answered")
    locked.objection_answer = answer.strip()
    locked.objection_answered_at, locked.objection_answered_by = now, by.user_id
    locked.save(update_fields=["objection_answer", "objection_answered_at", "objection_answered_by"])
    audit.record(Tag.APPRAISAL_CHANGE, by=by, now=now, on=locked, field="objection_answer")
    return locked


@transaction.atomic
def send_appraisals(*, appraisals: Sequence[Appraisal], by: Actor, now: datetime) -> int:
    """Send approved appraisals to the work units. One with an objection not answered is refused by name."""
    ready = (
        Appraisal.objects.select_for_update(of=("self",))
        .select_related("member")
        .filter(pk__in=[a.pk for a in appraisals], approved_at__isnull=False, sent_at=None)
    )
    sent = 0
    for appraisal in ready.order_by("pk"):
        by.require(Permission.APPRAISAL_APPROVE, appraisal.path)
        if appraisal.objected_at and not appraisal.objection_answered_at:
            raise RuleBroken(
                _("%(name)s has objected. Answer the objection first.") % {"name": appraisal.member.name},
                code="objection_open",
            )
        appraisal.sent_at, appraisal.sent_by = now, by.user_id
        appraisal.save(update_fields=["sent_at", "sent_by"])
        audit.record(Tag.APPRAISAL_SEND, by=by, now=now, on=appraisal)
        sent += 1
    return sent


@transaction.atomic
def add_exemption(
    *, member: Member, kind: ExemptionKind, since: date, until: date | None, by: Actor, now: datetime
) -> Exemption:
    """A member owes nothing from `since` to `until` (exclusive). Sending it twice is one exemption."""
    if member.community is None:
        raise RuleBroken(_("This member has not reported to a community yet."), code="no_residence")
    by.require(Permission.APPRAISAL_EDIT, member.path)
    if until is not None and until <= since:
        raise RuleBroken(_("The exemption must end after it begins."), field="until", code="ends_early")
    Member.objects.select_for_update(of=("self",)).get(pk=member.pk)
    exemption, created = Exemption.objects.get_or_create(
        member=member,
        kind=kind,
        since=since,
        until=until,
        defaults={**of_community(member.community), "granted_at": now, "granted_by": by.user_id},
    )
    if created:
        audit.record(Tag.EXEMPTION_ADD, by=by, now=now, on=exemption)
    return exemption


@transaction.atomic
def end_exemption(*, exemption: Exemption, until: date, by: Actor, now: datetime) -> Exemption:
    """Let an exemption end on the local date `until` (exclusive)."""
    by.require(Permission.APPRAISAL_EDIT, exemption.path)
    locked = Exemption.objects.select_for_update().get(pk=exemption.pk)
    if until <= locked.since:
        raise RuleBroken(_("The exemption must end after it begins."), field="until", code="ends_early")
    locked.until = until
    locked.save(update_fields=["until"])
    audit.record(Tag.EXEMPTION_END, by=by, now=now, on=locked)
    return locked


@transaction.atomic
def add_duty_elsewhere(
    *, member: Member, year: int, minutes: int, deeds: int, proof: str, by: Actor, now: datetime
) -> DutyElsewhere:
    """Service proven by another place: counts for the year's duty, never for the ledger. Once per proof."""
    if member.community is None:
        raise RuleBroken(_("This member has not reported to a community yet."), code="no_residence")
    by.require(Permission.APPRAISAL_EDIT, member.path)
    if minutes < 0 or deeds < 0 or minutes + deeds == 0:
        raise RuleBroken(_("Give the hours or the deeds that the proof names."), field="minutes", code="nothing")
    if not proof.strip():
        raise RuleBroken(_("Name the proof: who certified it, and its number."), field="proof", code="no_proof")
    row, created = DutyElsewhere.objects.get_or_create(
        member=member,
        year=year,
        proof=proof.strip(),
        district_code=member.district_code,
        defaults={
            **of_community(member.community),
            "minutes": minutes,
            "deeds": deeds,
            "recorded_at": now,
            "recorded_by": by.user_id,
        },
    )
    if not created and (row.minutes, row.deeds) != (minutes, deeds):
        raise Conflict(_("This proof is recorded already with other figures."), code="proof_known")
    if created:
        audit.record(Tag.DUTY_ELSEWHERE_ADD, by=by, now=now, on=row)
    return row
