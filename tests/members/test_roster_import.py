"""The roster import from the command line and underneath: counts, matches, all or nothing, once."""

import json
import threading

import psycopg
import pytest
from click.testing import CliRunner
from django.db import connection
from django.utils import timezone

from guangcai.core.actor import Actor
from guangcai.core.errors import Forbidden, OutOfScope
from guangcai.core.models import AuditEvent
from guangcai.members import commands
from guangcai.members.models import DuplicatePair, Employment, Member, Residence, RosterBatch, UnitReceipt
from guangcai.members.roster_import import loading
from guangcai.members.roster_import.known import Target
from guangcai.members.roster_import.sheet import open_sheet
from guangcai.orgs.models import WorkUnit
from tests.cast import make_cast
from tests.members.rosters import HEADERS, person, workbook
from tests.members.test_roster_import_kills import address

KEYS = {"file_sha256", "rows", "accepted", "new", "matched", "already_done", "duplicates", "problems"}


@pytest.fixture
def run(tmp_path):
    """`run(content, "--dry-run")`: exit code and the printed JSON."""
    from guangcai.cli.commands.import_roster import command

    def call(content, *options, place=("--community", "南园社区"), name="名册.xlsx"):
        file = tmp_path / name
        file.write_bytes(content)
        done = CliRunner().invoke(command, [str(file), *place, "--json", *options])
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.exit_code, json.loads(done.stdout)

    return call


def test_people_join_with_links_keys_and_receipts(cast, run):
    code, told = run(workbook([person(1), person(2)]))
    assert code == 0
    assert set(told) == KEYS
    assert (told["rows"], told["accepted"], told["new"], told["matched"], told["already_done"]) == (2, 2, 2, 0, 0)
    member = Member.objects.get(name="王零零零一")
    assert member.phone == "+8613700000001"
    assert (member.community, member.building, member.path) == (cast.nanyuan, cast.building, cast.nanyuan.path)
    assert member.name_initials == "wllly"
    assert str(member.birth_date) == "1985-03-05"
    assert member.employments.get().work_unit == cast.school
    numbers = sorted(Residence.objects.filter(channel="import").values_list("receipt_no", flat=True))
    year = timezone.localdate().year
    assert numbers == [f"210802001002-{year}-00001", f"210802001002-{year}-00002"]
    assert UnitReceipt.objects.count() == 2
    assert AuditEvent.objects.filter(tag="members:roster:import").count() == 1


def test_names_of_places_go_with_or_without_their_kind(cast, run):
    for word in ("南园", "南园社区", "南园社区居委会", "210802001002"):
        assert run(workbook([person(1)]), "--dry-run", place=("--community", word))[0] == 0


def test_a_dry_run_writes_nothing(cast, run):
    before = Member.objects.count()
    code, told = run(workbook([person(1), person(2, 手机号码="1")]), "--dry-run")
    assert (code, told["rows"], told["accepted"], told["new"]) == (1, 2, 1, 1)
    assert told["problems"][0]["row"] == 3
    assert told["problems"][0]["column"] == "D 手机号码"
    assert Member.objects.count() == before
    assert not RosterBatch.objects.exists()


def test_a_file_with_problems_imports_nothing(cast, run, tmp_path):
    content = workbook([person(1), person(2, 姓名="王")])
    code, told = run(content)
    assert (code, told["accepted"], told["new"]) == (1, 1, 0)
    assert not Member.objects.filter(name="王零零零一").exists()
    assert not (tmp_path / "名册.refused.xlsx").exists()
    code, told = run(content, "--skip-problems")
    assert (code, told["accepted"], told["new"]) == (1, 1, 1)
    refused = open_sheet((tmp_path / "名册.refused.xlsx").read_bytes())
    assert [row[1] for _number, row in refused.rows()] == ["王"]


def test_a_header_with_a_colon_is_named_without_it(cast, run):
    headers = [f"{header}：" for header in HEADERS]
    code, told = run(workbook([person(1, 姓名="王"), person(2, 手机号码="138")], headers))
    assert code == 1
    assert [problem["column"] for problem in told["problems"]] == ["A 姓名", "D 手机号码"]


def test_refused_rows_that_cannot_be_written_do_not_hide_that_the_others_came_in(cast, run, tmp_path):
    (tmp_path / "名册.refused.xlsx").mkdir()
    code, told = run(workbook([person(1), person(2, 姓名="王")]), "--skip-problems")
    assert (code, told["new"]) == (1, 1)
    assert Member.objects.filter(name="王零零零一").exists()


