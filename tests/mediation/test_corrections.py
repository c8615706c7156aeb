"""What was written down wrongly is said again: both rows stay, the right one counts, the ledger follows."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils.timezone import localdate

from guangcai.core.actor import Actor
from guangcai.core.enums import SignedHow
from guangcai.core.errors import Conflict, Forbidden, OutOfScope, RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.models import AuditEvent
from guangcai.ledger.commands import confirm
from guangcai.ledger.models import EntryDecline, ServiceEntry
from guangcai.mediation import commands
from guangcai.mediation.enums import MediationState, Slip
from guangcai.mediation.models import Mediation, MediationSession, MediationStep, Mediator
from guangcai.mediation.queries.counts import count_mediations
from guangcai.mediation.queries.page import last_agreement, page_of
from tests.cast import Cast
from tests.mediation.conftest import MARK, Open, agreed, broken, heard, session_of

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def last(row: Mediation) -> MediationStep:
    return row.steps.select_related("corrects").order_by("-number")[0]


def again(row: Mediation, now: datetime, step: MediationStep, by: Actor, **other: Any) -> MediationStep:
    """The session of a step, as it was, with what is said otherwise."""
    draft = session_of(row, now, **({"note": "", "place": ""} | other))
    commands.correct_session(step=step, draft=draft, slip=Slip.TIME, by=by, now=now)
    return last(row)


def waiting() -> list[ServiceEntry]:
    return list(ServiceEntry.objects.exclude(pk__in=EntryDecline.objects.values("entry")))


def test_a_session_is_said_again_and_both_stay(opened: Open, own: Actor, desk: Actor, now: datetime) -> None:
    row = heard(opened(), by=own, now=now)
    first, was = last(row), waiting()[0]
    made = again(row, now, first, own, starts_at=now - timedelta(minutes=190), minutes=90)
    assert (made.corrects, made.slip, made.kind, made.state, made.by) == (
        first, "time", "heard", MediationState.HEARD, own.user_id
    )  # fmt: skip
    # Left empty, the words stay.
    assert (made.written.note, made.written.place) == (first.written.note, first.written.place)
    assert MediationSession.objects.filter(step__mediation=row).count() == 2
    entry = waiting()[0]
    assert len(waiting()) == 1
    assert (entry.minutes, entry.starts_at, entry.pk != was.pk) == (90, now - timedelta(minutes=190), True)
    assert AuditEvent.objects.filter(tag="mediation:matter:correct").get().details["slip"] == "time"
    seen = {one.step.pk: one for one in page_of(row, desk).steps}
    assert (seen[first.pk].is_replaced, seen[made.pk].is_replaced) == (True, False)
    assert (seen[first.pk].may_correct, seen[made.pk].may_correct) == (False, True)
    assert seen[made.pk].who == "孙和"
    assert "日期" in seen[made.pk].facts
    # Words alone: the time that waits is the same.
    more = again(row, now, made, desk, starts_at=now - timedelta(minutes=190), minutes=90, note=f"{MARK}改词")
    assert (more.corrects, more.written.note) == (first, f"{MARK}改词")
    assert waiting() == [entry]
    assert broken() == []


def test_time_confirmed_is_the_ledgers(cast: Cast, opened: Open, own: Actor, desk: Actor, now: datetime) -> None:
    row = heard(opened(), by=own, now=now)
    entry = ServiceEntry.objects.get()
    assert confirm(entries=[entry], by=cast.actor("secretary"), now=now).confirmed
    again(row, now, last(row), desk, starts_at=now - timedelta(minutes=190), minutes=90)
    assert ServiceEntry.objects.get() == entry
    assert broken() == []


def test_who_was_there(
    opened: Open, mediator: Mediator, elder: Mediator, own: Actor, desk: Actor, now: datetime
) -> None:
    row = opened(mediators=[mediator, elder])
    heard(row, by=desk, now=now)
    made = again(row, now, last(row), desk, mediators=[elder])
    assert waiting() == []
    made = again(row, now, made, desk, mediators=[mediator, elder])
    assert [one.minutes for one in waiting()] == [60]
    assert {one.mediator_id for one in made.session.mediators.all()} == {mediator.pk, elder.pk}
    stranger = commands.add_mediator(node=row.community, draft=commands.MediatorDraft(name="李大妈"), by=desk, now=now)
    with pytest.raises(RuleBroken) as refused:
        again(row, now, made, desk, mediators=[stranger])
    assert refused.value.field == "mediators"
    assert broken() == []


def test_what_a_correction_refuses(cast: Cast, opened: Open, own: Actor, desk: Actor, now: datetime) -> None:
    row = heard(opened(), by=desk, now=now)
    step, later = last(row), {"starts_at": now - timedelta(minutes=190)}
    with pytest.raises(RuleBroken) as refused:
        again(row, now, step, desk)
    assert refused.value.code == "nothing_changed"
    # It was over when it was first written down.
    with pytest.raises(RuleBroken) as refused:
        again(row, now + DAY, step, desk, starts_at=now + timedelta(hours=2))
    assert refused.value.field == "day"
    # What the desk wrote down the mediator does not rewrite; nobody else learns of it.
    with pytest.raises(Forbidden):
        again(row, now, step, own, **later)
    for key in ("desk_next_door", "overseer", "member", "administrator"):
        with pytest.raises(OutOfScope):
            again(row, now, step, cast.actor(key), **later)
    with pytest.raises(OutOfScope):
        commands.correct_visit(step=step, holds=True, note="好", slip=Slip.WORDS, by=desk, now=now)
    draft = session_of(row, now, note="", **later)
    for _ in range(2):
        commands.correct_session(step=step, draft=draft, slip=Slip.TIME, by=desk, now=now)
    assert row.steps.count() == 3
    for other in ({"minutes": 30}, {"parties": list(row.parties.all())[:1]}):
        with pytest.raises(Conflict):
            commands.correct_session(step=step, draft=replace(draft, **other), slip=Slip.TIME, by=desk, now=now)
    with pytest.raises(Conflict) as taken:
        again(row, now, step, desk, starts_at=now - timedelta(minutes=200))
    assert taken.value.code == "step_corrected"
    assert broken() == []


def test_an_agreement_signed_on_another_day(opened: Open, own: Actor, desk: Actor, now: datetime) -> None:
    row = agreed(opened(), by=own, now=now)
    step = last(row)
    draft = commands.AgreementDraft("", localdate(now) - 3 * DAY, SignedHow.PAPER, id=new_id())
    for _ in range(2):
        commands.correct_agreement(step=step, draft=draft, slip=Slip.TIME, by=own, now=now + DAY)
    row.refresh_from_db()
    assert (row.state, row.due_on) == (MediationState.AGREED, localdate(now) + 4 * DAY)
    found = last_agreement(row)
    assert found is not None
    assert (found.signed_on, found.step.written.note) == (draft.signed_on, step.written.note)
    # A visit before the correction still counts.
    row = commands.note_visit(mediation=row, holds=True, note="好", by=own, now=now + 4 * DAY)
    words = commands.AgreementDraft("九点后不拉琴", draft.signed_on, SignedHow.PAPER, id=new_id())
    commands.correct_agreement(step=found.step, draft=words, slip=Slip.WORDS, by=own, now=now + 5 * DAY)
    row.refresh_from_db()
    assert row.due_on == localdate(now) + 27 * DAY
    row = commands.note_visit(mediation=row, holds=True, note="好", by=own, now=now + 27 * DAY)
    assert row.state == MediationState.HOLDING
    ended = row.ended_at
    # After the end the words may still be mended; the end stays where it was.
    found = last_agreement(row)
    assert found is not None
    more = replace(words, items="八点后不拉琴", id=new_id())
    commands.correct_agreement(step=found.step, draft=more, slip=Slip.WORDS, by=own, now=now + 28 * DAY)
    row.refresh_from_db()
    assert (row.state, row.ended_at) == (MediationState.HOLDING, ended)
    for day in (localdate(now) + DAY, localdate(now) - 90 * DAY):
        wrong = replace(more, signed_on=day, id=new_id())
        with pytest.raises(RuleBroken) as refused:
            commands.correct_agreement(step=last(row), draft=wrong, slip=Slip.TIME, by=own, now=now + 29 * DAY)
        assert refused.value.field == "signed_on"
    assert broken() == []


def test_a_visit_found_otherwise(opened: Open, own: Actor, desk: Actor, now: datetime) -> None:
    row = agreed(opened(), by=own, now=now)
    row = commands.note_visit(mediation=row, holds=False, note="又吵", by=own, now=now + 7 * DAY)
    assert row.state == MediationState.OPEN
    said = {"holds": True, "note": "听错了", "slip": Slip.FINDING, "by": own, "now": now + 8 * DAY, "id": new_id()}
    for _ in range(2):
        commands.correct_visit(step=row.steps.get(number=4), **said)
    row.refresh_from_db()
    assert (row.state, row.due_on, last(row).kind) == (
        MediationState.AGREED, localdate(now) + 30 * DAY, "visited"
    )  # fmt: skip
    row = commands.note_visit(mediation=row, holds=True, note="好", by=own, now=now + 30 * DAY)
    assert (row.state, row.ended_at) == (MediationState.HOLDING, now + 30 * DAY)
    # The first visit is overtaken: its words may change, its finding no more.
    first = row.steps.get(number=5)
    with pytest.raises(RuleBroken) as refused:
        commands.correct_visit(step=first, holds=False, note="", slip=Slip.FINDING, by=own, now=now + 31 * DAY)
    assert refused.value.field == "holds"
    commands.correct_visit(step=first, holds=True, note="没再吵", slip=Slip.WORDS, by=own, now=now + 31 * DAY)
    row.refresh_from_db()
    assert (row.state, row.ended_at) == (MediationState.HOLDING, now + 30 * DAY)
    # The last one did not hold after all.
    commands.correct_visit(
        step=row.steps.get(number=6), holds=False, note="", slip=Slip.FINDING, by=desk, now=now + 32 * DAY
    )
    row.refresh_from_db()
    assert (row.state, row.ended_at, row.due_on) == (MediationState.OPEN, None, None)
    assert broken() == []


def test_figures_count_once_on_the_first_day(cast: Cast, opened: Open, own: Actor, desk: Actor, now: datetime) -> None:
    row = agreed(opened(), by=own, now=now)
    draft = commands.AgreementDraft("", localdate(now) - DAY, SignedHow.PAPER, id=new_id())
    commands.correct_agreement(step=last(row), draft=draft, slip=Slip.TIME, by=own, now=now + 40 * DAY)
    for days in (7, 30):
        commands.note_visit(mediation=row, holds=True, note="好", by=own, now=now + (40 + days) * DAY)
    commands.correct_visit(step=last(row), holds=False, note="", slip=Slip.FINDING, by=own, now=now + 71 * DAY)

    def figures(since: int, until: int) -> list[tuple[int, int, int]]:
        days = {"since": localdate(now) + since * DAY, "until": localdate(now) + until * DAY}
        counted = count_mediations(desk, paths=[cast.nanyuan.path], by=["cause"], **days)
        return [(one.opened, one.agreed, one.holding) for one in counted]

    assert figures(0, 100) == [(1, 1, 0)]
    assert figures(39, 100) == []


def test_nothing_is_said_again_once_the_words_are_gone(cast: Cast, opened: Open, own: Actor, now: datetime) -> None:
    row = agreed(opened(), by=own, now=now)
    for days in (7, 30):
        commands.note_visit(mediation=row, holds=True, note="好", by=own, now=now + days * DAY)
    later = now + 800 * DAY
    commands.anonymise_mediations(by=cast.actor("administrator"), now=later, is_dry=False)
    with pytest.raises(Conflict):
        commands.correct_visit(step=last(row), holds=True, note="别的", slip=Slip.WORDS, by=own, now=later)
