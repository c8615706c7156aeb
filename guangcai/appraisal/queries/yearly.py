"""Appraisals as screens show them."""

from django.db.models import Q, QuerySet

from guangcai.appraisal.enums import Verdict
from guangcai.appraisal.models import Appraisal, AppraisalObjection, DutyElsewhere, Exemption
from guangcai.appraisal.models.appraisal import AppraisalQuerySet
from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.ledger.models import Posting

TONES = {
    Verdict.MET: "good",
    Verdict.MET_ELSEWHERE: "good",
    Verdict.NOT_MET: "wait",
    Verdict.EXEMPT: "idle",
}


def appraisals(actor: Actor) -> AppraisalQuerySet:
    """What the actor may see, by name: there is no other order, because there is no ranking."""
    rows = Appraisal.objects.visible_to(actor).select_related("member", "community", "work_unit", "objection")
    return rows.order_by("member__name_pinyin", "member__name", "pk")


def appraisals_of_area(actor: Actor) -> AppraisalQuerySet:
    """Those of the actor's area or of his unit, without his own elsewhere."""
    units = actor.units_with(Permission.APPRAISAL_VIEW)
    area = under("path", actor.paths_with(Permission.APPRAISAL_VIEW))
    return appraisals(actor).filter(area | Q(work_unit__in=units, sent_at__isnull=False))


def postings_behind(appraisal: Appraisal) -> "QuerySet[Posting]":
    """The confirmed services of the year: the figures are their sum."""
    rows = Posting.objects.filter(member=appraisal.member_id, served_on__year=appraisal.year)
    return rows.filter(confirmed_at__lte=appraisal.as_of).select_related("entry", "entry__kind").order_by("served_on")


def exemptions_of(appraisal: Appraisal) -> "QuerySet[Exemption]":
    return Exemption.objects.filter(member=appraisal.member_id).order_by("since")


def duties_elsewhere_of(appraisal: Appraisal) -> "QuerySet[DutyElsewhere]":
    return DutyElsewhere.objects.filter(member=appraisal.member_id, year=appraisal.year).order_by("recorded_at")


def objection_to(appraisal: Appraisal) -> AppraisalObjection | None:
    """The member's objection, if there is one."""
    found: AppraisalObjection | None = getattr(appraisal, "objection", None)
    return found


def state_of(appraisal: Appraisal) -> str:
    """Where an appraisal stands: draft, approved, objected, sent."""
    objection = objection_to(appraisal)
    if objection is not None and objection.answered_at is None:
        return "objected"
    if appraisal.sent_at is not None:
        return "sent"
    return "draft" if appraisal.approved_at is None else "approved"
