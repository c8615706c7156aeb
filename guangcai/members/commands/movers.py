"""How the roster's own relations follow a merge. Registered when the commands are imported."""

from datetime import date
from typing import Any

from django.db.models import Q
from django.db.models.functions import Greatest
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from guangcai.accounts.models import User
from guangcai.members import merging, rules
from guangcai.members.enums import MobileEnd
from guangcai.members.merging import Merge
from guangcai.members.models import (
    Consent,
    DuplicatePair,
    Employment,
    Intention,
    Member,
    MobileRegistration,
    OrgRelation,
    ReportIn,
    Residence,
    Skill,
)


def _move_links(model: Any, merge: Merge) -> int:
    """Dated links keep their beginning; where both records say something of the same days, the kept one's word counts
    and the other's link ends earlier, down to no day at all."""
    kept = list(model.objects.filter(member=merge.kept).order_by("since", "pk"))
    gone = list(model.objects.filter(member=merge.gone).order_by("since", "pk"))
    spans = rules.fit_spans([_span(link) for link in kept], [_span(link) for link in gone])
    for link, span in zip(gone, spans, strict=True):
        link.member, link.until = merge.kept, span.until
        link.save(update_fields=["member", "until"])
    return len(gone)


def _span(link: Any) -> rules.Span:
    return rules.Span(link.since, link.until)


@merging.mover("members.residence.member")
def residences(merge: Merge) -> int:
    return _move_links(Residence, merge)


@merging.mover("members.employment.member")
def employments(merge: Merge) -> int:
    return _move_links(Employment, merge)


@merging.mover("members.orgrelation.member")
def org_relations(merge: Merge) -> int:
    return _move_links(OrgRelation, merge)


@merging.mover("members.skill.member")
def skills(merge: Merge) -> int:
    """One row per kind: a certificate that only the other record names is taken over."""
    held = {skill.kind_id: skill for skill in Skill.objects.filter(member=merge.kept)}
    count = 0
    for skill in Skill.objects.filter(member=merge.gone):
        count += 1
        same = held.get(skill.kind_id)
        if same is None:
            skill.member = merge.kept
            skill.save(update_fields=["member"])
            continue
        if _is_better(skill, same):
            same.certificate, same.expires_on = skill.certificate, skill.expires_on
            same.save(update_fields=["certificate", "expires_on"])
        skill.delete()
    return count


def _is_better(new: Skill, old: Skill) -> bool:
    if not old.certificate or not new.certificate:
        return bool(new.certificate)
    return (new.expires_on or date.max) > (old.expires_on or date.max)


@merging.mover("members.intention.member")
def intentions(merge: Merge) -> int:
    """One row per kind, with the times of both."""
    held = {row.kind_id: row for row in Intention.objects.filter(member=merge.kept)}
    count = 0
    for row in Intention.objects.filter(member=merge.gone):
        count += 1
        if same := held.get(row.kind_id):
            same.times = sorted({*same.times, *row.times})
            same.save(update_fields=["times"])
            row.delete()
        else:
            row.member = merge.kept
            row.save(update_fields=["member"])
    return count


@merging.mover("members.mobileregistration.member")
def mobile_registrations(merge: Merge) -> int:
    """Both records mobile the same way round: the kept one's registration counts on, the other ends with the merge."""
    held = MobileRegistration.objects.filter(member=merge.kept, ended_on=None).values("direction")
    twice = MobileRegistration.objects.filter(member=merge.gone, ended_on=None, direction__in=held)
    twice.update(
        ended_on=Greatest("since", localdate(merge.now)), ended_by=merge.by.user_id, end_reason=MobileEnd.MERGED
    )
    return MobileRegistration.objects.filter(member=merge.gone).update(member=merge.kept)


@merging.mover("members.consent.member")
def consents(merge: Merge) -> int:
    """One consent in force per notice, the earlier one; withdrawn ones all stay."""
    held = {row.notice_id: row for row in Consent.objects.filter(member=merge.kept, withdrawn_at=None)}
    count = 0
    for row in Consent.objects.filter(member=merge.gone):
        count += 1
        same = held.get(row.notice_id) if row.withdrawn_at is None else None
        if same is None:
            row.member = merge.kept
            row.save(update_fields=["member"])
            continue
        if row.given_at < same.given_at:
            same.given_at, same.given_by = row.given_at, row.given_by
            same.save(update_fields=["given_at", "given_by"])
        row.delete()
    return count


@merging.mover("members.reportin.member")
def report_ins(merge: Merge) -> int:
    """A second slip of the same person that waits in the same community is declined: one is enough."""
    waiting = ReportIn.objects.waiting().filter(member=merge.kept).values("community")
    twice = ReportIn.objects.waiting().filter(member=merge.gone, community__in=waiting)
    twice.update(
        decided_at=merge.now,
        decided_by=merge.by.user_id,
        is_accepted=False,
        decline_reason=_("Two records of one person were merged: one slip is enough."),
        form="",
    )
    return ReportIn.objects.filter(member=merge.gone).update(member=merge.kept)


# What was decided about two records is said of the records, not of the person.
@merging.mover("members.duplicatepair.first", stays=Q(decided_at__isnull=False))
def pairs(merge: Merge) -> int:
    """Other open pairs of the gone record now ask about the kept one; what was decided stays as it was said."""
    gone = merge.gone.pk
    moved = 0
    for pair in DuplicatePair.objects.open().filter(Q(first=gone) | Q(second=gone)):
        other = pair.second_id if pair.first_id == gone else pair.first_id
        low, high = sorted([other, merge.kept.pk])
        known = DuplicatePair.objects.filter(first=low, second=high).exclude(pk=pair.pk).exists()
        if other == merge.kept.pk or known:
            pair.decided_at, pair.decided_by, pair.is_same_person = merge.now, merge.by.user_id, True
            pair.save(update_fields=["decided_at", "decided_by", "is_same_person"])
        else:
            pair.first_id, pair.second_id = low, high
            pair.save(update_fields=["first", "second"])
            moved += 1
    return moved


@merging.mover("members.duplicatepair.second", stays=Q(decided_at__isnull=False))
def pairs_done(merge: Merge) -> int:
    """Both ends of a pair move together, above."""
    return 0


@merging.mover("members.member.merged_into")
def earlier_mergers(merge: Merge) -> int:
    """Records merged into the gone one lead to the kept one in one step; its own pointer is the one just set."""
    return Member.objects.filter(merged_into=merge.gone).update(merged_into=merge.kept)


def account(merge: Merge) -> int:
    """The sign-in follows the person. With two accounts the kept record keeps its own; the other belongs to nobody."""
    theirs = User.objects.active().filter(member_id=merge.gone.pk)
    if User.objects.active().filter(member_id=merge.kept.pk).exists():
        return theirs.update(member_id=None)
    return theirs.update(member_id=merge.kept.pk)
