"""`guangcai seed`: the same district for the same number, in which nothing is broken."""

import json
import random
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction

from guangcai.cli.commands.seed import Plan, Seeded, seed
from guangcai.core import invariants
from guangcai.core.errors import Conflict
from guangcai.members.models import Member
from tests.cast import Cast

DIGEST = """
SELECT md5(string_agg(
    e.id || e.member_id::text || e.minutes || e.starts_at || m.name || m.phone_index, '' ORDER BY e.id))
FROM ledger_serviceentry AS e JOIN members_member AS m ON m.id = e.member_id
"""


def no_advance(steps: int = 1, *, of: int | None = None) -> None:
    """Nobody watches."""


def seeded(number: int) -> tuple[Seeded, str]:
    """A small district and the digest of its ledger; undone afterwards."""
    plan = Plan(members=60, since=date(2024, 11, 21), until=date(2026, 11, 20), dice=random.Random(number))
    with transaction.atomic():
        done = seed(plan, no_advance)
        with connection.cursor() as cursor:
            cursor.execute(DIGEST)
            digest = cursor.fetchone()[0]
        transaction.set_rollback(True)
    return done, digest


def test_the_same_number_makes_the_same_district(db: None) -> None:
    first, again, other = seeded(7), seeded(7), seeded(8)
    assert first == again
    assert first[1] != other[1]
    assert json.loads(json.dumps(first[0].__dict__))["members"] == 60


def test_nothing_is_broken(db: None) -> None:
    plan = Plan(members=60, since=date(2025, 11, 21), until=date(2026, 11, 20), dice=random.Random(1))
    done = seed(plan, no_advance)
    assert (done.members, done.communities, done.entries) == (60, 1, 600)
    assert [broken for code in invariants.codes() for broken in invariants.broken_by(code)] == []
    assert Member.objects.order_by("pk")[0].phone.startswith("+86139")


def test_a_district_is_never_seeded_over(cast: Cast) -> None:
    plan: Any = Plan(members=1, since=date(2025, 11, 21), until=date(2026, 11, 20), dice=random.Random(1))
    with pytest.raises(Conflict):
        seed(plan, no_advance)
    assert Member.objects.count() == 2
