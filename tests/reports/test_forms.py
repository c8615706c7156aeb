"""Three forms and one file: chosen as data, filled from what is on record, restricted and written down (A45, A47)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from docx import Document

from guangcai.core.actor import Actor
from guangcai.core.errors import Forbidden, OutOfScope, RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.models import AuditEvent, Job
from guangcai.reports import commands, papers
from guangcai.reports.enums import OF_COMMUNITY, FormCode, Part
from guangcai.reports.models import FormBundle, FormSet
from guangcai.reports.people import people, printable
from tests.cast import Cast, make_member
from tests.pledges.conftest import serve

SignIn = Callable[[Any], Client]
THREE = [FormCode.REGISTRATION, FormCode.BOOKLET, FormCode.APPRAISAL]
FILE = [FormCode.COMMITMENTS]


@pytest.fixture(autouse=True)
def clock(now: datetime) -> Any:
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def chosen(cast: Cast, now: datetime) -> FormSet:
    by = cast.actor("administrator")
    return commands.choose_forms(node=cast.district, forms=THREE, file=FILE, source="区里通知", by=by, now=now)


def page(name: str, *args: Any) -> str:
    return reverse(f"reports:{name}", args=args)


def words_of(answer: Any) -> str:
    return str(answer.content.decode())


def test_the_district_chooses_and_the_nearest_owner_wins(cast: Cast, chosen: FormSet, now: datetime) -> None:
    assert FormSet.objects.at(cast.nanyuan.path) == chosen
    assert chosen.codes == [*THREE, *FILE]
    by = cast.actor("administrator")
    near = commands.choose_forms(node=cast.street, forms=THREE, file=[FormCode.REGISTER], source="", by=by, now=now)
    assert FormSet.objects.at(cast.nanyuan.path) == near
    again = commands.choose_forms(node=cast.street, forms=THREE, file=FILE, source="", by=by, now=now)
    assert (again.pk, again.codes) == (near.pk, [*THREE, *FILE])
    for forms, file, code in [(THREE[:2], FILE, "three_forms"), (THREE, [], "one_file")]:
        with pytest.raises(RuleBroken) as refused:
            commands.choose_forms(node=cast.street, forms=forms, file=file, source="", by=by, now=now)
        assert refused.value.code == code
    with pytest.raises(OutOfScope):
        commands.choose_forms(node=cast.district, forms=THREE, file=FILE, source="", by=cast.actor("desk"), now=now)
    with pytest.raises(IntegrityError, match="form_set_has_one_file"), transaction.atomic():
        near.lines.filter(form=FormCode.BOOKLET).update(part=Part.FILE)


def test_nothing_is_shipped_as_the_set(cast: Cast, signed_in: SignIn) -> None:
    assert FormSet.objects.at(cast.nanyuan.path) is None
    assert "还没有选定" in words_of(signed_in(cast.desk).get(page("forms")))


def test_the_papers_say_what_is_on_record(cast: Cast, chosen: FormSet, now: datetime) -> None:
    serve(cast, cast.teacher_member, days_ago=3, now=now)
    person = people(printable(cast.actor("desk")), year=2026, actor=cast.actor("desk"))[0]
    made = papers.papers_of(person, list(FormCode), year=2026)
    assert len(made) == len(FormCode) - len(OF_COMMUNITY)
    registration, booklet = made[0], made[1]
    facts = dict(tuple(pair) for pair in registration.facts)
    assert (facts["姓名"], facts["工作单位"], facts["所在社区"] if "所在社区" in facts else facts["社区"]) == (
        "林晓岚",
        "站前区实验小学",
        "南园社区",
    )
    assert "13900000101" not in str(made)
    assert booklet.tables[0].rows[0][1:3] == ["夜间巡看", "巡看3号楼"]
    assert papers.as_pdf(made, now=now).startswith(b"%PDF")
    word = Document(BytesIO(papers.as_docx(registration, now=now)))
    assert "林晓岚" in [cell.text for row in word.tables[0].rows for cell in row.cells]


def test_as_many_statements_for_three_people_as_for_one(cast: Cast, queries: Any) -> None:
    desk = cast.actor("desk")
    counts = []
    for round_ in range(2):
        for number in range(2 * round_):
            phone = f"1371234{number:04d}"
            make_member(cast, f"m{number}", f"邻居{number}", phone, community=cast.nanyuan, unit=cast.school)
        with queries() as seen:
            found = people(printable(desk), year=2026, actor=desk)
            papers.papers_of(found[0], list(FormCode), year=2026)
        counts.append((len(found), len(seen)))
    assert [people_ for people_, _queries in counts] == [1, 3]
    assert counts[0][1] == counts[1][1]


def test_a_whole_community_in_the_background(
    cast: Cast, signed_in: SignIn, chosen: FormSet, now: datetime, settings: Any
) -> None:
    settings.JOBS_INLINE = True
    browser, key = signed_in(cast.desk), new_id()
    sent = {"id": key, "community": cast.nanyuan.code, "year": 2026}
    for _twice in range(2):
        assert browser.post(page("prints"), sent).status_code == 302
    assert (FormBundle.objects.count(), Job.objects.count()) == (1, 1)
    assert AuditEvent.objects.filter(tag="reports:form_set:print").count() == 1
    assert AuditEvent.objects.get(tag="members:roster:export").details["what"] == "form_set"
    assert browser.get(page("print", key)).status_code == 200
    answer = browser.get(page("print_file", key))
    with ZipFile(BytesIO(answer.content)) as archive:
        (name,) = archive.namelist()
        assert archive.read(name).startswith(b"%PDF")
        assert "林晓岚" in name
    for who in ("desk_colleague", "desk_next_door", "overseer", "member"):
        assert signed_in(cast.users[who]).get(page("print_file", key)).status_code == 404, who
    assert commands.remove_old(by=Actor.system(), now=now + timedelta(hours=23)) == 0
    assert commands.remove_old(by=Actor.system(), now=now + timedelta(hours=25)) == 1


def test_without_a_set_nothing_is_printed(cast: Cast, signed_in: SignIn) -> None:
    sent = {"id": new_id(), "community": cast.nanyuan.code, "year": 2026}
    assert signed_in(cast.desk).post(page("prints"), sent).status_code == 422
    assert FormBundle.objects.count() == 0


def test_a_long_list_asks_what_for(
    cast: Cast, chosen: FormSet, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("guangcai.members.rules.ROWS_WITHOUT_REASON", 0)
    sent = {"id": new_id(), "community": cast.nanyuan.code, "year": 2026}
    assert signed_in(cast.desk).post(page("prints"), sent).status_code == 422
    assert signed_in(cast.desk).post(page("prints"), sent | {"reason": "年底归档"}).status_code == 302


def test_one_member(cast: Cast, signed_in: SignIn, chosen: FormSet) -> None:
    browser, key = signed_in(cast.desk), cast.teacher_member.pk
    assert browser.get(page("member_forms", key)).status_code == 200
    for form in [*(code for code in FormCode if code not in OF_COMMUNITY), "set"]:
        for kind in ("pdf", "docx"):
            assert browser.post(page("member_file", key), {"form": form, "format": kind}).status_code == 200, form
    assert browser.post(page("member_file", key), {"form": "nonsense"}).status_code == 404
    assert AuditEvent.objects.filter(tag="reports:form:print").count() == 12
    for who in ("desk_next_door", "auditor", "member_next_door"):
        assert signed_in(cast.users[who]).get(page("member_forms", key)).status_code == 404, who
        assert signed_in(cast.users[who]).post(page("member_file", key), {"form": "set"}).status_code == 404, who
    assert signed_in(cast.member).get(page("member_forms", key)).status_code == 403
    assert signed_in(cast.member).get(page("forms")).status_code == 404


def test_the_set_by_hand(cast: Cast, signed_in: SignIn) -> None:
    browser = signed_in(cast.administrator)
    assert browser.get(page("form_set")).status_code == 200
    sent = {"node": cast.district.pk, "source": "区里通知", **{f"part-{code}": "form" for code in THREE}}
    assert browser.post(page("form_set"), sent).status_code == 422
    assert browser.post(page("form_set"), sent | {"part-commitments": "file"}).status_code == 302
    assert FormSet.objects.at(cast.nanyuan.path) is not None
    assert "区里通知" in words_of(browser.get(page("forms")))
    assert "区里通知" in words_of(signed_in(cast.desk).get(page("forms"), {"q": "林晓岚"}))
    assert signed_in(cast.desk).get(page("form_set")).status_code == 404


def test_rights_are_those_of_the_moment(cast: Cast, chosen: FormSet, now: datetime) -> None:
    made = FormBundle.objects.create(
        community=cast.nanyuan,
        path=cast.nanyuan.path,
        district_code="210802",
        year=2026,
        asked_by=cast.member.pk,
        asked_at=now,
    )
    with pytest.raises(Forbidden):
        commands.make_bundle(bundle_id=made.pk, by=cast.actor("member"), now=now, advance=lambda done, total: None)
