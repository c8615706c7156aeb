"""core.spreadsheet.writing: no cell is ever a formula, numbers stay numbers, nothing hidden comes along."""

import csv
import io
import re
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guangcai.core.spreadsheet import Sheet, harmless, read_table, write_csv, write_workbook

PAYLOADS = [
    sign + rest
    for sign in ("=", "+", "-", "@", "\t=", "\r=", "\n=", "\0=", " =", "\u3000=", "＝", "＋", "－", "＠")
    for rest in ("1+1", "cmd|'/c calc'!A1", 'HYPERLINK("x")')
]
INNER = ["a;=1+1", "a\t=1+1", 'a"=1+1', "a\n=1+1", "a|@SUM(1)", "a;  =1"]
ALLOWED = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|docProps/(app|core)\.xml|xl/(workbook|styles|sharedStrings)\.xml|"
    r"xl/theme/theme1\.xml|xl/_rels/workbook\.xml\.rels|xl/worksheets/sheet\d+\.xml"
)


def _parts(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_a_workbook_reads_back_as_written():
    rows = [
        ["张三", 13, Decimal("2.50"), date(2026, 11, 20), datetime(2026, 11, 20, 2, 0, tzinfo=UTC), None],
        ["00123", -1, 0.5, date(1950, 1, 1), None, ""],
    ]
    content = write_workbook([Sheet("登记册", ["姓名", "次数", "小时", "日期", "时间", "备注"], rows, {2: "0.00"})])
    table = read_table(content)
    assert table.sheet == "登记册"
    assert table.rows[1] == ["张三", "13", "2.5", "2026-11-20", "2026-11-20 10:00", ""]
    assert table.rows[2] == ["00123", "-1", "0.5", "1950-01-01", "", ""]
    sheet = _parts(content)["xl/worksheets/sheet1.xml"]
    assert 'state="frozen"' in sheet
    assert '<c r="B2"><v>13</v>' in sheet


@pytest.mark.parametrize("big", [False, True])
def test_no_text_becomes_a_formula_and_nothing_hidden_comes_along(big):
    rows = [[payload] for payload in PAYLOADS + INNER] * (200 if big else 1)
    content = write_workbook([Sheet("S", ["=1+1"], iter(rows))])
    parts = _parts(content)
    assert [name for name in parts if not ALLOWED.fullmatch(name)] == []
    assert not any("<f>" in part or "definedName" in part or 'state="hidden"' in part for part in parts.values())
    assert len(read_table(content)) == len(rows) + 1


def test_sheet_names_are_made_valid_and_different():
    names = ["a/b:c*?[]", "", "x" * 40, "x" * 40, "X" * 31, "'quoted'"]
    content = write_workbook([Sheet(name, ["a"], [["1"]]) for name in names])
    table = read_table(content)
    assert len({table.sheet, *table.other_sheets}) == len(names)


def test_columns_are_as_wide_as_chinese_text():
    sheet = _parts(write_workbook([Sheet("S", ["单位"], [["东风街道南园社区居民委员会"]])]))["xl/worksheets/sheet1.xml"]
    width = float(re.search(r'<col min="1" max="1" width="([\d.]+)"', sheet)[1])
    assert 26 < width < 32


@pytest.mark.parametrize("payload", PAYLOADS)
def test_csv_neutralises_formulas(payload):
    assert harmless(payload).startswith("'")
    content = write_csv(["x"], [[payload]])
    assert content.startswith(b"\xef\xbb\xbf")
    ((_name,), (cell,)) = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    assert cell.startswith("'")
    assert cell.replace("'", "") == payload.replace("'", "")


@pytest.mark.parametrize("payload", INNER)
def test_csv_neutralises_formulas_behind_other_separators(payload):
    assert re.search(r"[;\t\"\n|]\s*[=@]", harmless(payload)) is None


def test_csv_keeps_numbers_and_ordinary_text():
    content = write_csv(["姓名", "分钟"], [["张三-李四", -90], ["a=b", Decimal("1.50")]]).decode("utf-8-sig")
    assert content == '"姓名","分钟"\r\n"张三-李四","-90"\r\n"a=b","1.50"\r\n'


@settings(max_examples=300)
@given(st.text(max_size=30))
def test_harmless_text_never_begins_a_formula(text):
    out = harmless(text)
    assert not re.match("[\\s\ufeff]*[=+\\-@\uff1d\uff0b\uff0d\uff20]", out)
    assert out.replace("'", "") == text.replace("'", "")
