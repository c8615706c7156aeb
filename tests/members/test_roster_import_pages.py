"""The pages of the roster import: sent, read, mended, decided, applied; next door sees nothing."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from guangcai.core.actor import Actor
from guangcai.core.ids import new_id
from guangcai.members import commands
from guangcai.members.models import DuplicatePair, Member, ReportIn, RosterBatch, RosterFile, RosterRow
from tests.members.rosters import HEADERS, person, workbook


@pytest.fixture(autouse=True)
def _inline(settings):
    settings.JOBS_INLINE = True


@pytest.fixture
def desk_browser(cast, signed_in):
    return signed_in(cast.desk)


def send(browser, content, *, place, name="南园.xlsx", key=None):
    form = {"id": str(key or new_id()), "place": place, "stands": "living", "file": SimpleUploadedFile(name, content)}
    return browser.post(reverse("members:roster_imports"), form)


def sent(browser, cast, rows, headers=HEADERS):
    answer = send(browser, workbook(rows, headers), place=f"community-{cast.nanyuan.pk}")
    assert answer.status_code == 302, answer.content.decode()
    return RosterBatch.objects.latest("read_at")


def page_of(browser, batch):
    answer = browser.get(reverse("members:roster_import", args=[batch.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_good_file_comes_on_the_roster(cast, desk_browser):
    batch = sent(desk_browser, cast, [person(1), person(2)])
    assert batch.state == "ready"
    assert RosterRow.objects.filter(batch=batch).count() == 2
    assert not RosterFile.objects.exists()
    assert "王零零零一" not in RosterRow.objects.values_list("cells", flat=True)[0].decode("latin1")
    page_of(desk_browser, batch)
    answer = desk_browser.post(reverse("members:roster_import_application", args=[batch.pk]))
    assert answer.status_code == 302
    batch.refresh_from_db()
    assert (batch.state, batch.new_count, batch.matched_count) == ("applied", 2, 0)
    assert not RosterRow.objects.exists()
    assert Member.objects.filter(community=cast.nanyuan, name="王零零零一").get().building == cast.building
    page_of(desk_browser, batch)


def test_sheets_that_were_not_read_are_named_before_the_list_is_taken(cast, desk_browser):
    for number, more in enumerate([(), ("流动党员", "离退休")]):
        content = workbook([person(number)], more=more)
        assert send(desk_browser, content, place=f"community-{cast.nanyuan.pk}").status_code == 302
        shown = page_of(desk_browser, RosterBatch.objects.latest("read_at"))
        assert ("其他工作表没有读取" in shown) == bool(more)
        assert ("流动党员, 离退休" in shown) == bool(more)


def test_problems_are_mended_in_place(cast, desk_browser):
    batch = sent(desk_browser, cast, [person(1, 手机号码="12345"), person(2)])
    assert (batch.state, batch.problem_count) == ("problems", 1)
    shown = page_of(desk_browser, batch)
    assert "12345" in shown
    answer = desk_browser.post(reverse("members:roster_import_application", args=[batch.pk]))
    assert answer.status_code == 422
    url = reverse("members:roster_import_row", args=[batch.pk, 2])
    assert desk_browser.post(url, {"cell-3": "13700000001", "page": "1"}).status_code == 302
    batch.refresh_from_db()
    assert (batch.state, batch.problem_count) == ("ready", 0)
    assert desk_browser.post(url, {"cell-77": "x"}).status_code == 422
    assert desk_browser.post(reverse("members:roster_import_row", args=[batch.pk, 99])).status_code == 404


def test_rows_with_problems_can_be_left_out_and_come_back_as_a_workbook(cast, desk_browser):
    batch = sent(desk_browser, cast, [person(1, 出生日期="1985年2月30日"), person(2)])
    desk_browser.post(reverse("members:roster_import_application", args=[batch.pk]), {"skip_problems": "yes"})
    batch.refresh_from_db()
    assert (batch.state, batch.new_count, batch.skipped_count) == ("applied", 1, 1)
    answer = desk_browser.get(reverse("members:roster_import_refused", args=[batch.pk]))
    assert answer.status_code == 200
    assert answer.content[:2] == b"PK"


def test_unknown_units_are_chosen_or_added(cast, desk_browser):
    batch = sent(desk_browser, cast, [person(1, 工作单位="实小"), person(2, 工作单位="新单位")])
    assert "实小" in page_of(desk_browser, batch)
    url = reverse("members:roster_import_unit", args=[batch.pk])
    assert desk_browser.post(url, {"name": "实小", "work_unit": "没有这个"}).status_code == 422
    assert desk_browser.post(url, {"name": "实小", "work_unit": "站前区实验小学"}).status_code == 302
    assert desk_browser.post(url, {"name": "新单位", "add": "yes"}).status_code == 302
    batch.refresh_from_db()
    assert batch.state == "ready"
    desk_browser.post(reverse("members:roster_import_application", args=[batch.pk]))
    units = {m.name: m.employments.get().work_unit.name for m in Member.objects.filter(name__startswith="王")}
    assert units == {"王零零零一": "站前区实验小学", "王零零零二": "新单位"}


def test_doubts_are_decided_by_a_person(cast, desk_browser):
    rows = [person(1, 姓名="林晓岚", 手机号码="13711112222"), person(2, 手机号码="13900000101")]
    batch = sent(desk_browser, cast, rows)
    assert batch.duplicate_count == 2
    assert page_of(desk_browser, batch).count("is_same") == 4
    decide = lambda number, word: desk_browser.post(  # noqa: E731
        reverse("members:roster_import_decision", args=[batch.pk, number]), {"is_same": word}
    )
    assert decide(2, "perhaps").status_code == 422
    assert decide(2, "yes").status_code == 302
    assert decide(3, "no").status_code == 302
    desk_browser.post(reverse("members:roster_import_application", args=[batch.pk]))
    batch.refresh_from_db()
    assert (batch.new_count, batch.matched_count) == (1, 1)
    assert Member.objects.filter(name="林晓岚").count() == 1
    assert DuplicatePair.objects.get().is_same_person is False


def test_columns_are_corrected_and_remembered(cast, desk_browser):
    headers = ["姓名", "性别", "出生日期", "号码甲", "工作单位", "楼栋"]
    batch = sent(desk_browser, cast, [person(1)], headers)
    url = reverse("members:roster_import_columns", args=[batch.pk])
    assert "号码甲" in desk_browser.get(url).content.decode()
    meant = ["name", "gender", "birth_date", "phone", "work_unit", "building"]
    form = {f"column-{at}": name for at, name in enumerate(meant)}
    assert desk_browser.post(url, form | {"column-1": "name"}).status_code == 422
    assert desk_browser.post(url, form | {"column-1": "nonsense"}).status_code == 422
    assert desk_browser.post(url, form).status_code == 302
    again = sent(desk_browser, cast, [person(2)], headers)
    assert again.columns["fields"] == meant


def test_a_file_that_cannot_be_read_says_so(cast, desk_browser):
    answer = send(desk_browser, b"\x89PNG\r\n\x1a\n\x00\x00", place=f"community-{cast.nanyuan.pk}")
    assert answer.status_code == 302
    batch = RosterBatch.objects.get()
    assert "data-" not in batch.state
    assert page_of(desk_browser, batch)
    assert desk_browser.post(reverse("members:roster_import_removal", args=[batch.pk])).status_code == 302
    batch.refresh_from_db()
    assert batch.state == "discarded"
    assert not RosterFile.objects.exists()


def test_bad_sending_is_refused_with_422(cast, desk_browser):
    assert send(desk_browser, b"", place=f"community-{cast.nanyuan.pk}").status_code == 422
    assert send(desk_browser, workbook([person(1)]), place=f"community-{cast.gongyuan.pk}").status_code == 422


def test_the_same_file_leads_to_the_same_batch(cast, desk_browser):
    first = sent(desk_browser, cast, [person(1)])
    content = workbook([person(3)])
    place = f"community-{cast.nanyuan.pk}"
    assert send(desk_browser, content, place=place).url == send(desk_browser, content, place=place).url
    assert RosterBatch.objects.exclude(pk=first.pk).count() == 1


def test_id_numbers_are_not_kept(cast, desk_browser):
    headers = ["姓名", "身份证号", "备注"]
    batch = sent(desk_browser, cast, [["王小明", "210802198503050019", "210802198503050019"]], headers)
    assert "210802198503050019" not in RosterRow.objects.get().cells
    assert "身份证号" in page_of(desk_browser, batch)


def test_next_door_and_readers_see_nothing(cast, desk_browser, signed_in):
    batch = sent(desk_browser, cast, [person(1, 手机号码="1")])
    pages = ["roster_import", "roster_import_progress", "roster_import_columns", "roster_import_refused"]
    for who in (cast.desk_next_door, cast.overseer, cast.liaison, cast.member):
        browser = signed_in(who)
        for name in pages:
            assert browser.get(reverse(f"members:{name}", args=[batch.pk])).status_code == 404, (who.name, name)
        for name in ("roster_import_application", "roster_import_removal", "roster_import_unit"):
            assert browser.post(reverse(f"members:{name}", args=[batch.pk])).status_code == 404
        assert browser.post(reverse("members:roster_import_row", args=[batch.pk, 2])).status_code == 404
        assert browser.post(reverse("members:roster_import_decision", args=[batch.pk, 2])).status_code == 404
    for who in (cast.overseer, cast.member, cast.auditor):
        assert signed_in(who).get(reverse("members:roster_imports")).status_code == 403


def test_the_liaison_imports_for_the_own_unit_and_takes_over_nobody(cast, signed_in):
    browser = signed_in(cast.liaison)
    rows = [
        person(1),
        person(2, 姓名="赵海峰", 手机号码="13900000102"),
        person(3, 姓名="林晓岚", 手机号码="13900000101"),
    ]
    answer = send(browser, workbook(rows), place=f"unit-{cast.school.pk}")
    assert answer.status_code == 302
    batch = RosterBatch.objects.get()
    assert (batch.new_count, batch.matched_count, batch.duplicate_count) == (2, 1, 1)
    shown = page_of(browser, batch)
    assert "公安站前分局" not in shown
    url = reverse("members:roster_import_decision", args=[batch.pk, 3])
    assert browser.post(url, {"is_same": "yes"}).status_code == 404
    browser.post(reverse("members:roster_import_application", args=[batch.pk]))
    batch.refresh_from_db()
    assert (batch.state, batch.new_count, batch.matched_count) == ("applied", 2, 1)
    assert Member.objects.filter(name="赵海峰").count() == 2
    assert DuplicatePair.objects.count() == 1
    page_of(browser, batch)


@pytest.mark.parametrize("count", [10, 1000])
def test_no_page_asks_more_for_more_rows(cast, desk_browser, queries, count):
    batch = sent(desk_browser, cast, [person(n, 手机号码=f"1{n}") for n in range(1, count + 1)])
    assert batch.problem_count == count
    with queries() as seen:
        page_of(desk_browser, batch)
    assert len(seen) <= 20


def test_checking_and_applying_ask_the_same_for_any_number(cast, desk_browser, queries):
    counts = []
    for start, many in ((1, 10), (2001, 1000)):
        with queries() as seen:
            batch = sent(desk_browser, cast, [person(start + n) for n in range(many)])
            desk_browser.post(reverse("members:roster_import_application", args=[batch.pk]))
        batch.refresh_from_db()
        assert batch.new_count == many
        counts.append(len(seen))
    assert counts[1] <= counts[0] + 4


def test_a_launch_day_is_prepared_on_screens(cast, desk_browser):
    form = {"id": str(new_id()), "place": f"community-{cast.nanyuan.pk}", "stands": "expected"}
    rows = [person(1, 手机号码="12345"), person(2), person(3, 姓名="赵海峰", 手机号码="13900000102", 工作单位="")]
    form["file"] = SimpleUploadedFile("预计报到名单.xlsx", workbook(rows))
    assert desk_browser.post(reverse("members:roster_imports"), form).status_code == 302
    batch = RosterBatch.objects.latest("read_at")
    assert (batch.state, batch.is_expected) == ("problems", True)
    at = HEADERS.index("手机号码")
    mend = reverse("members:roster_import_row", args=[batch.pk, 2])
    desk_browser.post(mend, {f"cell-{at}": "13700000001"})
    page_of(desk_browser, batch)
    desk_browser.post(reverse("members:roster_import_application", args=[batch.pk]))
    new = Member.objects.get(name="王零零零一")
    assert (new.community, new.building, new.path) == (None, None, cast.school.path)
    assert not new.residences.exists()
    assert reverse("members:launch_day") in page_of(desk_browser, batch)
    launch = desk_browser.get(reverse("members:launch_day"), {"community": cast.nanyuan.code})
    assert "王零零零一" in launch.content.decode()
    slip = ReportIn.objects.get(member=new)
    desk_browser.post(reverse("members:acceptance", args=[slip.pk]), {"next": "launch_day"})
    new.refresh_from_db()
    assert (new.community, new.path) == (cast.nanyuan, cast.nanyuan.path)


def test_lists_nobody_settled_are_removed_after_the_days_of_the_rule(cast, desk_browser, now):
    batch = sent(desk_browser, cast, [person(1)])
    applied = sent(desk_browser, cast, [person(2), person(3, 手机号码="1")])
    skip = {"skip_problems": "yes"}
    desk_browser.post(reverse("members:roster_import_application", args=[applied.pk]), skip)
    assert commands.remove_abandoned(by=Actor.system(), now=batch.read_at + timedelta(days=30)) == 0
    assert RosterFile.objects.filter(kind="refused").count() == 1
    assert commands.remove_abandoned(by=Actor.system(), now=applied.read_at + timedelta(days=31)) == 1
    batch.refresh_from_db()
    assert batch.state == "discarded"
    assert not RosterRow.objects.exists()
    assert not RosterFile.objects.exists()
