"""A quarrel from the first word to the last visit: what each step writes, asks and refuses."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.utils.timezone import localdate

from guangcai.accounts.models import User
from guangcai.core.actor import Actor
from guangcai.core.enums import SignedHow
from guangcai.core.errors import Conflict, Forbidden, OutOfScope, RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.models import AuditEvent, Outbox
from guangcai.ledger.models import ServiceEntry
from guangcai.mediation import commands
from guangcai.mediation.enums import MediationState, PartySide, StepKind
from guangcai.mediation.models import (
    Agreement,
    Assignment,
    CauseKind,
    Mediation,
    MediationOpening,
    Mediator,
    Party,
    StepNote,
)
from guangcai.members import timeline
from tests.cast import Cast
from tests.mediation.conftest import MARK, PHONES, Open, agreed, broken, heard, session_of

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def kinds(row: Mediation) -> list[str]:
    return list(row.steps.values_list("kind", flat=True))


def test_from_the_first_word_to_the_last_visit(opened: Open, own: Actor, desk: Actor, now: datetime) -> None:
    row = opened()
    assert (row.state, row.number[:3], row.due_on) == (MediationState.OPEN, f"{localdate(now):%y}-", None)
    row = agreed(row, by=own, now=now)
    assert (row.state, row.due_on) == (MediationState.AGREED, localdate(now) + 7 * DAY)
    row = commands.note_visit(mediation=row, holds=True, note="没再吵", by=own, now=now + 7 * DAY)
    assert (row.state, row.due_on) == (MediationState.AGREED, localdate(now) + 30 * DAY)
    row = commands.note_visit(mediation=row, holds=True, note="相处好", by=desk, now=now + 30 * DAY)
    row.refresh_from_db()
    assert (row.state, row.due_on, row.ended_at) == (MediationState.HOLDING, None, now + 30 * DAY)
    assert kinds(row) == ["opened", "heard", "agreed", "visited", "holds"]
    assert broken() == []


@pytest.mark.parametrize("unseen", ["\u200b\u200d", "\u3164", "\u2800 \u2800"], ids=ascii)
def test_words_nobody_sees_are_not_written_down(opened: Open, own: Actor, now: datetime, unseen: str) -> None:
    """They were taken for a note, and nothing was kept of it."""
    row = opened()
    for act in (
        lambda: heard(row, by=own, now=now, note=unseen),
        lambda: commands.end_without(mediation=row, other_way="", note=unseen, by=own, now=now),
        lambda: opened(note=unseen),
    ):
        with pytest.raises(RuleBroken) as refused:
            act()
        assert (refused.value.field, refused.value.code) == ("note", "note_missing")
    row = agreed(row, by=own, now=now)
    with pytest.raises(RuleBroken) as refused:
        commands.note_visit(mediation=row, holds=True, note=unseen, by=own, now=now + 7 * DAY)
    assert refused.value.code == "note_missing"
    assert broken() == []


def test_what_does_not_hold_is_the_same_matter(opened: Open, own: Actor, desk: Actor, now: datetime) -> None:
    row = agreed(opened(), by=own, now=now)
    number = row.number
    row = commands.note_visit(mediation=row, holds=False, note="又拉琴", by=own, now=now + 7 * DAY)
    assert (row.state, row.number, row.due_on) == (MediationState.OPEN, number, None)
    # A second agreement is visited twice again.
    row = agreed(row, by=own, now=now + 8 * DAY)
    assert row.due_on == localdate(now) + 15 * DAY
    row = commands.note_visit(mediation=row, holds=True, note="好", by=own, now=now + 15 * DAY)
    assert row.state == MediationState.AGREED
    row = commands.note_visit(mediation=row, holds=True, note="好", by=own, now=now + 38 * DAY)
    # Months later the desk hears otherwise.
    row = commands.reopen(mediation=row, note="又吵了", by=desk, now=now + 90 * DAY)
    assert (row.state, row.ended_at) == (MediationState.OPEN, None)
    assert kinds(row)[-2:] == ["holds", "broken"]
    assert Agreement.objects.filter(step__mediation=row).count() == 2
    assert broken() == []


def test_not_agreed_shows_another_way(opened: Open, own: Actor, desk: Actor, now: datetime) -> None:
    row = heard(opened(), by=own, now=now)
    with pytest.raises(RuleBroken) as refused:
        commands.end_without(mediation=row, other_way="nowhere", note="谈不拢", by=own, now=now)
    assert refused.value.field == "other_way"
    row = commands.end_without(mediation=row, other_way="court", note="谈不拢", by=own, now=now)
    assert (row.state, row.ended_at) == (MediationState.NOT_AGREED, now)
    with pytest.raises(Forbidden):
        commands.reopen(mediation=row, note="再试", by=own, now=now)
    assert commands.reopen(mediation=row, note="再试", by=desk, now=now).state == MediationState.OPEN
    row = commands.end_without(mediation=row, other_way="", note="自己和好", by=desk, now=now)
    assert row.state == MediationState.WITHDRAWN
    assert broken() == []


def test_time_of_a_member_is_an_entry_that_says_only_mediation(
    opened: Open, mediator: Mediator, elder: Mediator, own: Actor, desk: Actor, now: datetime
) -> None:
    row = opened(mediators=[mediator, elder])
    heard(row, by=own, now=now)
    entry = ServiceEntry.objects.get()
    assert (entry.member_id, entry.minutes, entry.deeds, entry.origin) == (mediator.member_id, 60, 0, "mediation")
    assert {entry.activity_name, entry.content} == {"调解"}
    assert (entry.kind.code, entry.place) == ("mediation", row.community.name)
    told = " ".join(str(getattr(entry, field.name)) for field in entry._meta.concrete_fields)
    assert not any(word in told for word in (MARK, row.number, str(row.pk)))
    # Once recorded, the same session sent again is one entry.
    draft = session_of(row, now + DAY)
    for _ in range(2):
        commands.record_session(mediation=row, draft=draft, by=desk, now=now + DAY)
    assert ServiceEntry.objects.count() == 2
    with pytest.raises(Conflict):
        commands.record_session(mediation=row, draft=replace(draft, minutes=30), by=desk, now=now + DAY)
    assert broken() == []


def test_sealed_to_the_mediator_and_the_desk(
    cast: Cast, opened: Open, mediator: Mediator, own: Actor, now: datetime
) -> None:
    row = opened()
    sees = {key for key in cast.users if Mediation.objects.visible_to(cast.actor(key)).exists()}
    assert sees == {"desk", "desk_colleague", "secretary", "peacemaker"}
    for key in set(cast.users) - sees:
        with pytest.raises(OutOfScope):
            heard(row, by=cast.actor(key), now=now)
        with pytest.raises(OutOfScope):
            commands.open_subject(
                mediation=row, subject=row.parties.all()[0].pk, reason="想看一看", by=cast.actor(key), now=now
            )
    assert not MediationOpening.objects.exists()


def test_who_mediates_no_longer_sees_nothing(
    cast: Cast, opened: Open, mediator: Mediator, elder: Mediator, own: Actor, desk: Actor, now: datetime
) -> None:
    row = opened()
    assert Mediation.objects.visible_to(own).mediated_by(own).get() == row
    commands.set_mediators(mediation=row, mediators=[elder], by=desk, now=now)
    commands.set_mediators(mediation=row, mediators=[elder], by=desk, now=now)
    assert not Mediation.objects.visible_to(own).exists()
    assert Assignment.objects.filter(mediation=row).count() == 2
    commands.set_mediators(mediation=row, mediators=[mediator], by=desk, now=now)
    assert Mediation.objects.visible_to(own).exists()
    commands.end_mediator(mediator=mediator, by=desk, now=now)
    commands.end_mediator(mediator=mediator, by=desk, now=now)
    assert not Mediation.objects.visible_to(own).exists()
    with pytest.raises(OutOfScope):
        heard(row, by=own, now=now)


def test_a_party_never_mediates_and_never_sees(
    cast: Cast, opened: Open, mediator: Mediator, own: Actor, desk: Actor, now: datetime
) -> None:
    parties = [
        commands.PartyDraft(PartySide.FIRST, "孙和", "139 1111 4488", field="first_name"),
        commands.PartyDraft(PartySide.SECOND, f"{MARK}乙", field="second_name"),
    ]
    with pytest.raises(RuleBroken) as refused:
        opened(parties=parties)
    assert (refused.value.field, refused.value.code) == ("mediators", "mediator_is_party")
    row = opened()
    with pytest.raises(RuleBroken) as refused:
        commands.add_party(mediation=row, draft=replace(parties[0], field="name"), by=desk, now=now)
    assert refused.value.code == "mediator_is_party"
    # A worker of the desk who quarrels himself sees nothing of it.
    User.objects.filter(pk=cast.users["member"].pk).update(member_id=None)
    User.objects.filter(pk=cast.users["desk_colleague"].pk).update(member_id=cast.teacher_member.pk)
    cast.users["desk_colleague"].refresh_from_db()
    colleague = cast.actor("desk_colleague")
    assert Mediation.objects.visible_to(colleague).exists()
    commands.add_party(
        mediation=row, draft=commands.PartyDraft(PartySide.FIRST, "林晓岚", "13900000101"), by=desk, now=now
    )
    assert Party.objects.get(member=cast.teacher_member).mediation == row
    assert not Mediation.objects.visible_to(colleague).exists()
    assert not Mediation.objects.visible_to(cast.actor("member")).exists()
    with pytest.raises(RuleBroken):
        commands.add_party(
            mediation=row, draft=commands.PartyDraft(PartySide.SECOND, "林晓岚", "13900000101"), by=desk, now=now
        )
    # Nothing of it reaches his own record, not even for the desk.
    told = [(item.title, item.text) for item in timeline.items(cast.teacher_member, desk)]
    assert not any("调解" in title + text for title, text in told)
    assert broken() == []


def test_words_are_opened_one_by_one_with_a_reason(opened: Open, own: Actor, desk: Actor, now: datetime) -> None:
    row = opened()
    party, words = row.parties.all()[0], StepNote.objects.get(step__mediation=row)
    for reason in ("", "看看"):
        with pytest.raises(RuleBroken) as refused:
            commands.open_subject(mediation=row, subject=party.pk, reason=reason, by=own, now=now)
        assert refused.value.field == "reason"
    first = commands.open_subject(mediation=row, subject=party.pk, reason="约时间见面", by=own, now=now)
    again = commands.open_subject(mediation=row, subject=party.pk, reason="约时间见面", by=own, now=now + DAY / 200)
    assert first == again
    commands.open_subject(mediation=row, subject=words.pk, reason="了解起因", by=desk, now=now)
    told = AuditEvent.objects.filter(tag="mediation:matter:read").order_by("pk")
    assert [event.details["what"] for event in told] == ["party", "words"]
    assert not any(MARK in str(event.details) for event in AuditEvent.objects.all())
    with pytest.raises(OutOfScope):
        commands.open_subject(mediation=row, subject=new_id(), reason="了解起因", by=desk, now=now)
    assert commands.forget_openings(now=now + 2 * DAY) == 2


def test_the_same_again_is_harmless_and_other_content_is_told(opened: Open, desk: Actor, now: datetime) -> None:
    key = new_id()
    row = opened(id=key)
    assert opened(id=key) == row
    with pytest.raises(Conflict):
        opened(id=key, cause=CauseKind.objects.get(code="leak"))
    with pytest.raises(Conflict):
        opened(
            id=key, parties=[commands.PartyDraft(PartySide.FIRST, "甲"), commands.PartyDraft(PartySide.SECOND, "乙")]
        )
    assert Mediation.objects.count() == 1
    item = new_id()
    row = agreed(row, by=desk, now=now, id=item, signed_how=SignedHow.SCREEN)
    draft = commands.AgreementDraft(f"{MARK}十点后不拉琴\n每周通气一次", localdate(now), SignedHow.SCREEN, id=item)
    commands.note_agreement(mediation=row, draft=draft, by=desk, now=now)
    for other in (replace(draft, items="别的"), replace(draft, signed_how=SignedHow.PAPER)):
        with pytest.raises(Conflict):
            commands.note_agreement(mediation=row, draft=other, by=desk, now=now)
    assert row.steps.filter(kind=StepKind.AGREED).count() == 1


def test_one_request_becomes_one_mediation(opened: Open) -> None:
    case = new_id()
    row = opened(from_kind="case", from_id=case)
    assert row.from_id == case
    with pytest.raises(Conflict):
        opened(from_kind="case", from_id=case)


def test_what_is_refused(opened: Open, mediator: Mediator, elder: Mediator, own: Actor, now: datetime) -> None:
    row = opened()
    for wrong, field in (
        ({"minutes": 4}, "minutes"),
        ({"note": " "}, "note"),
        ({"mediators": []}, "mediators"),
        ({"mediators": [elder]}, "mediators"),
        ({"parties": []}, "parties"),
        ({"parties": list(opened().parties.all())}, "parties"),
        ({"starts_at": now}, "day"),
        ({"starts_at": now - 61 * DAY}, "day"),
    ):
        with pytest.raises(RuleBroken) as refused:
            heard(row, by=own, now=now, **wrong)
        assert refused.value.field == field
    heard(row, by=own, now=now)
    for items in ("", "\n".join(str(n) for n in range(13)), "长" * 201):
        draft = commands.AgreementDraft(items, localdate(now))
        with pytest.raises(RuleBroken) as refused:
            commands.note_agreement(mediation=row, draft=draft, by=own, now=now)
        assert refused.value.field == "items"
    for day in (localdate(now) + DAY, localdate(now) - 61 * DAY):
        with pytest.raises(RuleBroken) as refused:
            commands.note_agreement(mediation=row, draft=commands.AgreementDraft("好", day), by=own, now=now)
        assert refused.value.field == "signed_on"


def test_who_may_open(cast: Cast, opened: Open, elder: Mediator, own: Actor) -> None:
    with pytest.raises(Forbidden):
        opened(by=own)
    with pytest.raises((Forbidden, OutOfScope)):
        opened(by=cast.actor("desk_next_door"))
    with pytest.raises((Forbidden, OutOfScope)):
        opened(by=cast.actor("overseer"))
    for mediators in ([], [elder, elder, elder]):
        with pytest.raises(RuleBroken) as refused:
            opened(mediators=mediators)
        assert refused.value.field == "mediators"
    with pytest.raises(RuleBroken):
        opened(parties=[commands.PartyDraft(PartySide.FIRST, "甲")])


def test_the_mediator_hears_of_it_without_a_word_of_whom(cast: Cast, opened: Open, mediator: Mediator) -> None:
    opened()
    message = Outbox.objects.get(template="mediation_asked")
    assert message.recipient == cast.users["peacemaker"].pk
    assert MARK not in str(message.parameters)


def test_parties_and_words_go_two_years_after_the_end(cast: Cast, opened: Open, own: Actor, now: datetime) -> None:
    row = agreed(opened(), by=own, now=now)
    open_one = opened()
    for days in (7, 30):
        commands.note_visit(mediation=row, holds=True, note=f"{MARK}好", by=own, now=now + days * DAY)
    by = cast.actor("administrator")
    assert commands.anonymise_mediations(by=by, now=now + 700 * DAY, is_dry=False) == 0
    assert commands.anonymise_mediations(by=by, now=now + 800 * DAY) == 1
    assert row.parties.get(side="first").name == f"{MARK}甲"
    assert commands.anonymise_mediations(by=by, now=now + 800 * DAY, is_dry=False) == 1
    assert commands.anonymise_mediations(by=by, now=now + 800 * DAY, is_dry=False) == 0
    assert {(one.name, one.phone, one.member_id) for one in row.parties.all()} == {("", "", None)}
    assert not StepNote.objects.filter(step__mediation=row).exists()
    assert kinds(row) == ["opened", "heard", "agreed", "visited", "holds"]
    assert open_one.parties.get(side="second").phone == f"+86{PHONES[1]}"
    assert broken() == []
    with pytest.raises((Forbidden, OutOfScope)):
        commands.anonymise_mediations(by=own, now=now)
