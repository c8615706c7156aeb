"""How feedback and appraisals follow when two records of one person become one (members.merging).

What a unit was sent stays as it was sent, also the line of a record that is no more; whoever reads it looks up where
that record went. Drafts are united.
"""

from django.db.models import Q
from django.utils.translation import gettext as _

from guangcai.appraisal.commands.drafting import redraft
from guangcai.appraisal.models import (
    Appraisal,
    AppraisalObjection,
    DutyElsewhere,
    Exemption,
    FeedbackLine,
    FeedbackSheet,
)
from guangcai.appraisal.rules import further_on, unite_texts
from guangcai.core import audit
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import RuleBroken
from guangcai.members import merging
from guangcai.members.merging import Merge


@merging.mover("appraisal.feedbackline.member", stays=Q(sheet__approved_at__isnull=False))
def feedback_lines(merge: Merge) -> int:
    """On drafts the lines are added together; on sheets that were sent they stay untouched."""
    drafts = FeedbackSheet.objects.filter(lines__member=merge.gone, approved_at=None)
    # Locked, so that none is approved meanwhile.
    sheets = list(FeedbackSheet.objects.select_for_update().filter(pk__in=drafts.values("pk")).order_by("pk"))
    lines = FeedbackLine.objects.filter(sheet__in=[sheet for sheet in sheets if sheet.approved_at is None])
    held = {line.sheet_id: line for line in lines.filter(member=merge.kept)}
    for line in lines.filter(member=merge.gone, sheet__in=held):
        _add(held[line.sheet_id], line)
        line.delete()
    return lines.filter(member=merge.gone).update(member=merge.kept) + len(held)


def _add(line: FeedbackLine, other: FeedbackLine) -> None:
    line.minutes += other.minutes
    line.deeds += other.deeds
    line.services += other.services
    line.posts = unite_texts(line.posts, other.posts, separator=", ", most=200)
    line.remark = unite_texts(line.remark, other.remark, separator=" ", most=200)
    line.is_exempt = line.is_exempt or other.is_exempt
    line.save(update_fields=["minutes", "deeds", "services", "posts", "remark", "is_exempt"])


@merging.mover("appraisal.appraisal.member", stays=Q(sent_at__isnull=False))
def appraisals(merge: Merge) -> int:
    """One appraisal a year: the one that is further on stays, the other falls away and the audit trail says so.

    Two that were both sent both stay as they were sent. Raises RuleBroken while the one to fall away is objected to.
    """
    rows = Appraisal.objects.select_for_update(of=("self",)).filter(member__in=[merge.kept, merge.gone])
    kept: dict[int, Appraisal] = {}
    gone: dict[int, Appraisal] = {}
    for row in rows.order_by("pk"):
        (kept if row.member_id == merge.kept.pk else gone)[row.year] = row
    moving = []
    for year, row in gone.items():
        other = kept.get(year)
        if other is None or (further_on(row, than=other) and _drop(other, row, merge)):
            moving.append(row.pk)
        elif row.sent_at is None:
            _drop(row, other, merge)
    return Appraisal.objects.filter(pk__in=moving).update(member=merge.kept)


def _drop(falls: Appraisal, stays: Appraisal, merge: Merge) -> bool:
    if AppraisalObjection.objects.filter(appraisal=falls).exists():
        raise RuleBroken(
            _(
                "Both records have an appraisal of %(year)s, and one of them is objected to. "
                "The secretary answers the objection and sends it to the unit; then merge again."
            )
            % {"year": falls.year},
            code="merge_in_the_way",
        )
    if stays.approved_at is None:
        stays.own_words = unite_texts(stays.own_words, falls.own_words, separator="\n", most=1000)
        if not stays.opinion:
            stays.opinion, stays.opinion_text = falls.opinion, falls.opinion_text
        stays.save(update_fields=["own_words", "opinion", "opinion_text"])
    audit.record(
        Tag.APPRAISAL_CHANGE, by=merge.by, now=merge.now, on=stays, field="merge", dropped=str(falls.pk),
        year=falls.year, minutes=falls.minutes, deeds=falls.deeds, was_approved=falls.approved_at is not None,
    )  # fmt: skip
    falls.delete()
    return True


@merging.mover("appraisal.dutyelsewhere.member")
def duties_elsewhere(merge: Merge) -> int:
    """One proof counts once: what the kept record says of it stands."""
    known = set(DutyElsewhere.objects.filter(member=merge.kept).values_list("year", "proof"))
    rows = DutyElsewhere.objects.filter(member=merge.gone)
    for row in rows:
        if (row.year, row.proof) in known:
            audit.record(
                Tag.DUTY_ELSEWHERE_ADD, by=merge.by, now=merge.now, on=row, merged=True,
                year=row.year, minutes=row.minutes, deeds=row.deeds,
            )  # fmt: skip
            row.delete()
    return DutyElsewhere.objects.filter(member=merge.gone).update(member=merge.kept)


@merging.mover("appraisal.exemption.member")
def exemptions(merge: Merge) -> int:
    """Days count once however often they are exempt; the same exemption is kept once."""
    known = set(Exemption.objects.filter(member=merge.kept).values_list("kind", "since", "until"))
    rows = Exemption.objects.filter(member=merge.gone)
    twice = [row.pk for row in rows if (row.kind, row.since, row.until) in known]
    Exemption.objects.filter(pk__in=twice).delete()
    return Exemption.objects.filter(member=merge.gone).update(member=merge.kept)


@merging.afterwards
def drafts(merge: Merge) -> int:
    """Every draft of the person is reckoned again from what both records did."""
    return redraft(members=[merge.kept.pk], now=merge.now)
