"""Photos of requests: kept sealed, read by few, never told outside, and gone in time."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from guangcai.cases import commands
from guangcai.cases.models import Case, CasePhoto, Item
from guangcai.cases.queries.exchange import Asked, told
from guangcai.cases.tasks import nightly
from guangcai.core.actor import Actor
from guangcai.core.errors import RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.models import AuditEvent, Outbox
from guangcai.core.photos import Photo, cleaned
from tests.cases.conftest import Raise
from tests.cast import Cast
from tests.core.test_photos import PLACE, photo, with_place

pytestmark = pytest.mark.django_db
SignIn = Callable[[Any], Client]


@pytest.fixture
def shot() -> Photo:
    return cleaned(with_place())


@pytest.fixture
def shown(raised: Raise, shot: Photo) -> Case:
    return raised("三楼的灯不亮", at=timezone.now(), photos=[shot])


def file(content: bytes, name: str = "灯.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "image/jpeg")


def of(case: Case) -> str:
    return reverse("cases:photo", args=[CasePhoto.objects.get(step__case=case).pk])


def test_kept_sealed_and_read_whole(shown: Case, shot: Photo) -> None:
    row = CasePhoto.objects.get()
    assert row.jpeg == shot.jpeg
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM cases_casephoto")
        raw = bytes(cursor.fetchone()[0])
    assert b"JFIF" not in raw
    assert b"/9j/" not in raw


def test_who_reads_it(
    cast: Cast, signed_in: SignIn, shown: Case, desk: Actor, asked: commands.Worker, now: datetime
) -> None:
    """The desk, the street and who has the job while he has it; next door and strangers nothing."""
    address = of(shown)
    reads = {"desk": 200, "secretary": 200, "overseer": 200, "desk_next_door": 404, "member": 404, "liaison": 404}
    for who, status in reads.items():
        assert signed_in(cast.users[who]).get(address).status_code == status, who
    assert Client().get(address).status_code == 302
    worker, member, at = commands.Worker(member=cast.teacher_member), signed_in(cast.member), timezone.now()
    commands.dispatch(case=shown, worker=worker, by=desk, now=at)
    assert member.get(address).status_code == 200
    assert address in member.get(shown.get_absolute_url()).content.decode()
    commands.accept(case=shown, by=desk, now=at)
    commands.finish(case=shown, note="好了", photos=[cleaned(photo())], by=desk, now=at)
    assert member.get(address).status_code == 404
    work = CasePhoto.objects.get(step__kind="done")
    assert member.get(reverse("cases:photo", args=[work.pk])).status_code == 200


def test_it_is_an_image_and_nothing_else(cast: Cast, signed_in: SignIn, shown: Case) -> None:
    answer = signed_in(cast.desk).get(of(shown))
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "no-store"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.content.startswith(b"\xff\xd8")


def test_neither_whom_it_complains_of_nor_who_may_not_know_the_asker(
    cast: Cast, signed_in: SignIn, raised: Raise, desk: Actor, shot: Photo, plain_item: Item
) -> None:
    about = raised("他答应来没有来", at=timezone.now(), about_member=cast.teacher_member, photos=[shot])
    assert signed_in(cast.member).get(of(about)).status_code == 404
    plain_item.hides_asker = True
    plain_item.save()
    hidden = raised("意见", at=timezone.now(), photos=[shot])
    commands.dispatch(case=hidden, worker=commands.Worker(member=cast.teacher_member), by=desk, now=timezone.now())
    assert signed_in(cast.member).get(hidden.get_absolute_url()).status_code == 200
    assert signed_in(cast.member).get(of(hidden)).status_code == 404


def test_a_resident_sends_one_and_follows_it(cast: Cast, plain_item: Item, db: None) -> None:
    browser, code = Client(), cast.nanyuan.code
    address = reverse("cases:public_ask", args=[code, plain_item.pk])
    sent = {"id": str(new_id()), "what": "三楼灯不亮", "phone": "13922224444"}
    assert "multipart/form-data" in browser.get(address).content.decode()
    answer = browser.post(address, sent | {"photos": [file(with_place()), file(photo("PNG"), "b.png")]})
    assert answer.status_code == 302
    rows = CasePhoto.objects.order_by("number")
    assert [row.number for row in rows] == [1, 2]
    assert PLACE not in rows[0].jpeg
    own = reverse("cases:public_photo", args=[rows[0].pk])
    assert own in browser.get(reverse("cases:public_case")).content.decode()
    assert browser.get(own).status_code == 200
    assert Client().get(own).status_code == 404
    # Sent twice is kept once.
    assert browser.post(address, sent | {"photos": file(photo())}).status_code == 302
    assert CasePhoto.objects.count() == 2


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ([b"<script>alert(1)</script>"], "不是能识别的照片"),
        ([b"x" * 9_000_000], "超过8 MB"),
        ([photo()] * 4, "最多三张"),
        ([photo(), photo(size=(900, 900))[:-600]], "不是能识别的照片"),
    ],
)
def test_a_bad_file_costs_no_typed_word(
    cast: Cast, signed_in: SignIn, plain_item: Item, files: list[bytes], words: str
) -> None:
    sent = {
        "id": str(new_id()), "item": str(plain_item.pk), "what": "灯不亮", "channel": "phone", "phone": "13922223333",
        "photos": [file(one) for one in files],
    }  # fmt: skip
    answer = signed_in(cast.desk).post(reverse("cases:new"), sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert "灯不亮" in page
    assert "13922223333" in page
    assert not Case.objects.exists()


def test_a_member_sends_one_with_his_job(
    cast: Cast, signed_in: SignIn, raised: Raise, desk: Actor, queries: Any
) -> None:
    case, member = raised(at=timezone.now()), signed_in(cast.member)
    commands.dispatch(case=case, worker=commands.Worker(member=cast.teacher_member), by=desk, now=timezone.now())
    commands.accept(case=case, by=desk, now=timezone.now())
    address = reverse("cases:done", args=[case.pk])
    assert "multipart/form-data" in member.get(address).content.decode()
    assert member.post(address, {"note": "好了", "photos": file(b"")}).status_code == 422
    assert member.post(address, {"note": "好了", "photos": file(photo())}).status_code == 302
    assert CasePhoto.objects.get().step.kind == "done"


def test_three_at_most(raised: Raise, shot: Photo, shown: Case) -> None:
    with pytest.raises(RuleBroken) as refused:
        raised("又一件", photos=[shot] * 4)
    assert refused.value.code == "photos_many"
    row = CasePhoto.objects.get()
    for number, name in ((4, "case_photo_three_at_most"), (1, "case_photo_once")):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            CasePhoto.objects.create(
                step=row.step, district_code=row.district_code, number=number, content="x", added_at=row.added_at
            )


def test_nothing_of_it_is_told_outside(cast: Cast, shown: Case, now: datetime) -> None:
    row = CasePhoto.objects.get()
    words = repr(told(Asked(numbers=[shown.number])))
    words += json.dumps([one.parameters for one in Outbox.objects.all()])
    words += "".join(repr(one.__dict__) for one in AuditEvent.objects.all())
    assert str(row.pk) not in words
    assert "photo" not in words


def test_gone_ninety_days_after_the_end_and_with_the_asker(
    shown: Case, raised: Raise, desk: Actor, shot: Photo, now: datetime
) -> None:
    other, by = raised("另一件", at=timezone.now(), photos=[shot]), Actor.system()
    ended = timezone.now()
    commands.close_case(case=shown, code="withdrawn", note="说不用了", by=desk, now=ended)
    assert commands.forget_photos(by=by, now=ended + timedelta(days=89)) == 0
    assert commands.forget_photos(by=by, now=ended + timedelta(days=91)) == 1
    assert commands.forget_photos(by=by, now=ended + timedelta(days=91)) == 0
    assert list(CasePhoto.objects.values_list("step__case", flat=True)) == [other.pk]
    assert AuditEvent.objects.filter(tag="cases:photo:forget").count() == 1
    commands.close_case(case=other, code="withdrawn", note="说不用了", by=desk, now=ended)
    commands.anonymise_cases(by=by, now=ended + timedelta(days=2000), is_dry=False)
    assert not CasePhoto.objects.exists()


def test_the_night_takes_them_away(shown: Case, desk: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    commands.close_case(case=shown, code="withdrawn", note="说不用了", by=desk, now=timezone.now())
    later = timezone.now() + timedelta(days=100)
    monkeypatch.setattr("guangcai.cases.tasks.timezone.now", lambda: later)
    nightly()
    assert not CasePhoto.objects.exists()


def test_a_page_with_three_photos_asks_as_often_as_with_one(
    cast: Cast, signed_in: SignIn, raised: Raise, shot: Photo, queries: Any
) -> None:
    browser, counts = signed_in(cast.desk), []
    for number in (1, 3):
        case = raised(f"第{number}件", at=timezone.now(), photos=[shot] * number)
        browser.get(case.get_absolute_url())
        with queries() as seen:
            assert browser.get(case.get_absolute_url()).content.decode().count('loading="lazy"') == number
        counts.append(len(seen))
    assert counts[0] == counts[1]
