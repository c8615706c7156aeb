"""Quarrels of 南园, made through the commands; who quarrels carries a mark that must never be seen elsewhere."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from guangcai.core.actor import Actor
from guangcai.core.ids import new_id
from guangcai.mediation import checks, commands
from guangcai.mediation.enums import PartySide
from guangcai.mediation.models import CauseKind, Mediation, Mediator
from guangcai.orgs.roles import Role
from tests.cast import Cast, grant, make_member, make_user

MARK = "金丝雀邻居"
PHONES = ("13911114401", "13911114402")
Open = Callable[..., Mediation]


def broken() -> list[str]:
    found = [checks.state_is_that_of_the_last_step, checks.clocks_run_forward, checks.nobody_mediates_his_own]
    found += [checks.matters_have_two_sides, checks.entries_belong_to_a_session, checks.steps_have_their_detail]
    found.append(checks.corrections_say_the_same_step_again)
    return [line for check in found for line in check()]


@pytest.fixture
def desk(cast: Cast) -> Actor:
    return cast.actor("desk")


@pytest.fixture
def elder(cast: Cast, desk: Actor, now: datetime) -> Mediator:
    """An elder who is no member."""
    words = commands.MediatorDraft(name="周大爷", phone="13911114499")
    return commands.add_mediator(node=cast.nanyuan, draft=words, by=desk, now=now)


@pytest.fixture
def mediator(cast: Cast, desk: Actor, now: datetime) -> Mediator:
    """A member of 南园 with a sign-in: `cast.actor("peacemaker")`."""
    from guangcai.members.commands import load_lists

    load_lists(by=Actor.system(), now=now)
    commands.load_causes(by=Actor.system(), now=now)
    row = make_member(cast, "peacemaker_member", "孙和", "13911114488", community=cast.nanyuan, unit=cast.school)
    grant(make_user(cast, "peacemaker", "孙和", "13911114488", member=row), Role.MEMBER, node=cast.nanyuan)
    words = commands.MediatorDraft(member=row)
    return commands.add_mediator(node=cast.nanyuan, draft=words, by=desk, now=now)


@pytest.fixture
def own(cast: Cast, mediator: Mediator) -> Actor:
    """The mediator, signed in."""
    return cast.actor("peacemaker")


@pytest.fixture
def opened(cast: Cast, desk: Actor, mediator: Mediator, now: datetime) -> Open:
    def make(*, at: datetime = now, by: Actor | None = None, **other: Any) -> Mediation:
        words: dict[str, Any] = {
            "community": cast.nanyuan,
            "cause": CauseKind.objects.get(code="noise"),
            "parties": [
                commands.PartyDraft(PartySide.FIRST, f"{MARK}甲", PHONES[0], field="first_name"),
                commands.PartyDraft(PartySide.SECOND, f"{MARK}乙", PHONES[1], field="second_name"),
            ],
            "mediators": [mediator],
            "note": f"{MARK}起因",
        }
        return commands.open_matter(draft=commands.MatterDraft(**(words | other)), by=by or desk, now=at)

    return make


def session_of(matter: Mediation, now: datetime, **other: Any) -> commands.SessionDraft:
    """An hour that ended ten minutes ago, with everybody there."""
    words: dict[str, Any] = {
        "starts_at": now - timedelta(minutes=70),
        "minutes": 60,
        "note": f"{MARK}说了",
        "place": f"{MARK}地点",
        "mediators": [one.mediator for one in matter.assignments.live().select_related("mediator__member")],
        "parties": list(matter.parties.all()),
        "id": new_id(),
    }
    return commands.SessionDraft(**(words | other))


def heard(matter: Mediation, *, by: Actor, now: datetime, **other: Any) -> Mediation:
    return commands.record_session(mediation=matter, draft=session_of(matter, now, **other), by=by, now=now)


def agreed(matter: Mediation, *, by: Actor, now: datetime, **other: Any) -> Mediation:
    """Heard and agreed on the day of `now`."""
    from django.utils.timezone import localdate

    heard(matter, by=by, now=now)
    words: dict[str, Any] = {"items": f"{MARK}十点后不拉琴\n每周通气一次", "signed_on": localdate(now), "id": new_id()}
    draft = commands.AgreementDraft(**(words | other))
    return commands.note_agreement(mediation=matter, draft=draft, by=by, now=now)
