"""One matter as one reader may see it: sides and words stay closed until he opens each of them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from guangcai.accounts.models import User
from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.core.phones import national
from guangcai.mediation import rules
from guangcai.mediation.enums import CORRECTED, MediationState, StepKind
from guangcai.mediation.models import (
    Agreement,
    Assignment,
    Mediation,
    MediationOpening,
    MediationSession,
    MediationStep,
    Mediator,
    Party,
    StepNote,
)
from guangcai.members.models import Member

STEP_TONES = {
    StepKind.AGREED: "good",
    StepKind.VISITED: "good",
    StepKind.HOLDS: "good",
    StepKind.BROKEN: "bad",
    StepKind.NOT_AGREED: "bad",
    StepKind.WITHDRAWN: "idle",
}


@dataclass(frozen=True)
class SeenParty:
    """One person; name and phone are "" while closed. label: the side, and which of its people."""

    key: UUID
    label: str
    is_open: bool
    name: str
    phone: str


@dataclass(frozen=True)
class SeenStep:
    """One step; subject: what is opened for its words, None where there are none or they were taken away.

    who: who wrote it down. is_replaced: a later row says it rightly.
    """

    step: MediationStep
    tone: str
    who: str
    is_replaced: bool
    may_correct: bool
    facts: str
    subject: UUID | None
    is_open: bool
    note: str
    place: str


@dataclass(frozen=True)
class Page:
    """A matter with the buttons its reader has now. is_own: he mediates it himself."""

    matter: Mediation
    parties: tuple[SeenParty, ...]
    steps: tuple[SeenStep, ...]
    mediators: tuple[Mediator, ...]
    is_desk: bool
    is_own: bool
    may_hear: bool
    may_agree: bool
    may_visit: bool
    may_end: bool
    may_reopen: bool
    may_change: bool
    may_print: bool


def page_of(row: Mediation, actor: Actor) -> Page:
    """For whom visible_to gave it: eight statements, whatever happened."""
    opened = opened_by(row, actor)
    live = Assignment.objects.live().filter(mediation=row).select_related("mediator").order_by("started_at", "pk")
    mediators = tuple(one.mediator for one in live)
    desk = actor.can(Permission.MEDIATION_EDIT, row.path)
    own = actor.member_id is not None and any(one.member_id == actor.member_id for one in mediators)
    can, acts = rules.MOVES[MediationState(row.state)], desk or own
    steps = tuple(_steps(row, opened, actor))
    return Page(
        matter=row,
        parties=tuple(parties_of(row, opened)),
        steps=steps,
        mediators=mediators,
        is_desk=actor.can(Permission.MEDIATION_VIEW, row.path),
        is_own=own,
        may_hear=acts and StepKind.HEARD in can,
        may_agree=acts and StepKind.AGREED in can,
        may_visit=acts and StepKind.VISITED in can,
        may_end=acts and StepKind.WITHDRAWN in can,
        may_reopen=desk
        and row.anonymised_at is None
        and bool({StepKind.REOPENED, StepKind.BROKEN} & set(can))
        and row.ended_at is not None,
        may_change=acts and row.ended_at is None,
        may_print=acts and row.anonymised_at is None and any(one.step.kind == StepKind.AGREED for one in steps),
    )


def opened_by(row: Mediation, actor: Actor) -> frozenset[UUID]:
    """What the reader opened in this matter within the last fifteen minutes: one statement."""
    if actor.user_id is None:
        return frozenset()
    rows = MediationOpening.objects.fresh().filter(mediation=row, opened_by=actor.user_id)
    return frozenset(rows.values_list("subject", flat=True))


def labels_of(row: Mediation) -> dict[UUID, str]:
    """What a person is called where nobody is named: "First side 1". One statement."""
    return {one.key: one.label for one in parties_of(row, frozenset())}


def parties_of(row: Mediation, opened: frozenset[UUID]) -> list[SeenParty]:
    """Its people in order of sides: one statement."""
    seen: list[SeenParty] = []
    numbers: dict[str, int] = {}
    for one in sorted(row.parties.all(), key=lambda party: party.side):
        numbers[one.side] = numbers.get(one.side, 0) + 1
        label = _("%(side)s, person %(number)d") % {"side": one.get_side_display(), "number": numbers[one.side]}
        is_open = one.pk in opened
        phone = national(one.phone) if is_open and one.phone else ""
        seen.append(SeenParty(one.pk, label, is_open, one.name if is_open else "", phone))
    return seen


def may_correct(row: Mediation, step: MediationStep, actor: Actor) -> bool:
    """Who wrote a step down, or the desk, while the papers are there."""
    if step.kind not in CORRECTED or row.anonymised_at is not None:
        return False
    return step.by == actor.user_id or actor.can(Permission.MEDIATION_EDIT, row.path)


def mediators_of_session(session: MediationSession, row: Mediation) -> list[Mediator]:
    """Who may have been at a session: whoever mediates now, and whoever was written down: one statement."""
    rows = Mediator.objects.filter(
        Q(pk__in=row.assignments.live().values("mediator")) | Q(pk__in=session.mediators.values("mediator"))
    )
    return list(rows.select_related("member").order_by("name", "pk"))


def _steps(row: Mediation, opened: frozenset[UUID], actor: Actor) -> list[SeenStep]:
    related = row.steps.select_related("written", "session", "agreement").prefetch_related(
        "session__mediators__mediator", "session__parties"
    )
    steps = list(related.order_by("-number"))
    names = dict(User.objects.filter(pk__in={one.by for one in steps}).values_list("pk", "name"))
    # The last row of a family stands.
    standing = {one.corrects_id or one.pk: one.pk for one in reversed(steps)}
    return [
        _step(
            one,
            opened,
            who=names.get(one.by, ""),
            is_replaced=(replaced := standing[one.corrects_id or one.pk] != one.pk),
            may_correct=not replaced and may_correct(row, one, actor),
        )
        for one in steps
    ]


def _step(one: MediationStep, opened: frozenset[UUID], **said: Any) -> SeenStep:
    written: StepNote | None = getattr(one, "written", None)
    is_open = written is not None and written.pk in opened
    return SeenStep(
        step=one,
        tone="idle" if said["is_replaced"] else STEP_TONES.get(StepKind(one.kind), "info"),
        facts=" · ".join(_facts(one)),
        subject=written.pk if written else None,
        is_open=is_open,
        note=written.note if written and is_open else "",
        place=written.place if written and is_open else "",
        **said,
    )


def _facts(one: MediationStep) -> list[str]:
    """What may be read without opening: days, minutes, how many, which way; no word of anybody."""
    session: MediationSession | None = getattr(one, "session", None)
    agreement: Agreement | None = getattr(one, "agreement", None)
    found = []
    if session is not None:
        names = _(", ").join(there.mediator.name for there in session.mediators.all())
        found.append(date_format(localtime(session.starts_at), "DATETIME_FORMAT"))
        words = _("%(minutes)d minutes, %(people)d people heard, by %(names)s")
        people = len(session.parties.all())
        found.append(words % {"minutes": session.minutes, "people": people, "names": names})
    if agreement is not None:
        signed = {"day": date_format(agreement.signed_on, "DATE_FORMAT")}
        found += [_("Signed on %(day)s") % signed, str(agreement.get_signed_how_display())]
    if one.slip:
        found.append(str(one.get_slip_display()))
    if one.other_way:
        found.append(str(one.get_other_way_display()))
    return found


def last_agreement(row: Mediation) -> Agreement | None:
    """The agreement that holds, or held last, as it was said rightly: two statements."""
    steps = (
        row.steps.standing()
        .filter(kind=StepKind.AGREED)
        .order_by(Coalesce("corrects__number", "number").desc())
        .values("pk")[:1]
    )
    return (
        Agreement.objects.filter(step__in=list(steps.values_list("pk", flat=True)))
        .select_related("step__written", "step__corrects")
        .first()
    )


def offered_members(node_id: int) -> QuerySet[Member]:
    """Members of a community who are no mediators of it yet: one statement."""
    serving = Mediator.objects.serving().filter(node=node_id, member__isnull=False).values("member")
    rows = Member.objects.current().filter(community=node_id).exclude(pk__in=serving)
    return rows.order_by("name_sort", "pk")


def sides_of(row: Mediation) -> dict[str, list[Party]]:
    """Everybody by side, opened: for the paper alone, whose printing is a line of the trail."""
    found: dict[str, list[Party]] = {}
    for one in row.parties.all():
        found.setdefault(one.side, []).append(one)
    return found
