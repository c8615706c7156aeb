"""Whom else to ask: for one row of a round with the price of each, and for one need on its own."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
from django.db.models import OuterRef, Subquery

from guangcai.care.queries.load import willing_among
from guangcai.core.actor import Actor
from guangcai.invitations.enums import Decision, Subject
from guangcai.invitations.models import Proposal
from guangcai.invitations.queries.problem import Posed, pose
from guangcai.matching.alternatives import alternatives
from guangcai.matching.enums import Reach
from guangcai.matching.plan import nearest, propose
from guangcai.members.models import Employment, Member

SHOWN = 12


@dataclass(frozen=True)
class Other:
    """A member who could be asked, and why. more: points the whole round would lose by it, None when not worked out.

    displaces: another pair changes. leaves_out: another need is left without anybody.
    """

    member: Member
    unit_name: str
    why: str
    more: int | None = None
    displaces: bool = False
    is_willing: bool = False
    leaves_out: bool = False


def others_for(proposal: Proposal, *, by: Actor, now: datetime) -> list[Other]:
    """The next best for one row of an open round, those that cost the round least first."""
    round_ = proposal.round
    stays = Proposal.objects.filter(round=round_).pairs().exclude(pk=proposal.pk).exclude(decision=Decision.SKIPPED)
    stays = stays.exclude(decision="", is_pinned=False)
    pinned = sorted(one.pair for one in stays)
    posed = pose(Subject(round_.subject), round_.path, by=by, now=now, pinned=pinned)
    if proposal.need_id not in posed.wants.keys:
        return []
    need = posed.wants.keys.index(proposal.need_id)
    plan = propose(posed.problem, reach=Reach.COMMUNITY)
    found = alternatives(plan, need, most=SHOWN)
    members = _members(by, [posed.people.keys[one.member] for one in found])
    said = _said(posed, need, [one.member for one in found])
    return [
        Other(members[key], members[key].unit_name or "", why, one.more, one.displaces, one.leaves_out)
        for one, why in zip(found, said, strict=True)
        if (key := posed.people.keys[one.member]) in members and key != proposal.member_id
    ]


def nearest_to(subject: Subject, need: UUID, *, path: str, by: Actor, now: datetime) -> list[Other]:
    """The best for one post, shift or household, whatever the others would like; empty when it wants nobody.

    For a household those come first who said that they would look after one.
    """
    posed = pose(subject, path, by=by, now=now, only=need)
    if not posed.wants.rows:
        return []
    found = nearest(posed.problem, 0, most=SHOWN, reach=Reach.COMMUNITY)
    members = _members(by, [posed.people.keys[one.member] for one in found])
    said = _said(posed, 0, [one.member for one in found])
    willing = willing_among(members) if subject == Subject.HOUSEHOLDS else {}
    shown = [
        Other(members[key], members[key].unit_name or "", why, is_willing=key in willing)
        for one, why in zip(found, said, strict=True)
        if (key := posed.people.keys[one.member]) in members
    ]
    return sorted(shown, key=lambda one: not one.is_willing)


def _said(posed: Posed, need: int, members: list[int]) -> list[str]:
    return list(posed.why(np.full(len(members), need), np.array(members, dtype=np.int64)))


def _members(by: Actor, keys: list[UUID]) -> dict[UUID, Any]:
    job = Employment.objects.filter(member=OuterRef("pk"), until=None)
    rows = Member.objects.visible_to(by).filter(pk__in=keys).select_related("building")
    return {row.pk: row for row in rows.annotate(unit_name=Subquery(job.values("work_unit__name")[:1]))}