def test_the_same_file_again_changes_nothing(cast, run):
    content = workbook([person(1), person(2)])
    run(content)
    rows = Member.objects.count(), Residence.objects.count(), Employment.objects.count()
    code, told = run(content)
    assert (code, told["rows"], told["new"], told["already_done"]) == (0, 2, 0, 2)
    assert (Member.objects.count(), Residence.objects.count(), Employment.objects.count()) == rows


def test_a_known_person_is_completed_never_overwritten(cast, run):
    teacher = cast.teacher_member
    before = teacher.gender, teacher.birth_date
    assert before == ("", None)
    row = person(1, 姓名="林晓岚", 手机号码="13900000101", 性别="女")
    code, told = run(workbook([row]))
    assert (code, told["new"], told["matched"]) == (0, 0, 1)
    teacher.refresh_from_db()
    assert (teacher.gender, str(teacher.birth_date), teacher.building) == ("female", "1985-03-05", cast.building)
    run(workbook([person(1, 姓名="林晓岚", 手机号码="13900000101", 性别="男", 出生日期="1990-01-01")]))
    teacher.refresh_from_db()
    assert (teacher.gender, str(teacher.birth_date)) == ("female", "1985-03-05")


def test_two_rosters_meet_in_one_member(cast, run):
    content = workbook([person(1), person(2)])
    run(content, place=("--work-unit", "站前区实验小学"))
    unit_only = Member.objects.get(name="王零零零一")
    assert (unit_only.community, unit_only.path) == (None, cast.school.path)
    code, told = run(content)
    assert (code, told["new"], told["matched"]) == (0, 0, 2)
    unit_only.refresh_from_db()
    assert unit_only.community == cast.nanyuan
    assert (unit_only.residences.count(), unit_only.employments.count()) == (1, 1)


def test_perhaps_known_becomes_a_pair_for_a_worker(cast, run):
    rows = [
        person(1, 姓名="林晓岚", 手机号码="13711112222"),
        person(2, 手机号码="13900000101"),
        person(3, 姓名="赵海峰", 手机号码="13900000102", 工作单位="公安站前分局"),
    ]
    code, told = run(workbook(rows))
    assert (code, told["new"], told["matched"]) == (0, 3, 0)
    found = {entry["row"]: (entry["member"], entry["why"]) for entry in told["duplicates"]}
    teacher, police = str(cast.teacher_member.pk), str(cast.police_member.pk)
    assert found == {
        2: (teacher, "same_name_unit_building"),
        3: (teacher, "same_phone"),
        4: (police, "lives_elsewhere"),
    }
    assert DuplicatePair.objects.filter(decided_at=None).count() == 3


def test_two_rows_of_one_name_are_offered_too(cast, run):
    told = run(workbook([person(1), person(2, 姓名="王零零零一")]))[1]
    assert told["duplicates"] == [{"row": 3, "member": "row 2", "why": "same_name_unit_building"}]
    assert DuplicatePair.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "code", "column"),
    [
        ({"姓名": ""}, "name_missing", "A 姓名"),
        ({"姓名": "王"}, "name_short", "A 姓名"),
        ({"姓名": "王小2"}, "name_digits", "A 姓名"),
        ({"性别": "另"}, "value_unknown", "B 性别"),
        ({"出生日期": "2025年2月30日"}, "date_impossible", "C 出生日期"),
        ({"出生日期": "2099-01-01"}, "birth_future", "C 出生日期"),
        ({"手机号码": "1380013800"}, "phone_length", "D 手机号码"),
        ({"手机号码": 1.38001e13}, "phone_length", "D 手机号码"),
        ({"手机号码": 1.38001380001234e17}, "phone_digits_lost", "D 手机号码"),
        ({"手机号码": "13700000001"}, "phone_repeated", "D 手机号码"),
        ({"工作单位": "没有的单位"}, "work_unit_unknown", "E 工作单位"),
        ({"工作单位": "实验小学"}, "work_unit_near", "E 工作单位"),
        ({"工作单位": "#REF!"}, "cell_error", "E 工作单位"),
    ],
)
def test_every_problem_has_its_place_and_a_sentence(cast, run, changes, code, column):
    exit_code, told = run(workbook([person(1), person(2, **changes)]), "--dry-run")
    assert exit_code == 1
    (problem,) = told["problems"]
    assert (problem["row"], problem["column"], problem["code"]) == (3, column, code)
    assert problem["message"]


