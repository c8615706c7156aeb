"""Signs that nobody sees are no words at a desk's form: refused beside the field with the sentence of an empty one."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from guangcai.core.ids import new_id
from guangcai.councils.models import Body, Proposal
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock(now: datetime) -> Iterator[None]:
    with time_machine.travel(now, tick=False):
        yield


def sent(browser: Client, page: str, **typed: Any) -> tuple[int, dict[str, list[str]]]:
    answer = browser.post(reverse(page), {"id": str(new_id()), **typed})
    return answer.status_code, {name: list(map(str, words)) for name, words in answer.context["form"].errors.items()}


@pytest.mark.parametrize("unseen", ["\u200b\u200d", "\u3164", "\u2800 \u2800", "\ufe0f\u00ad"], ids=ascii)
def test_unseen_is_refused_like_empty(cast: Cast, signed_in: Callable[[Any], Client], unseen: str) -> None:
    browser = signed_in(cast.users["desk"])
    body = {"node": cast.nanyuan.pk, "kind": "council", "name": "议事会", "purpose": "议事", "set_up_on": "2026-11-01"}
    said = {"node": cast.nanyuan.pk, "title": "装扶手", "text": "楼道没有扶手", "proposer_name": "王阿姨"}
    for page, typed, names in (
        ("councils:body_new", body, ("name", "purpose")),
        ("councils:proposal_new", said, ("title", "text", "proposer_name")),
    ):
        for name in names:
            empty, blank = (sent(browser, page, **typed | {name: words}) for words in ("", unseen))
            assert blank == empty
            assert (blank[0], list(blank[1])) == (422, [name])
    assert not Body.objects.exists()
    assert not Proposal.objects.exists()
