"""Certificates: what they hold, their numbers, who may ask about them."""

from datetime import date, timedelta

import pytest

from guangcai.core.errors import Conflict, Forbidden, OutOfScope, RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.models import AuditEvent
from guangcai.ledger.commands import issue_certificate, reverse
from guangcai.ledger.models import Certificate, CertificateLine
from guangcai.ledger.queries.certificates import verification
from tests.ledger.scenes import SATURDAY, confirmed, recorded


def issue(cast, *, by="desk", **changes):
    values = {
        "id": new_id(),
        "member": cast.teacher_member,
        "community": cast.nanyuan,
        "since": date(2026, 1, 1),
        "until": date(2026, 11, 20),
    }
    return issue_certificate(**{**values, **changes}, by=cast.actor(by), now=cast.now)


def test_a_certificate_holds_what_stands(cast):
    """Confirmed and unreversed entries of this community in the period, and nothing else."""
    entry = confirmed(cast)
    recorded(cast, starts_at=SATURDAY + timedelta(hours=3))
    undone = confirmed(cast, starts_at=SATURDAY + timedelta(hours=6))
    reverse(entry=undone, reason="录错了", by=cast.actor("secretary"), now=cast.now)
    certificate = issue(cast)
    assert list(CertificateLine.objects.values_list("entry_id", "minutes")) == [(entry.pk, 120)]
    assert (certificate.number, certificate.minutes, certificate.recording_unit) == (
        "210802001002-2026-00001", 120, "南园社区",
    )  # fmt: skip
    assert AuditEvent.objects.filter(tag="ledger:certificate:issue").count() == 1


def test_numbers_rise_and_the_same_form_is_one_certificate(cast):
    confirmed(cast)
    key = new_id()
    first = issue(cast, id=key)
    assert issue(cast, id=key) == first
    with pytest.raises(Conflict):
        issue(cast, id=key, since=date(2026, 2, 1))
    assert issue(cast).number == "210802001002-2026-00002"
    assert Certificate.objects.count() == 2


def test_periods_that_cannot_be_certified(cast):
    confirmed(cast)
    for since, until, code in [
        (date(2026, 11, 20), date(2026, 11, 1), "ends_before_start"),
        (date(2026, 11, 1), date(2026, 11, 21), "in_future"),
        (date(2026, 10, 1), date(2026, 10, 31), "nothing_served"),
    ]:
        with pytest.raises(RuleBroken) as broken:
            issue(cast, since=since, until=until)
        assert broken.value.code == code


def test_who_may_issue(cast):
    confirmed(cast)
    for who, error in [("overseer", Forbidden), ("member", Forbidden), ("desk_next_door", OutOfScope)]:
        with pytest.raises(error):
            issue(cast, by=who)


def test_verification_by_number_and_initial(cast):
    entry = confirmed(cast)
    certificate = issue(cast)
    for initial in ("林", "l", "L ", " 林 "):
        found = verification(number=certificate.number, initial=initial)
        assert found is not None
        assert (found.holder, found.minutes, found.standing_minutes, [line.is_reversed for line in found.lines]) == (
            "林**", 120, 120, [False],
        )  # fmt: skip
    for number, initial in [
        (certificate.number, "赵"),
        (certificate.number, ""),
        ("210802001002-2026-99999", "林"),
        ("", ""),
    ]:
        assert verification(number=number, initial=initial) is None
    reverse(entry=entry, reason="不实", by=cast.actor("secretary"), now=cast.now)
    found = verification(number=certificate.number, initial="林")
    assert (found.minutes, found.standing_minutes, [line.is_reversed for line in found.lines]) == (120, 0, [True])
