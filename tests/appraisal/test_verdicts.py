"""Several appraisals at once: an opinion for all, and nobody approved or sent before his turn."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from guangcai.appraisal.commands import approve_appraisals, draft_appraisals, give_opinion, give_opinions
from guangcai.appraisal.enums import Opinion
from guangcai.appraisal.models import Appraisal
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import Forbidden, OutOfScope, RuleBroken
from guangcai.core.models import AuditEvent
from tests.appraisal.scenes import colleague
from tests.cast import Cast

pytestmark = pytest.mark.django_db
VERDICTS = reverse("appraisal:verdicts")


@pytest.fixture
def drafts(cast: Cast, now: datetime) -> list[Appraisal]:
    """Three drafts without an opinion."""
    colleague(cast, 1)
    colleague(cast, 2)
    draft_appraisals(node=cast.nanyuan, year=2026, by=cast.actor("desk"), now=now)
    return list(Appraisal.objects.order_by("pk"))


@pytest.fixture
def secretary(cast: Cast, signed_in: Callable[[Any], Client]) -> Client:
    return signed_in(cast.users["secretary"])


def ticked(rows: list[Appraisal], verb: str, **more: str) -> dict[str, Any]:
    return {"year": "2026", "ids": [str(row.pk) for row in rows], "verb": verb, **more}


def opinions() -> list[str]:
    return list(Appraisal.objects.order_by("pk").values_list("opinion", flat=True))


def test_an_opinion_for_many_is_one_change_whatever_their_number(
    cast: Cast, drafts: list[Appraisal], now: datetime, queries: Any
) -> None:
    by = cast.actor("desk")
    give_opinion(appraisal=drafts[0], opinion=Opinion.TOOK_PART, text="好", by=by, now=now)
    with queries() as sent:
        assert give_opinions(appraisals=drafts, opinion=Opinion.TOOK_PART, by=by, now=now) == 3
    assert opinions() == ["took_part"] * 3
    assert Appraisal.objects.get(pk=drafts[0].pk).opinion_text == "好"
    changes = [query["sql"] for query in sent if "appraisal_appraisal" in query["sql"]]
    assert [sql.split()[0] for sql in changes] == ["SELECT", "UPDATE"]
    assert AuditEvent.objects.filter(tag=Tag.APPRAISAL_CHANGE).count() == 3


def test_an_opinion_for_many_is_all_or_none(cast: Cast, drafts: list[Appraisal], now: datetime) -> None:
    with pytest.raises(Forbidden):
        give_opinions(appraisals=drafts, opinion=Opinion.ACTIVE, by=cast.actor("overseer"), now=now)
    Appraisal.objects.filter(pk=drafts[2].pk).update(path=cast.gongyuan.path)
    with pytest.raises(OutOfScope):
        give_opinions(appraisals=drafts, opinion=Opinion.ACTIVE, by=cast.actor("desk"), now=now)
    assert opinions() == ["", "", ""]


def test_an_approved_one_keeps_its_opinion(cast: Cast, drafts: list[Appraisal], now: datetime) -> None:
    give_opinion(appraisal=drafts[0], opinion=Opinion.ACTIVE, by=cast.actor("desk"), now=now)
    approve_appraisals(appraisals=drafts[:1], by=cast.actor("secretary"), now=now)
    assert give_opinions(appraisals=drafts, opinion=Opinion.TOOK_PART, by=cast.actor("desk"), now=now) == 2
    assert opinions() == ["active", "took_part", "took_part"]


def test_without_an_opinion_nobody_is_asked_to_approve(cast: Cast, drafts: list[Appraisal], secretary: Client) -> None:
    answer = secretary.post(VERDICTS, ticked(drafts, "approve"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "这几位还不能批准" in page
    assert all(row.get_absolute_url() in page for row in drafts)
    assert 'name="confirmed"' not in page


def test_who_is_ready_is_approved_without_the_others(
    cast: Cast, drafts: list[Appraisal], secretary: Client, now: datetime
) -> None:
    ready, missing = drafts[:2], drafts[2]
    give_opinions(appraisals=ready, opinion=Opinion.ACTIVE, by=cast.actor("desk"), now=now)
    answer = secretary.post(VERDICTS, ticked(drafts, "approve", confirmed="1"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert missing.get_absolute_url() in page
    assert f'name="ids" value="{missing.pk}"' not in page
    assert all(f'name="ids" value="{row.pk}"' in page for row in ready)
    assert not Appraisal.objects.filter(approved_at__isnull=False).exists()
    assert secretary.post(VERDICTS, ticked(ready, "approve", confirmed="1")).status_code == 302
    assert set(Appraisal.objects.filter(approved_at__isnull=False)) == set(ready)
    again = secretary.post(VERDICTS, ticked(ready, "approve", confirmed="1"), follow=True)
    assert "没有要办的" in again.content.decode()


@pytest.mark.parametrize(("ticks", "verb", "words"), [(0, "active", "请先勾选"), (1, "dance", "请选择")])
def test_what_makes_no_sense_is_refused_on_the_list(
    drafts: list[Appraisal], secretary: Client, ticks: int, verb: str, words: str
) -> None:
    answer = secretary.post(VERDICTS, ticked(drafts[:ticks], verb))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert drafts[0].get_absolute_url() in page
    assert opinions() == ["", "", ""]


def test_an_objection_of_this_moment_is_refused_on_the_list(
    drafts: list[Appraisal], secretary: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def objected(**_asked: object) -> int:
        raise RuleBroken("林晓岚已提出异议")

    monkeypatch.setattr("guangcai.appraisal.commands.send_appraisals", objected)
    answer = secretary.post(VERDICTS, ticked(drafts, "send", confirmed="1"))
    assert (answer.status_code, "林晓岚已提出异议" in answer.content.decode()) == (422, True)


def test_no_sheet_ticked_is_refused_on_the_list(secretary: Client) -> None:
    answer = secretary.post(reverse("appraisal:approvals"), {"ids": ["x"]})
    assert (answer.status_code, "勾选" in answer.content.decode()) == (422, True)
