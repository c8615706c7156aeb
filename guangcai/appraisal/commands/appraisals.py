"""The yearly appraisal (A51): spoken to by both sides, approved, shown, sent."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from guangcai.appraisal.enums import ExemptionKind, Opinion
from guangcai.appraisal.models import Appraisal, AppraisalObjection, DutyElsewhere, Exemption
from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import Conflict, RuleBroken
from guangcai.core.permissions import Permission
from guangcai.core.text import is_blank
from guangcai.members.models import Member
from guangcai.orgs.facts import of_community


def _locked(appraisal: Appraisal) -> Appraisal:
    return Appraisal.objects.select_for_update(of=("self",)).get(pk=appraisal.pk)


def _locked_drafts(appraisals: Sequence[Appraisal]) -> list[Appraisal]:
    """Those of them that nobody has approved, locked in the order of their keys."""
    drafts = Appraisal.objects.select_for_update(of=("self",)).filter(pk__in=[row.pk for row in appraisals])
    return list(drafts.filter(approved_at=None).order_by("pk"))


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
def give_opinions(*, appraisals: Sequence[Appraisal], opinion: Opinion, by: Actor, now: datetime) -> int:
    """The same opinion for several drafts, all or none; approved ones keep theirs. Returns how many have it now.

    Words written beside an opinion stay. One UPDATE, and a line of audit for each that changed.
    """
    drafts = _locked_drafts(appraisals)
    for draft in drafts:
        by.require(Permission.APPRAISAL_EDIT, draft.path)
    changed = [draft for draft in drafts if draft.opinion != opinion]
    Appraisal.objects.filter(pk__in=[draft.pk for draft in changed]).update(opinion=opinion)
    for draft in changed:
        audit.record(Tag.APPRAISAL_CHANGE, by=by, now=now, on=draft, field="opinion")
    return len(drafts)


@transaction.atomic
def approve_appraisals(*, appraisals: Sequence[Appraisal], by: Actor, now: datetime) -> int:
    """Freeze drafts and show them to their members. Returns how many; raises RuleBroken if one has no opinion."""
    drafts = _locked_drafts(appraisals)
    for draft in drafts:
        by.require(Permission.APPRAISAL_APPROVE, draft.path)
    if not all(draft.opinion for draft in drafts):
        raise RuleBroken(_("Choose the community's opinion for every member first."), code="no_opinion")
    waiting = Appraisal.objects.filter(pk__in=[draft.pk for draft in drafts])
    waiting.update(approved_at=now, approved_by=by.user_id)
    for draft in drafts:
        audit.record(Tag.APPRAISAL_APPROVE, by=by, now=now, on=draft)
    return len(drafts)


@transaction.atomic
def send_appraisals(*, appraisals: Sequence[Appraisal], by: Actor, now: datetime) -> int:
    """Send approved appraisals to the work units. One with an objection not answered is refused by name."""
    ready = (
        Appraisal.objects.select_for_update(of=("self",))
        .select_related("member")
        .annotate(is_contested=Exists(AppraisalObjection.objects.open().filter(appraisal=OuterRef("pk"))))
        .filter(pk__in=[a.pk for a in appraisals], approved_at__isnull=False, sent_at=None)
    )
    sent = 0
    for appraisal in ready.order_by("pk"):
        by.require(Permission.APPRAISAL_APPROVE, appraisal.path)
        if appraisal.is_contested:
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
    if is_blank(proof):
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