def test_unknown_units_can_be_added(cast, run):
    code, told = run(workbook([person(1, 工作单位="区水务局"), person(2, 工作单位="区水务局")]), "--add-work-units")
    assert (code, told["new"]) == (0, 2)
    assert WorkUnit.objects.get(name="区水务局").node == cast.district


def test_a_file_that_is_no_table_is_exit_2(cast, run):
    code, told = run(b"%PDF-1.7 not a table at all\n")
    assert (code, told["problems"][0]["code"]) == (2, "not_a_table")
    code, told = run("甲,乙\n1,2\n".encode(), name="a.csv")
    assert (code, told["problems"][0]["code"]) == (2, "header_missing")


def test_rights_are_asked(cast, now):
    sheet = open_sheet(workbook([person(1)]))
    target = Target(community=cast.nanyuan)
    with pytest.raises(Forbidden):
        commands.import_roster(sheet=sheet, target=target, by=cast.actor("overseer"), now=now)
    with pytest.raises(OutOfScope):
        commands.import_roster(sheet=sheet, target=target, by=cast.actor("desk_next_door"), now=now)
    school = Target(work_unit=cast.school)
    with pytest.raises(OutOfScope):
        commands.import_roster(sheet=sheet, target=school, by=cast.actor("liaison_next_door"), now=now)
    assert not RosterBatch.objects.exists()


def test_phones_and_addresses_are_sealed_in_the_table(cast, run):
    run(workbook([[*person(1), "西区一号"]], [*HEADERS, "家庭住址"]))
    member = Member.objects.get(name="王零零零一")
    assert member.address == "西区一号"
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone, address FROM members_member WHERE id = %s", [member.pk])
        phone, address = cursor.fetchone()
    assert b"13700000001" not in bytes(phone)
    assert "西区一号".encode() not in bytes(address)


@pytest.mark.django_db(transaction=True)
def test_two_imports_of_one_file_at_once_are_one(now):
    cast = make_cast(now)
    sheet = open_sheet(workbook([person(n) for n in range(1, 60)]))
    barrier, results = threading.Barrier(2), []

    def work() -> None:
        try:
            barrier.wait()
            target = Target(community=cast.nanyuan)
            results.append(commands.import_roster(sheet=sheet, target=target, by=Actor.system(), now=now))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted((done.new, done.already_done) for done in results) == [(0, 59), (59, 0)]
    assert Member.objects.filter(name__startswith="王").count() == 59
    assert RosterBatch.objects.count() == 1


SHAPE = """
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid::regclass::text LIKE 'members_%%'
UNION ALL SELECT indexname, indexdef FROM pg_indexes WHERE tablename LIKE 'members_%%' ORDER BY 1, 2
"""


def shape():
    with connection.cursor() as cursor:
        cursor.execute(SHAPE)
        return cursor.fetchall()


def test_a_first_load_leaves_every_index_and_key_as_it_was(cast, run, monkeypatch):
    monkeypatch.setattr(loading, "LEAST_ROWS", 0)
    whole, taken = shape(), []
    real = loading.without_indexes
    monkeypatch.setattr(loading, "without_indexes", lambda table: taken.append(table) or real(table))
    count = Member.objects.count()
    rows = [person(n) for n in range(1, 2 * count)]
    assert run(workbook([*rows, person(3000, 姓名="林晓岚", 手机号码="13900000101")]))[1]["new"] == len(rows)
    assert taken == list(loading.TABLES)
    assert shape() == whole
    assert (Member.objects.count(), Residence.objects.filter(channel="import").count()) == (
        count + len(rows),
        len(rows),
    )
    taken.clear()
    assert run(workbook([person(4000)]))[1]["new"] == 1
    assert not taken, "one row is no first load"


@pytest.mark.django_db(transaction=True)
def test_a_busy_program_is_not_held_up_by_a_first_load(now, monkeypatch):
    cast = make_cast(now)
    monkeypatch.setattr(loading, "LEAST_ROWS", 0)
    monkeypatch.setattr(loading, "_is_first", lambda rows: True)
    monkeypatch.setattr(loading, "LOCK", loading.LOCK.replace("'2s'", "'50ms'"))
    monkeypatch.setattr(loading, "without_indexes", lambda table: pytest.fail("a table in use was changed"))
    with psycopg.connect(address()) as reader:
        reader.execute("SELECT FROM orgs_node LIMIT 1")
        sheet, target = open_sheet(workbook([person(1)])), Target(community=cast.nanyuan)
        assert commands.import_roster(sheet=sheet, target=target, by=Actor.system(), now=now).new == 1
