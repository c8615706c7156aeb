"""Real threads on the real database: one round a subject, one invitation a member, one sending."""

from typing import Any

import pytest
from django.db import connection

from guangcai.care.enums import RiskTier
from guangcai.care.models import Pairing
from guangcai.core.models import Outbox
from guangcai.invitations import checks, commands
from guangcai.invitations.commands import rounds
from guangcai.invitations.enums import Decision, Subject
from guangcai.invitations.models import Invitation, Round
from guangcai.matching.plan import propose
from tests.activities.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
CLIENTS = 6


def broken() -> list[str]:
    found = [checks.a_settled_round_has_no_open_pairs, checks.as_many_were_sent_as_were_accepted]
    return [line for check in [*found, checks.proposals_lie_where_their_round_does] for line in check()]


def test_two_desks_begin_one_round(cast: Any, make_household: Any, neighbours: Any, now: Any) -> None:
    make_household("甲")
    neighbours(2)
    desks = [cast.actor("desk"), cast.actor("secretary")] * 3
    made = at_once(
        [
            lambda by=by: commands.propose_round(community=cast.nanyuan, subject=Subject.HOUSEHOLDS, by=by, now=now)
            for by in desks
        ]
    )
    assert {one if isinstance(one, str) else "round" for one in made} <= {"round", "taken"}
    assert Round.objects.count() == 1


def test_a_round_is_sent_once(cast: Any, make_household: Any, neighbours: Any, desk: Any, now: Any) -> None:
    for label in "甲乙丙":
        make_household(label, tier=RiskTier.HIGH)
    neighbours(3)
    round_ = commands.propose_round(community=cast.nanyuan, subject=Subject.HOUSEHOLDS, by=desk, now=now)
    keys = list(round_.proposals.pairs().values_list("pk", flat=True))
    commands.decide(round_=round_, proposals=keys, decision=Decision.ACCEPTED, by=desk, now=now)
    sends = [lambda: commands.send(round_=round_, by=desk, now=now) for _ in range(CLIENTS - 1)]
    at_once([*sends, lambda: commands.drop(round_=round_, by=desk, now=now)])
    sent = Round.objects.get().sent
    assert Pairing.objects.count() == (sent or 0)
    assert Outbox.objects.filter(template__startswith="care").count() <= (sent or 0)
    assert broken() == []


def test_a_member_is_asked_once(make_post: Any, neighbours: Any, desk: Any, now: Any) -> None:
    ((member, _actor),), post = neighbours(1), make_post()
    at_once([lambda: commands.invite(asks=[commands.Ask(member, post=post)], by=desk, now=now) for _ in range(CLIENTS)])
    assert (Invitation.objects.count(), Outbox.objects.filter(template="invitation_sent").count()) == (1, 1)


def test_no_transaction_stands_open_while_it_solves(
    cast: Any, make_household: Any, neighbours: Any, desk: Any, now: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A district takes minutes; PostgreSQL ends a transaction that is idle for one."""
    make_household("甲")
    neighbours(2)
    seen: list[bool] = []

    def watched(*given: Any, **named: Any) -> Any:
        seen.append(connection.in_atomic_block)
        return propose(*given, **named)

    monkeypatch.setattr(rounds, "propose", watched)
    commands.propose_round(community=cast.nanyuan, subject=Subject.HOUSEHOLDS, by=desk, now=now)
    assert seen == [False]
