"""A round is reviewed: accept, skip, pin, choose another, propose the rest anew; then it is sent or dropped."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import numpy as np
from django.db import transaction
from django.db.models import QuerySet

from guangcai.care.commands import offer_pairings
from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import RuleBroken
from guangcai.core.permissions import Permission
from guangcai.invitations import rules
from guangcai.invitations.commands.invitations import Ask, ask
from guangcai.invitations.commands.rounds import store
from guangcai.invitations.enums import Decision, Subject
from guangcai.invitations.models import Proposal, Round
from guangcai.invitations.queries.problem import pose
from guangcai.matching.enums import Reach
from guangcai.matching.plan import RefusedPin, broken_rule, propose
from guangcai.matching.scoring import points
from guangcai.matching.sentences import why_refused
from guangcai.members.models import Member


@transaction.atomic
def decide(*, round_: Round, proposals: Iterable[UUID], decision: Decision | None, by: Actor, now: datetime) -> int:
    """Accept or skip the chosen pairs, or leave them open again (None); returns how many. Harmless twice."""
    row = _locked(round_, by=by)
    chosen = _chosen(row, proposals)
    values: dict[str, object] = {"decision": "", "decided_at": None, "decided_by": None}
    if decision is not None:
        values = {"decision": decision, "decided_at": now, "decided_by": by.user_id}
    return chosen.update(**values)


@transaction.atomic
def pin(*, round_: Round, proposals: Iterable[UUID], by: Actor, now: datetime) -> int:
    """Keep the chosen pairs when the rest is proposed anew; returns how many."""
    return _chosen(_locked(round_, by=by), proposals).update(is_pinned=True)


@transaction.atomic
def propose_again(*, round_: Round, by: Actor, now: datetime) -> tuple[Round, list[str]]:
    """Propose everything that is neither accepted nor pinned anew; skipped pairs do not come again.

    Returns the round, and why an accepted or pinned pair breaks a rule by now (it stays, and is refused by name when
    it is sent).
    """
    row = _locked(round_, by=by)
    stays = Proposal.objects.filter(round=row).pairs().exclude(decision=Decision.SKIPPED)
    stays = stays.exclude(decision="", is_pinned=False)
    kept = {one.pair for one in stays}
    row.proposals.filter(decision="", is_pinned=False).delete()
    posed = pose(Subject(row.subject), row.path, by=by, now=now, pinned=sorted(kept))
    plan = propose(posed.problem, reach=Reach.COMMUNITY)
    store(posed, plan, {row.community_id: row}, kept=kept)
    row.members, row.needs = len(posed.people.keys), len(posed.wants.rows)
    row.save(update_fields=["members", "needs"])
    return row, [why_refused(RefusedPin(one.need, one.member, one.binding)) for one in plan.refused_pins]


@transaction.atomic
def choose(*, proposal: Proposal, member: Member, by: Actor, now: datetime) -> Proposal:
    """Ask somebody else than the one proposed: a pinned pair.

    Raises RuleBroken for one that breaks a hard rule or is proposed for the same already, and for a need that wants
    nobody any more.
    """
    round_ = _locked(proposal.round, by=by)
    row = Proposal.objects.select_for_update().get(pk=proposal.pk)
    posed = pose(Subject(round_.subject), round_.path, by=by, now=now)
    rules.check_choice(
        is_wanted=row.need_id in posed.wants.keys,
        is_member=member.pk in posed.people.keys,
        is_proposed=any(one.pair == (row.need_id, member.pk) for one in Proposal.objects.filter(round=round_).pairs()),
    )
    need, whom = posed.wants.keys.index(row.need_id), posed.people.keys.index(member.pk)
    if binding := broken_rule(posed.problem, need, whom):
        raise RuleBroken(why_refused(RefusedPin(need, whom, binding)), code=binding.value)
    pair = np.array([need]), np.array([whom])
    row.member, row.is_pinned = member, True
    row.points, row.why = int(points(posed.problem, *pair)[0]), next(posed.why(*pair))[:200]
    row.decision, row.decided_at, row.decided_by = "", None, None
    row.save()
    return row


@transaction.atomic
def send(*, round_: Round, by: Actor, now: datetime) -> Round:
    """Ask everybody accepted, each with one message, and settle the round. All or none; harmless twice.

    Households become pairings offered, posts and shifts invitations: what happens next is each member's own choice.
    Raises RuleBroken naming the first pair that a rule refuses by now.
    """
    by.require(Permission.INVITATION_EDIT, round_.path)
    row = Round.objects.select_for_update().get(pk=round_.pk)
    if row.sent is not None:
        return row
    rules.check_open(closed_at=row.closed_at)
    accepted = list(_accepted(row))
    rules.check_to_send(accepted=len(accepted))
    if row.subject == Subject.HOUSEHOLDS:
        offer_pairings(pairs=[(one.household, one.member) for one in accepted], by=by, now=now)  # type: ignore[misc]
    else:
        asks = [Ask(one.member, one.post, one.shift, one.why) for one in accepted]  # type: ignore[arg-type]
        ask(asks, by=by, now=now)
    return _close(row, sent=len(accepted), by=by, now=now)


@transaction.atomic
def drop(*, round_: Round, by: Actor, now: datetime) -> Round:
    """Settle the round without asking anybody. Harmless twice."""
    by.require(Permission.INVITATION_EDIT, round_.path)
    row = Round.objects.select_for_update().get(pk=round_.pk)
    return row if row.closed_at is not None else _close(row, sent=None, by=by, now=now)


def _close(row: Round, *, sent: int | None, by: Actor, now: datetime) -> Round:
    """What was skipped is kept, so that it is not proposed again; what was not decided comes with the next round."""
    row.proposals.filter(decision="").delete()
    if sent is None:
        row.proposals.filter(decision=Decision.ACCEPTED).delete()
    row.closed_at, row.closed_by, row.sent = now, by.user_id, sent
    row.save(update_fields=["closed_at", "closed_by", "sent"])
    audit.record(Tag.INVITATION_ROUND_CLOSE, by=by, on=row, now=now, sent=sent or 0)
    return row


def _locked(round_: Round, *, by: Actor) -> Round:
    by.require(Permission.INVITATION_EDIT, round_.path)
    row = Round.objects.select_for_update().get(pk=round_.pk)
    rules.check_open(closed_at=row.closed_at)
    return row


def _chosen(row: Round, proposals: Iterable[UUID]) -> QuerySet[Proposal]:
    keys = list(proposals)
    rules.check_chosen(count=len(keys))
    return Proposal.objects.filter(round=row, pk__in=keys).pairs()


def _accepted(row: Round) -> QuerySet[Proposal]:
    rows = row.proposals.filter(decision=Decision.ACCEPTED).order_by("urgency", "pk")
    return rows.select_related("member", "post__community", "shift__activity", "shift__community", "household")
