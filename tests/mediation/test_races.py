"""Real threads on the real database: one agreement, one end, one correction, one matter of one id."""

from datetime import datetime

import pytest
from django.utils.timezone import localdate

from guangcai.core.actor import Actor
from guangcai.core.ids import new_id
from guangcai.ledger.models import EntryDecline, ServiceEntry
from guangcai.mediation import commands
from guangcai.mediation.enums import Slip
from guangcai.mediation.models import Agreement, Mediation
from tests.activities.test_races import at_once
from tests.mediation.conftest import Open, broken, heard, session_of

pytestmark = pytest.mark.django_db(transaction=True)
CLIENTS = 5


def test_signed_twice(opened: Open, own: Actor, desk: Actor, now: datetime) -> None:
    row = heard(opened(), by=own, now=now)
    draft = commands.AgreementDraft("十点后不拉琴", localdate(now))
    told = at_once(
        [lambda by=by: commands.note_agreement(mediation=row, draft=draft, by=by, now=now) for by in [own, desk] * 3]
    )
    assert told.count("step_not_now") == 5
    assert Agreement.objects.count() == 1
    assert broken() == []


def test_agreed_against_ended(opened: Open, own: Actor, desk: Actor, now: datetime) -> None:
    draft = commands.AgreementDraft("十点后不拉琴", localdate(now))
    for _round in range(3):
        row = heard(opened(), by=desk, now=now)
        told = at_once(
            [
                lambda row=row: commands.note_agreement(mediation=row, draft=draft, by=own, now=now),
                lambda row=row: commands.end_without(mediation=row, other_way="court", note="谈不拢", by=desk, now=now),
                lambda row=row: commands.end_without(mediation=row, other_way="", note="不谈了", by=desk, now=now),
            ]
        )
        assert told.count("step_not_now") == 2
        assert row.steps.count() == 3
    assert broken() == []


def test_sent_at_once_is_one_matter(opened: Open) -> None:
    key = new_id()
    told = at_once([lambda: opened(id=key).pk for _ in range(CLIENTS)])
    assert set(told) == {key}
    assert Mediation.objects.count() == 1
    assert broken() == []


def test_corrected_twice_at_once(opened: Open, own: Actor, desk: Actor, now: datetime) -> None:
    row = heard(opened(), by=desk, now=now)
    step = row.steps.get(number=2)
    drafts = [session_of(row, now, note="", place="", minutes=minutes) for minutes in (20, 25, 30, 35, 40)]
    told = at_once(
        [
            lambda draft=draft: commands.correct_session(step=step, draft=draft, slip=Slip.TIME, by=desk, now=now)
            for draft in drafts
        ]
    )
    assert told.count("step_corrected") == 4
    assert row.steps.filter(corrects=step).count() == 1
    assert ServiceEntry.objects.exclude(pk__in=EntryDecline.objects.values("entry")).count() == 1
    assert broken() == []
