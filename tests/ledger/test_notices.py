"""A member hears once, by message, what came of his objection to a record."""

from datetime import datetime

import pytest

from guangcai.accounts.models import User
from guangcai.core import notify
from guangcai.core.ids import new_id
from guangcai.core.models import Outbox
from guangcai.ledger.commands import Correction, answer_objection, raise_objection
from tests.cast import Cast
from tests.ledger.scenes import confirmed


@pytest.mark.parametrize(("correction", "code"), [(None, "kept"), (Correction(), "corrected")])
def test_the_answer_is_one_message_and_names_nobody(
    cast: Cast, now: datetime, correction: Correction | None, code: str
) -> None:
    entry = confirmed(cast)
    objection = raise_objection(id=new_id(), entry=entry, text="时间不对", by=cast.actor("member"), now=now)
    assert not Outbox.objects.exists()
    for _time in range(2):
        answer_objection(
            objection=objection, answer="已核对", correction=correction, by=cast.actor("secretary"), now=now
        )
    letter = Outbox.objects.get()
    assert (letter.recipient, letter.template) == (cast.users["member"].pk, f"ledger.objection.{code}")
    assert letter.parameters == {"title": "周末清洁", "day": "2026-11-14"}
    assert "周末清洁" in str(notify._templates[letter.template]) % letter.parameters


def test_who_has_no_account_gets_none(cast: Cast, now: datetime) -> None:
    User.objects.filter(pk=cast.users["member"].pk).update(member_id=None)
    entry = confirmed(cast)
    objection = raise_objection(id=new_id(), entry=entry, text="时间不对", by=cast.actor("desk"), now=now)
    answer_objection(objection=objection, answer="已核对", correction=None, by=cast.actor("secretary"), now=now)
    assert not Outbox.objects.exists()
