"""Proposals as screens show them: lists, what is due, the one timeline of a matter."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.core.screens import TimelineItem
from guangcai.councils.enums import MatterKind, ProposalState
from guangcai.councils.models import JointPledge, Proposal
from guangcai.councils.words import TONES

S = ProposalState
# Where a link of a matter leads. Names of addresses, not imports: what lies there checks for itself who may look.
PAGES = {
    MatterKind.SUGGESTION: "portal:suggestion_answer",
    MatterKind.BOOKING: "places:booking",
    MatterKind.ACTIVITY: "activities:activity",
    MatterKind.CASE: "cases:case",
    MatterKind.AGREEMENT: "councils:agreement",
}


def with_numbers(proposals: QuerySet[Proposal]) -> QuerySet[Proposal]:
    """Each with how many units promised something that stands."""
    live = Q(pledges__withdrawn_at=None, pledges__id__isnull=False)
    rows = proposals.select_related("community", "meeting__body", "proposer")
    return rows.annotate(promises=Count("pledges", filter=live))


@dataclass(frozen=True)
class ProposalsDue:
    """What waits for the desk: to be screened, to be tabled, done and to be judged, judged and to be published."""

    raised: int
    accepted: int
    done: int
    judged: int


def due(actor: Actor, *, paths: Iterable[str]) -> ProposalsDue:
    """One query."""
    mine = under("path", actor.paths_with(Permission.COUNCIL_EDIT)) & under("path", list(paths))
    rows = Proposal.objects.filter(mine, state__in=[S.RAISED, S.ACCEPTED, S.DONE, S.JUDGED])
    counted = dict(rows.order_by().values_list("state").annotate(n=Count("pk")))
    return ProposalsDue(*(counted.get(state, 0) for state in (S.RAISED, S.ACCEPTED, S.DONE, S.JUDGED)))


def own_proposals(actor: Actor) -> list[Proposal]:
    """What the actor proposed, what waits for his word first. One query."""
    if actor.member_id is None:
        return []
    rows = list(with_numbers(Proposal.objects.filter(proposer=actor.member_id)).order_by("-raised_at", "pk"))
    return sorted(rows, key=lambda row: row.state != S.DONE)


def link_of(kind: str, target: object) -> str:
    """The page of what is linked; "" while that room has none."""
    try:
        return reverse(PAGES[MatterKind(kind)], args=[target])
    except NoReverseMatch:
        return ""


def timeline_of(proposal: Proposal) -> list[TimelineItem]:
    """The whole matter in one line of time, newest first: steps, promises, judgements, links. Six queries.

    No name of a proposer, a contact or a delegate is in it.
    """
    told = [*_source(proposal), *_steps(proposal), *_promises(proposal), *_judgements(proposal), *_links(proposal)]
    # Of one moment the later step comes first.
    return sorted(told, key=lambda item: item.at)[::-1]


def _source(row: Proposal) -> Iterator[TimelineItem]:
    if row.raised_from_kind and row.raised_from_id:
        url = link_of(row.raised_from_kind, row.raised_from_id)
        yield TimelineItem(
            row.raised_at,
            _("It came from: %(what)s") % {"what": row.get_raised_from_kind_display()},
            url=url,
            icon="message",
        )


def _steps(row: Proposal) -> Iterator[TimelineItem]:
    for step in row.steps.select_related("meeting__body"):
        text, url = step.note, ""
        if step.meeting is not None:
            text = f"{step.meeting.body.name} · {step.meeting.title}"
            url = step.meeting.get_absolute_url()
        yield TimelineItem(step.at, str(step.get_new_display()), text, url, TONES[S(step.new)], "list-check")


def _promises(row: Proposal) -> Iterator[TimelineItem]:
    for pledge in row.pledges.select_related("work_unit").prefetch_related("progress"):
        unit = pledge.work_unit.name
        said = _("%(unit)s promises: %(item)s") % {"unit": unit, "item": pledge.item}
        until = _("By %(day)s") % {"day": date_format(pledge.due_on, "DATE_FORMAT")}
        yield TimelineItem(pledge.made_at, said, until, tone="info", icon="heart-handshake")
        for note in pledge.progress.all():
            yield TimelineItem(note.at, _("%(unit)s reports") % {"unit": unit}, note.note, icon="pencil")
        if pledge.done_at is not None:
            yield TimelineItem(
                pledge.done_at, _("%(unit)s: done") % {"unit": unit}, _done(pledge), tone="good", icon="checks"
            )
        if pledge.withdrawn_at is not None:
            words = _("%(unit)s gives it up") % {"unit": unit}
            yield TimelineItem(pledge.withdrawn_at, words, pledge.withdraw_reason, tone="bad", icon="x")


def _done(pledge: JointPledge) -> str:
    much = f" ({pledge.quantity} {pledge.measure})" if pledge.quantity else ""
    late = ""
    if pledge.done_on and pledge.done_on > pledge.due_on:
        days = (pledge.done_on - pledge.due_on).days
        late = " · " + pgettext("promise", "%(days)d days late") % {"days": days}
    return f"{pledge.evidence}{much}{late}"


def _judgements(row: Proposal) -> Iterator[TimelineItem]:
    tones = {"kept": "good", "partly": "wait", "not_kept": "bad"}
    for one in row.judgements.all():
        who = _("Whoever proposed it says: %(verdict)s") if one.seat_id is None else _("A delegate says: %(verdict)s")
        said = who % {"verdict": one.get_verdict_display()}
        yield TimelineItem(one.at, said, one.note, tone=tones[one.verdict], icon="message")


def _links(row: Proposal) -> Iterator[TimelineItem]:
    for one in row.links.all():
        url = link_of(one.kind, one.target_id)
        yield TimelineItem(one.added_at, f"{one.get_kind_display()}{_(': ')}{one.label}", url=url, icon="list-details")
