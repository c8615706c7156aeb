"""What was decided, written and delivered stays; what only an invariant can say is found when it is broken."""

from datetime import datetime
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from guangcai.core.actor import Actor
from guangcai.councils import commands
from guangcai.councils.enums import MinutesStage
from guangcai.councils.models import (
    Body,
    Decision,
    Delivery,
    JointPledge,
    Meeting,
    Minutes,
    PledgeOwner,
    PledgeProgress,
    ProposalStep,
)
from guangcai.members.commands import load_lists
from guangcai.orgs.models import WorkUnit
from tests.cast import Cast
from tests.councils.conftest import broken, close
from tests.councils.test_agreements import draw_up
from tests.ledger.scenes import recorded

pytestmark = pytest.mark.django_db


@pytest.fixture
def written(cast: Cast, meeting: Meeting, pledge: JointPledge, desk: Actor, liaison: Actor, now: datetime) -> None:
    """One row of everything that is only ever added to."""
    close(meeting, desk, now)
    commands.write_minutes(meeting=meeting, stage=MinutesStage.DRAFT, text="记录", by=desk, now=now)
    commands.note_progress(pledge=pledge, note="买好了", by=liaison, now=now)
    agreement = draw_up(cast, desk, now)
    commands.sign_agreement(agreement=agreement, signature=commands.Signature("何静"), by=liaison, now=now)
    item = agreement.items.first()  # type: ignore[attr-defined]
    commands.note_delivery(item=item, delivered_on=now.date(), quantity=1, by=desk, now=now)


@pytest.mark.parametrize(
    "kept", [ProposalStep, PledgeOwner, PledgeProgress, Decision, Minutes, Delivery], ids=lambda model: model.__name__
)
def test_it_is_neither_changed_nor_deleted(written: None, kept: Any) -> None:
    assert kept.objects.exists()
    with pytest.raises(DatabaseError), transaction.atomic():
        kept.objects.update(district_code="000000")
    with pytest.raises(DatabaseError), transaction.atomic():
        kept.objects.all().delete()


def test_an_entry_that_names_a_meeting_is_found(cast: Cast, meeting: Meeting, now: datetime) -> None:
    load_lists(by=Actor.system(), now=now)
    assert broken() == []
    recorded(cast, source=f"meeting:{meeting.pk}")
    assert len(broken()) == 1


def test_a_seat_that_outlives_its_unit_or_its_body_is_found(body: Body, cast: Cast, now: datetime) -> None:
    WorkUnit.objects.filter(pk=cast.school.pk).update(ended_on=now.date())
    assert len(broken()) == 1
    Body.objects.filter(pk=body.pk).update(ended_on=now.date(), ended_at=now, end_reason="撤销")
    assert len(broken()) == 1 + 3
