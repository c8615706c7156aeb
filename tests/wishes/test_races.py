"""Real threads on the real database: a wish taken twice has one winner, the wisher's word comes once."""

from datetime import datetime
from typing import Any

import pytest
from django.utils.timezone import localdate

from guangcai.commitments.enums import EndReason
from guangcai.core.actor import Actor
from guangcai.core.ids import new_id
from guangcai.wishes import commands
from guangcai.wishes.enums import GiftForm, GiverKind, WishEnd, WishState
from guangcai.wishes.models import Gift, Wish, WishAnswer, WishClaim
from tests.activities.test_races import at_once
from tests.cast import Cast
from tests.wishes.conftest import broken

pytestmark = pytest.mark.django_db(transaction=True)
CLIENTS = 6


def test_a_wish_taken_twice_has_one_winner_and_a_sentence(published: Any, neighbours: Any, now: datetime) -> None:
    people = neighbours(CLIENTS)
    for number in range(3):
        wish = published(title=f"心愿{number}")
        answers = at_once(
            [lambda m=m, a=a, w=wish: commands.claim_wish(wish=w, member=m, by=a, now=now) for m, a in people]
        )
        assert sorted(one if isinstance(one, str) else "won" for one in answers) == ["taken"] * (CLIENTS - 1) + ["won"]
        assert WishClaim.objects.leading().filter(wish=wish).count() == 1
    assert broken() == []


def test_helpers_never_exceed_the_places(published: Any, neighbours: Any, now: datetime) -> None:
    people = neighbours(CLIENTS)
    wish = published(people=3)
    first, by = people[0]
    commands.claim_wish(wish=wish, member=first, by=by, now=now)
    at_once([lambda m=m, a=a: commands.join_claim(wish=wish, member=m, by=a, now=now) for m, a in people[1:]])
    assert WishClaim.objects.live().count() == 3
    assert broken() == []


def test_giving_back_against_ending_against_claiming(
    published: Any, neighbours: Any, desk: Actor, now: datetime
) -> None:
    people = neighbours(3)
    for number in range(4):
        wish = published(title=f"心愿{number}")
        claim = commands.claim_wish(wish=wish, member=people[0][0], by=people[0][1], now=now)
        calls = [
            lambda c=claim: commands.end_claim(claim=c, reason=EndReason.NO_TIME, note="", by=people[0][1], now=now),
            lambda c=claim: commands.confirm_claim(claim=c, by=desk, now=now),
            *(lambda m=m, a=a, w=wish: commands.claim_wish(wish=w, member=m, by=a, now=now) for m, a in people[1:]),
        ]
        if number % 2:
            calls.append(lambda w=wish: commands.end_wish(wish=w, reason=WishEnd.MET, note="有了", by=desk, now=now))
        at_once(calls)
        assert broken() == []


def test_the_wisher_and_the_desk_answer_at_once(cast: Cast, held: Any, desk: Actor, now: datetime) -> None:
    claim = held()
    commands.fulfil_wish(claim=claim, what="送去", done_on=localdate(now), by=cast.actor("member"), now=now)
    asker = claim.wish.asker
    yes, no = commands.Word(came_true=True), commands.Word(came_true=False)
    answers = at_once(
        [
            lambda: commands.answer_with_code(asker=asker, word=no, by=Actor(), now=now),
            lambda: commands.answer_at_desk(wish=claim.wish, word=yes, by=desk, now=now),
            lambda: commands.answer_with_code(asker=asker, word=yes, by=Actor(), now=now),
        ]
    )
    assert sum(isinstance(one, str) for one in answers) == 2
    assert WishAnswer.objects.count() == 1
    said = WishAnswer.objects.get().came_true
    assert Wish.objects.get().state == (WishState.CONFIRMED if said else WishState.CLAIMED)
    assert broken() == []


def test_receipts_are_numbered_without_gaps(cast: Cast, desk: Actor, now: datetime) -> None:
    made = commands.open_campaign(community=cast.nanyuan, title="一元钱", goal="图书角", by=desk, now=now)
    other = commands.open_campaign(community=cast.nanyuan, title="一本书", goal="图书角", by=desk, now=now)
    draft = commands.GiftDraft(GiftForm.MONEY, GiverKind.ANONYMOUS, localdate(now), fen=100)
    calls = [
        lambda c=campaign: commands.receive_gift(campaign=c, draft=draft, by=desk, now=now, id=new_id())
        for campaign in (made, other) * 4
    ]
    at_once(calls)
    assert sorted(Gift.objects.values_list("number", flat=True)) == list(range(1, 9))
    assert broken() == []
