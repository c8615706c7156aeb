"""What the database itself keeps of an appraisal: approved, its words stand; sent, nothing changes any more."""

from datetime import datetime

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from guangcai.appraisal.commands import (
    answer_objection,
    approve_appraisals,
    draft_appraisals,
    give_opinion,
    object_to_appraisal,
    send_appraisals,
)
from guangcai.appraisal.enums import Opinion
from guangcai.appraisal.models import Appraisal, AppraisalObjection
from guangcai.appraisal.queries.yearly import appraisals, state_of
from guangcai.core.models import Outbox
from tests.appraisal.scenes import served
from tests.cast import Cast


@pytest.fixture
def approved(cast: Cast, now: datetime) -> Appraisal:
    served(cast)
    draft_appraisals(node=cast.nanyuan, year=2026, by=cast.actor("desk"), now=now)
    give_opinion(appraisal=Appraisal.objects.get(), opinion=Opinion.ACTIVE, by=cast.actor("desk"), now=now)
    approve_appraisals(appraisals=[Appraisal.objects.get()], by=cast.actor("secretary"), now=now)
    return Appraisal.objects.get()


@pytest.fixture
def sent(cast: Cast, approved: Appraisal, now: datetime) -> Appraisal:
    send_appraisals(appraisals=[approved], by=cast.actor("secretary"), now=now)
    return Appraisal.objects.get()


def refused(statement: str) -> None:
    with pytest.raises(DatabaseError, match="is frozen"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


CHANGES = [
    "UPDATE appraisal_appraisal SET minutes = minutes + 1",
    "UPDATE appraisal_appraisal SET verdict = 'met'",
    "UPDATE appraisal_appraisal SET own_words = 'x'",
    "UPDATE appraisal_appraisal SET opinion = 'none'",
    "UPDATE appraisal_appraisal SET approved_at = NULL, sent_at = NULL",
    "UPDATE appraisal_appraisal SET member_id = core_new_id()",
]
ONCE_SENT = [
    "UPDATE appraisal_appraisal SET sent_at = NULL",
    "UPDATE appraisal_appraisal SET sent_at = now(), sent_by = NULL",
    "DELETE FROM appraisal_appraisal",
]


@pytest.mark.parametrize("statement", CHANGES)
def test_what_the_member_was_shown_stands(approved: Appraisal, statement: str) -> None:
    before = Appraisal.objects.values().get()
    refused(statement)
    assert Appraisal.objects.values().get() == before


@pytest.mark.parametrize("statement", CHANGES + ONCE_SENT)
def test_what_the_unit_was_sent_does_not_change(sent: Appraisal, statement: str) -> None:
    before = Appraisal.objects.values().get()
    refused(statement)
    assert Appraisal.objects.values().get() == before


def test_a_draft_may_still_be_changed(cast: Cast, now: datetime) -> None:
    draft_appraisals(node=cast.nanyuan, year=2026, by=cast.actor("desk"), now=now)
    with connection.cursor() as cursor:
        for statement in CHANGES[:4]:
            cursor.execute(statement)
            assert cursor.rowcount == 1


def test_after_sending_the_member_may_still_object_and_is_answered(cast: Cast, sent: Appraisal, now: datetime) -> None:
    before = Appraisal.objects.values().get()
    object_to_appraisal(appraisal=sent, text="少算一次", by=cast.actor("member"), now=now)
    seen = appraisals(cast.actor("liaison")).get()
    assert (state_of(seen), seen.objection.text) == ("objected", "少算一次")
    answer_objection(appraisal=sent, answer="已核对", by=cast.actor("secretary"), now=now)
    seen = appraisals(cast.actor("liaison")).get()
    assert (state_of(seen), seen.objection.answer) == ("sent", "已核对")
    assert Appraisal.objects.values().get() == before
    for statement in (
        "UPDATE appraisal_appraisalobjection SET text = 'x'",
        "UPDATE appraisal_appraisalobjection SET answer = 'x'",
        "DELETE FROM appraisal_appraisalobjection",
    ):
        refused(statement)


def test_an_objection_keeps_its_words_while_it_waits(cast: Cast, approved: Appraisal, now: datetime) -> None:
    object_to_appraisal(appraisal=approved, text="少算一次", by=cast.actor("member"), now=now)
    refused("UPDATE appraisal_appraisalobjection SET text = 'x'")
    assert AppraisalObjection.objects.open().get().text == "少算一次"


def test_the_answer_is_one_message_to_the_member_and_no_more(cast: Cast, approved: Appraisal, now: datetime) -> None:
    object_to_appraisal(appraisal=approved, text="少算一次", by=cast.actor("member"), now=now)
    assert not Outbox.objects.exists()
    for _time in range(2):
        answer_objection(appraisal=approved, answer="已核对", by=cast.actor("secretary"), now=now)
    letter = Outbox.objects.get()
    assert (letter.recipient, letter.template) == (cast.users["member"].pk, "appraisal.objection.answered")
    assert letter.parameters == {"year": 2026}
