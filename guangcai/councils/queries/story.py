"""The one story of a matter (ADR 0030): from the suggestion to the published result, oldest first.

What other rooms keep of it (bookings, activities, wishes, requests) is told by them: core.matters.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guangcai.core import matters
from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.core.publication import findings
from guangcai.core.screens import TimelineItem
from guangcai.councils.enums import ProposalState as S
from guangcai.councils.models import Decision, JointPledge, Meeting, Proposal, ProposalStep
from guangcai.councils.words import STEPS

# Steps that say no more than the line of the promise or judgement that made them.
SAID_ELSEWHERE = (S.PLEDGED, S.UNDERWAY, S.JUDGED)
STEP_TONES: dict[str, str] = {S.DONE: "good", S.PUBLISHED: "good", S.REFUSED: "idle", S.DROPPED: "bad"}
VERDICT_TONES = {"kept": "good", "partly": "wait", "not_kept": "bad"}


def story_of(proposal: Proposal, actor: Actor | None) -> list[TimelineItem]:
    """Everything that happened to the matter as far as the actor may see it; without an actor as everybody reads it.

    No name of a proposer or delegate is in it; who answers for a promise is named to the desk and the unit alone. In
    public there is no free text but titles, what is promised, decisions and, once the result is published, what was
    done. The number of statements does not grow with the story.
    """
    linked = _linked(proposal, actor)
    own = [*_promises(proposal, actor), *_judgements(proposal, actor)]
    steps = _steps(proposal, actor, said={item.at for item in own})
    # Of one moment what came from elsewhere stands first, then the promise or judgement, then the step it led to.
    return sorted([*linked, *own, *steps], key=lambda item: item.at)


def _linked(row: Proposal, actor: Actor | None) -> Iterator[TimelineItem]:
    """What it came from and what was made for it; the words of a link on the first line of who sees what is linked."""
    facts: dict[str, set[UUID]] = defaultdict(set)
    words = {}
    if row.raised_from_id:
        facts[row.raised_from_kind].add(row.raised_from_id)
    for link in row.links.all():
        facts[link.kind].add(link.target_id)
        words[link.target_id] = link.label
    for key, item, is_seen in matters.story(facts, actor):
        label = words.pop(key, "") if is_seen else ""
        known = label in item.title or label in item.text
        yield item if known else replace(item, text=" · ".join(filter(None, [label, item.text])))


def _steps(row: Proposal, actor: Actor | None, *, said: set[datetime]) -> Iterator[TimelineItem]:
    steps = list(row.steps.select_related("meeting__body"))
    seen = _seen_meetings(steps, actor)
    for step in steps:
        if not (step.new in SAID_ELSEWHERE and step.at in said):
            yield _step(step, actor, seen)
    told = {step.meeting.pk: step.meeting for step in steps if step.meeting is not None}
    yield from _meetings(row, told.values(), actor, seen)


def _seen_meetings(steps: Iterable[ProposalStep], actor: Actor | None) -> set[UUID]:
    keys = {step.meeting_id for step in steps if step.meeting_id}
    if not actor or not keys:
        return set()
    return set(Meeting.objects.visible_to(actor).filter(pk__in=keys).values_list("pk", flat=True))


def _step(step: ProposalStep, actor: Actor | None, seen: set[UUID]) -> TimelineItem:
    text, url = step.note if actor else "", ""
    if step.meeting is not None:
        text = step.meeting.body.name
        if step.meeting_id in seen:
            text, url = f"{text} · {step.meeting.title}", step.meeting.get_absolute_url()
    return TimelineItem(step.at, str(STEPS[S(step.new)]), text, url, STEP_TONES.get(S(step.new), "info"), "list-check")


def _meetings(
    row: Proposal, meetings: Iterable[Meeting], actor: Actor | None, seen: set[UUID]
) -> Iterator[TimelineItem]:
    """Each meeting it was tabled in, once it was held: what was decided on it. Called off: nothing in public."""
    decided: dict[UUID, str] = dict(Decision.objects.filter(proposal=row).values_list("meeting_id", "text"))
    for one in meetings:
        url = one.get_absolute_url() if one.pk in seen else ""
        if one.closed_at:
            title = _("%(body)s met") % {"body": one.body.name}
            text = pgettext("story", "Decided: %(what)s") % {"what": decided[one.pk]} if one.pk in decided else ""
            yield TimelineItem(one.starts_at, title, text, url, "info", "users-group")
        elif one.called_off_at and one.pk in seen:
            title = _("The meeting of %(body)s was called off") % {"body": one.body.name}
            yield TimelineItem(one.called_off_at, title, one.call_off_reason, url, "idle", "x")


def _promises(row: Proposal, actor: Actor | None) -> Iterator[TimelineItem]:
    pledges = row.pledges.select_related("work_unit").order_by("made_at", "pk")
    for pledge in pledges.prefetch_related("progress", "owners"):
        unit, owners = pledge.work_unit.name, list(pledge.owners.all())
        said = _("%(unit)s promises: %(item)s") % {"unit": unit, "item": pledge.item}
        until = _("By %(day)s") % {"day": date_format(pledge.due_on, "DATE_FORMAT")}
        if owners and _answers(pledge, actor):
            until += " · " + _("%(name)s answers for it") % {"name": owners[-1].name}
        yield TimelineItem(pledge.made_at, said, until, tone="info", icon="heart-handshake")
        for note in pledge.progress.all():
            text = note.note if actor else ""
            yield TimelineItem(note.at, _("%(unit)s reports") % {"unit": unit}, text, icon="pencil")
        if pledge.done_at is not None and pledge.done_on is not None:
            text = _done(row, pledge, [owner.name for owner in owners], actor)
            tone = "good" if pledge.done_on <= pledge.due_on else "wait"
            yield TimelineItem(pledge.done_at, _("%(unit)s: done") % {"unit": unit}, text, tone=tone, icon="checks")
        if pledge.withdrawn_at is not None:
            words, text = _("%(unit)s gives it up") % {"unit": unit}, pledge.withdraw_reason if actor else ""
            yield TimelineItem(pledge.withdrawn_at, words, text, tone="bad", icon="x")


def _answers(pledge: JointPledge, actor: Actor | None) -> bool:
    return actor is not None and (
        actor.can(Permission.COUNCIL_EDIT, pledge.path)
        or actor.can_for_unit(Permission.PROPOSAL_ANSWER, pledge.work_unit_id)
    )


def _done(row: Proposal, pledge: JointPledge, names: list[str], actor: Actor | None) -> str:
    """What was done, how much, how late. In public the words of a published result, unless they tell of a person."""
    is_fit = row.state == S.PUBLISHED and not findings(pledge.evidence, names=[*names, row.proposer_name])
    parts = [pledge.evidence if actor or is_fit else ""]
    if pledge.quantity:
        parts.append(f"{pledge.quantity} {pledge.measure}")
    if pledge.done_on and pledge.done_on > pledge.due_on:
        parts.append(pgettext("promise", "%(days)d days late") % {"days": (pledge.done_on - pledge.due_on).days})
    return " · ".join(filter(None, parts))


def _judgements(row: Proposal, actor: Actor | None) -> Iterator[TimelineItem]:
    for one in row.judgements.all():
        who = _("Whoever proposed it says: %(verdict)s") if one.seat_id is None else _("A delegate says: %(verdict)s")
        said = who % {"verdict": one.get_verdict_display()}
        yield TimelineItem(one.at, said, one.note if actor else "", tone=VERDICT_TONES[one.verdict], icon="message")
