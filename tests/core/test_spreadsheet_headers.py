"""core.spreadsheet.headers on tables as people really make them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guangcai.core.spreadsheet import find_header, own_rows

KNOWN = {"姓名", "性别", "手机", "联系电话", "工作单位", "住址", "座机", "入党时间", "Name", "Phone"}

SIMPLE = [["姓名", "性别", "手机"], ["张三", "男", "13800138000"], ["李四", "女", "13900139000"]]
TITLED = [["南园社区在职党员登记表", "", ""], ["填报单位：南园社区", "", "2026年11月"], ["", "", ""], *SIMPLE]
TWO_ROWS = [
    ["在职党员登记册", "", "", "", ""],
    ["序号", "姓名", "联系方式", "", "工作单位"],
    ["", "", "手机", "座机", ""],
    ["1", "张三", "13800138000", "", "一中"],
    ["2", "李四", "13900139000", "0417-2823456", "二中"],
    ["合计", "2人", "", "", ""],
    ["", "", "", "", ""],
    ["注：手机必填", "", "", "", ""],
    ["填表人：王五", "", "审核人：赵六", "", ""],
]


def _numbers(rows, header, first_row=1):
    return [number for number, _row in own_rows(rows, header, first_row)]


def test_a_plain_header():
    header = find_header(SIMPLE, KNOWN)
    assert (header.names, header.top, header.depth, header.matches) == (("姓名", "性别", "手机"), 0, 1, 3)
    assert _numbers(SIMPLE, header) == [2, 3]


def test_titles_above_are_passed_over_and_row_numbers_stay_the_sheets_own():
    header = find_header(TITLED, KNOWN)
    assert header.top == 3
    assert _numbers(TITLED, header) == [5, 6]
    assert _numbers(TITLED, header, first_row=3) == [7, 8]


def test_two_rows_are_joined_and_notes_and_totals_left_out():
    header = find_header(TWO_ROWS, KNOWN)
    assert header.names == ("序号", "姓名", "联系方式/手机", "联系方式/座机", "工作单位")
    assert (header.top, header.depth, header.matches) == (1, 2, 4)
    assert _numbers(TWO_ROWS, header) == [4, 5]


def test_marks_spaces_and_remarks_in_names_do_not_matter():
    header = find_header([["*姓 名", "联系电话（必填）", "工作\n单位："], ["张三", "1", "一中"]], KNOWN)
    assert header.matches == 3
    assert header.names[0] == "*姓名"


def test_a_header_repeated_on_each_printed_page_is_not_a_person():
    rows = [*SIMPLE, SIMPLE[0], ["王五", "男", "13700137000"], ["小计", "", ""]]
    assert _numbers(rows, find_header(rows, KNOWN)) == [2, 3, 5]


def test_a_person_called_like_a_note_stays():
    rows = [*SIMPLE, ["说明", "男", "13700137000"]]
    assert _numbers(rows, find_header(rows, KNOWN)) == [2, 3, 4]


def test_a_data_row_under_a_header_with_an_unnamed_column_is_no_second_header():
    rows = [["姓名", "手机", ""], ["张三", "13800138000", "退休"]]
    assert find_header(rows, KNOWN).depth == 1


def test_one_known_column_is_enough_and_none_is_not():
    assert find_header([["姓名"], ["张三"]], KNOWN).matches == 1
    assert find_header([["甲", "乙"], ["1", "2"]], KNOWN) is None
    assert find_header([], KNOWN) is None


cells = st.sampled_from(["", "姓名", "手机", "张三", "合计", "注：", "1", "住址"])


@given(st.lists(st.lists(cells, min_size=4, max_size=4), max_size=12))
def test_any_table_has_a_header_or_none(rows):
    header = find_header(rows, KNOWN)
    if header is not None:
        assert 0 < header.matches <= len(header.names) == 4
        assert all(number > header.first_row for number in _numbers(rows, header))


@pytest.mark.parametrize("title_rows", [0, 1, 5, 20])
def test_a_two_row_header_is_found_below_any_number_of_titles(title_rows):
    rows = [["标题", "", "", "", ""]] * title_rows + TWO_ROWS[1:]
    assert find_header(rows, KNOWN).top == title_rows
