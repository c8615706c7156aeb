"""Parsers of roster cells: right values, named problems, and never anything else."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guangcai.members.roster_import import cells
from guangcai.members.roster_import.columns import guess, letters
from guangcai.members.roster_import.dates import read_date
from guangcai.members.roster_import.known import building_key
from guangcai.members.roster_import.problems import SENTENCES, CellProblem

TODAY = date(2026, 11, 20)
PHONE_CODES = ("phone_",)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1985-03-05", date(1985, 3, 5)),
        ("1985/3/5", date(1985, 3, 5)),
        ("1985.03.05", date(1985, 3, 5)),
        ("1985.3", date(1985, 3, 1)),
        ("1985-03", date(1985, 3, 1)),
        ("19850305", date(1985, 3, 5)),
        ("198503", date(1985, 3, 1)),
        ("1985年3月5日", date(1985, 3, 5)),
        ("1985年3月", date(1985, 3, 1)),
        ("1985 年 3 月 5 日", date(1985, 3, 5)),
        ("１９８５年３月５日", date(1985, 3, 5)),
        ("1985年3月5号", date(1985, 3, 5)),
        ("1985年03月05日生", date(1985, 3, 5)),
        ("一九八五年三月五日", date(1985, 3, 5)),
        ("一九八五年十月二十日", date(1985, 10, 20)),
        ("一九八五年十二月三十一日", date(1985, 12, 31)),
        ("二〇〇一年七月", date(2001, 7, 1)),
        ("31111", date(1985, 3, 5)),
        ("31111.5", date(1985, 3, 5)),
        ("1985-03-05 00:00:00", date(1985, 3, 5)),
        ("1985-03-05T08:00:00", date(1985, 3, 5)),
        ("1985。3。5", date(1985, 3, 5)),
        ("2000-02-29", date(2000, 2, 29)),
    ],
)
def test_dates_in_every_usual_notation(text, day):
    assert read_date(text) == day


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2025年2月30日", "date_impossible"),
        ("1985-13-01", "date_impossible"),
        ("2001-02-29", "date_impossible"),
        ("19851301", "date_impossible"),
        ("85-03-05", "date_year_short"),
        ("5/3/85", "date_year_short"),
        ("1985", "date_incomplete"),
        ("1985年", "date_incomplete"),
        ("农历八月十五", "date_lunar"),
        ("去年", "date_unknown"),
        ("0", "date_unknown"),
        ("1985-03-05至今", "date_unknown"),
    ],
)
def test_dates_that_are_refused_say_why(text, code):
    with pytest.raises(CellProblem) as refused:
        read_date(text)
    assert refused.value.code == code
    assert refused.value.message


def test_days_to_come_are_refused():
    with pytest.raises(CellProblem, match="birth_future"):
        cells.read_birth("2027-01-01", today=TODAY)
    with pytest.raises(CellProblem, match="birth_range"):
        cells.read_birth("1800-01-01", today=TODAY)
    with pytest.raises(CellProblem, match="joined_future"):
        cells.read_joined("2027-01-01", today=TODAY)
    with pytest.raises(CellProblem, match="reported_future"):
        cells.read_reported("2027-01-01", today=TODAY)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("王小明", "王小明"),
        ("王 明", "王明"),
        (" 欧阳修文　", "欧阳修文"),
        ("阿依古丽·买买提", "阿依古丽·买买提"),
        ("阿依古丽•买买提", "阿依古丽·买买提"),
        ("阿依古丽．买买提", "阿依古丽·买买提"),
        ("㛃䶮", "㛃䶮"),
        ("\U0002cc5f\U00020000", "\U0002cc5f\U00020000"),
        ("李\u200b雷", "李雷"),
        ("John Smith", "John Smith"),
    ],
)
def test_names_pass(text, name):
    assert cells.read_name(text) == name


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("王", "name_short"),
        ("王3", "name_digits"),
        ("王小明2", "name_digits"),
        ("王小明（女）", "name_signs"),
        ("王小明😀", "name_signs"),
        ("王小明、李雷", "name_several"),
        ("王?明", "name_unreadable"),
        ("王\ufffd", "name_unreadable"),
        ("无", "name_missing"),
        ("暂无", "name_missing"),
        ("王" * 61, "name_long"),
    ],
)
def test_names_that_are_refused_say_why(text, code):
    with pytest.raises(CellProblem) as refused:
        cells.read_name(text)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "text", ["13800138000", "138 0013 8000", "１３８００１３８０００", "13800138000.0", "+86-13800138000"]
)
def test_phones_in_every_notation(text):
    assert cells.read_phone(text) == "+8613800138000"


def test_a_phone_that_lost_digits_is_refused_with_the_reason():
    with pytest.raises(CellProblem) as refused:
        cells.read_phone("1.38E+10")
    assert refused.value.code == "phone_digits_lost"


def test_houses_are_one_in_every_notation():
    assert len({building_key("", name) for name in ("3号楼", "3栋", "3#", "03", "3", "３号楼")}) == 1
    assert building_key("南园", "3号楼") != building_key("北园", "3号楼")


def test_letters_as_a_spreadsheet_shows_them():
    assert [letters(number) for number in (1, 26, 27, 52, 703)] == ["A", "Z", "AA", "AZ", "AAA"]


def test_columns_are_guessed_from_their_headers():
    headers = [
        "序号",
        "姓 名*",
        "性别",
        "出生年月（公历）",
        "联系方式/手机",
        "工作单位：",
        "职务",
        "身份证号码",
        "奇怪的列",
    ]
    found = guess(headers)
    assert found.fields == ("", "name", "gender", "birth_date", "phone", "work_unit", "job_title", "id_number", "")
    assert not found.problems
    assert found.label(1) == "B 姓 名*"


def test_a_mobile_wins_over_a_plain_phone():
    assert guess(["姓名", "联系电话", "手机号码"]).fields == ("name", "", "phone")


def test_the_same_column_twice_is_named():
    found = guess(["姓名", "党员姓名", "手机", "手机"])
    assert [problem.code for problem in found.problems] == ["column_repeated", "column_repeated"]
    assert "D 手机" in found.problems[1].column


def test_no_column_of_names_is_named():
    assert [problem.code for problem in guess(["性别", "手机"]).problems] == ["name_column_missing"]


READERS = [
    cells.read_name,
    cells.read_phone,
    read_date,
    lambda text: cells.read_birth(text, today=TODAY),
    lambda text: cells.read_joined(text, today=TODAY),
    lambda text: cells.read_text(text, most=60),
    lambda text: cells.read_choice(text, known={"男": "male"}, labels={"男": "男"}),
    lambda text: cells.read_several(text, known={"法律": 1}),
]
DATE_LIKE = st.text(alphabet="0123456789年月日号-/.。、 一二三十〇零农历生：T０１９", max_size=16)


@pytest.mark.parametrize("reader", READERS)
@given(text=st.one_of(st.text(max_size=80), DATE_LIKE))
@settings(max_examples=300, deadline=None)
def test_a_parser_gives_a_value_or_a_named_problem(reader, text):
    wrong = _problem_of(reader, text)
    if wrong is not None:
        assert wrong.code in SENTENCES or wrong.code.startswith(PHONE_CODES)
        assert wrong.message


def _problem_of(reader, text):
    try:
        reader(text)
    except CellProblem as wrong:
        return wrong
    return None


@given(st.lists(st.text(max_size=20), max_size=12))
@settings(max_examples=200, deadline=None)
def test_any_header_is_guessed_without_fault(headers):
    found = guess(headers)
    assert len(found.fields) == len(headers)
    for at in range(len(headers)):
        assert found.label(at)
