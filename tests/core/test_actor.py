"""An actor holds what his grants in force give him: no more, and not a day longer."""

from datetime import datetime, timedelta

import pytest

from guangcai.core.actor import Actor
from guangcai.core.errors import Forbidden, OutOfScope
from guangcai.core.permissions import Permission
from guangcai.orgs.models import Grant
from guangcai.orgs.queries import actor_of
from tests.cast import Cast


def test_desk_acts_in_its_own_community_only(cast: Cast) -> None:
    desk = cast.actor("desk")
    assert desk.can(Permission.ROSTER_EDIT, cast.nanyuan.path)
    assert desk.can(Permission.ROSTER_EDIT, cast.building.path)
    assert not desk.can(Permission.ROSTER_EDIT, cast.gongyuan.path)
    assert not desk.can(Permission.ROSTER_EDIT, cast.street.path)


def test_seen_but_not_allowed_is_forbidden_and_unseen_is_not_there(cast: Cast) -> None:
    overseer = cast.actor("overseer")
    with pytest.raises(Forbidden):
        overseer.require(Permission.ROSTER_EDIT, cast.nanyuan.path)
    with pytest.raises(OutOfScope):
        overseer.require(Permission.ROSTER_EDIT, cast.other_community.path)


def test_liaison_acts_for_the_own_unit_only(cast: Cast) -> None:
    liaison = cast.actor("liaison")
    assert liaison.can_for_unit(Permission.FEEDBACK_ANSWER, cast.school.pk)
    assert not liaison.can_for_unit(Permission.FEEDBACK_ANSWER, cast.police_branch.pk)
    assert liaison.paths_with(Permission.FEEDBACK_VIEW) == ()


def test_ended_grant_is_gone_the_same_day(cast: Cast, now: datetime) -> None:
    Grant.objects.filter(user=cast.desk).update(until=now.date(), ended_at=now)
    assert cast.actor("desk").holdings == ()


def test_grant_does_not_begin_before_its_day(cast: Cast, now: datetime) -> None:
    Grant.objects.filter(user=cast.desk).update(since=now.date() + timedelta(days=1))
    assert cast.actor("desk").holdings == ()


def test_nobody_holds_nothing() -> None:
    assert Actor().roles == frozenset()
    assert not Actor().holds(Permission.TREE_VIEW)
    with pytest.raises(OutOfScope):
        Actor().require(Permission.TREE_VIEW, "/1/")


def test_actor_is_made_with_one_query(cast: Cast, django_assert_num_queries: object, now: datetime) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        actor_of(user_id=cast.secretary.pk, member_id=None, on=now.date())
