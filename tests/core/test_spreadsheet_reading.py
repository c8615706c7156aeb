"""core.spreadsheet.reading: what people send becomes text; what attackers send becomes a sentence."""

import contextlib
import resource
import time
from datetime import date, datetime, timedelta

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guangcai.core.spreadsheet import UnreadableTable, read_table
from tests.core import tables

ROWS = [["姓名", "手机"], ["张三", "13800138000"], ["李𬱟", "0417-2823456"]]
TEXT = "\r\n".join(",".join(row) for row in ROWS) + "\r\n"
# Start of a compound file with the stream that a password-protected workbook has.
LOCKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(500)


def _bomb():
    """300 MB of blanks in 300 KB."""
    return tables.packed({"xl/worksheets/sheet1.xml": b" " * (310 * 1024 * 1024)})


def test_cells_become_the_text_that_a_person_sees(tmp_path):
    book = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    page = book.add_worksheet("登记册")
    day, clock = book.add_format({"num_format": "yyyy/m/d"}), book.add_format({"num_format": "h:mm"})
    values = [13800138000.0, 1.5, 0.1 + 0.2, 110105199003077752.0, True, "  x ", "a\r\nb", "00123", "=1+1"]
    for column, value in enumerate(values):
        write = page.write_string if isinstance(value, str) else page.write
        write(0, column, value)
    page.write_datetime(0, 9, datetime(1985, 3, 1), day)  # noqa: DTZ001
    page.write_datetime(0, 10, datetime(2026, 11, 20, 8, 30), day)  # noqa: DTZ001
    page.write_number(0, 11, 8.5 / 24, clock)
    page.write_datetime(0, 12, date(2026, 2, 28), day)
    page.write_number(
        0, 13, timedelta(hours=26, minutes=5) / timedelta(days=1), book.add_format({"num_format": "[h]:mm"})
    )
    page.write_formula(0, 14, "=A1*2", None, 7)
    book.close()
    table = read_table((tmp_path / "a.xlsx").read_bytes())
    assert table.rows[0][:9] == ["13800138000", "1.5", "0.3", "1.10105E+17", "TRUE", "  x ", "a\r\nb", "00123", "=1+1"]
    assert table.rows[0][9:] == ["1985-03-01", "2026-11-20 08:30", "08:30", "2026-02-28", "26:05", "7"]


def test_rows_keep_the_sheets_own_numbers():
    table = read_table(tables.workbook([[], [], ["", "x", "y"], [], ["", "1", ""]]))
    assert (table.first_row, table.first_column, len(table)) == (3, 2, 3)
    assert table.rows == [["x", "y"], ["", ""], ["1", ""]]
    assert table.head(1) == [["x", "y"]]


def test_hidden_sheets_do_not_exist():
    table = read_table(tables.workbook(ROWS, hidden=[["secret"]], name="登记册"))
    assert (table.sheet, table.rows, table.other_sheets) == ("登记册", ROWS, ())
    with pytest.raises(UnreadableTable) as refusal:
        read_table(tables.workbook(ROWS, hidden=[["secret"]]), sheet="hidden")
    assert refusal.value.code == "sheet_missing"


ENCODED = [
    TEXT.encode(),
    TEXT.encode("utf-8-sig"),
    TEXT.encode("utf-16"),
    TEXT.encode("utf-16-le"),
    TEXT.encode("utf-16-be"),
    TEXT.encode("gb18030"),
    TEXT.replace(",", ";").encode("gb18030"),
    TEXT.replace(",", "\t").encode("utf-16"),
    TEXT.replace("\r\n", "\n").encode(),
]


def test_an_error_of_a_formula_is_seen_and_other_filled_sheets_are_named(tmp_path):
    book = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    for name, value in (("名单", "#N/A"), ("空", None), ("其他", "甲")):
        page = book.add_worksheet(name)
        if value == "#N/A":
            page.write_string(0, 0, "姓名")
            page.write_formula(1, 0, "=1/0", None, "#DIV/0!")
        elif value:
            page.write_string(0, 0, value)
    book.close()
    table = read_table((tmp_path / "a.xlsx").read_bytes())
    assert table.rows == [["姓名"], ["#DIV/0!"]]
    assert table.other_sheets == ("其他",)


@pytest.mark.parametrize("content", ENCODED)
def test_csv_in_any_usual_dress(content):
    table = read_table(content, "名单.csv")
    assert (table.kind, table.rows) == ("csv", ROWS)


def test_csv_with_quotes_line_breaks_and_blank_rows():
    table = read_table('\n\n姓名,备注\n张三,"一,二\n三""四"""\n李四\n\n'.encode())
    assert (table.first_row, table.rows) == (3, [["姓名", "备注"], ["张三", '一,二\n三"四"'], ["李四", ""]])


def test_html_called_xls():
    page = (
        "<html><meta charset=gbk><table><tr><td colspan=2>标题</table><table border=1>"
        "<tr><th rowspan=2>姓名<th colspan=2>联系方式<tr><th>手机</th><th>座机</th></tr>"
        "<tr><td>张三</td><td>138&nbsp;</td><td><br></td></tr></table><script>x</script></html>"
    )
    table = read_table(page.encode("gb18030"), "名单.xls")
    assert (table.kind, table.rows[:2]) == ("html", [["姓名", "联系方式", ""], ["", "手机", "座机"]])
    assert table.rows[2][0] == "张三"


def test_ods_with_a_million_empty_rows_below():
    nothing = '<table:table-cell table:number-columns-repeated="1024"/>'
    empty = f'<table:table-row table:number-rows-repeated="1048570">{nothing}</table:table-row>'
    body = "".join(f"<table:table-row>{''.join(map(tables.ods_cell, row))}</table:table-row>" for row in ROWS)
    assert read_table(tables.ods(body + empty)).rows == ROWS


def test_xlsx_with_styled_empty_rows_to_the_end():
    """WPS writes every row of a formatted column."""
    styled = "".join(f'<row r="{at}"><c r="A{at}" s="0"/></row>' for at in range(4, 300_000))
    content = tables.sheet(tables.number_rows(3) + styled, dimension="A1:A300000")
    assert len(read_table(content)) == 3


REFUSED = {
    "empty": ("empty", lambda: b""),
    "blank csv": ("no_rows", lambda: b"\n , ,\n"),
    "picture": ("not_a_table", lambda: b"\x89PNG\r\n\x1a\n\x00\x00"),
    "pdf": ("not_a_table", lambda: b"%PDF-1.7\n"),
    "word": ("not_a_table", lambda: tables.packed({}).replace(b"xl/workbook.xml", b"wd/workbook.xml")),
    "html without a table": ("not_a_table", lambda: b"<html><body>hello</body></html>"),
    "binary xlsb": ("old_format", lambda: tables.packed({}).replace(b"xl/workbook.xml", b"xl/workbook.bin")),
    "xml of 2003": (
        "old_format",
        lambda: b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
    ),
    "password": ("protected", lambda: LOCKED),
    "not a workbook inside": ("damaged", lambda: LOCKED.replace(b"E\0n\0c\0", b"X\0n\0c\0")),
    "cut off": ("damaged", lambda: tables.workbook(ROWS)[:-200]),
    "cut in the middle": ("damaged", lambda: tables.sheet("<row r='1'><c><v>1</v")),
    "unknown encoding": ("encoding", lambda: "姓名,手机\n".encode() + b"\xff\xff\x80"),
    "flat bomb": ("suspicious", _bomb),
    "bomb with a false size": (
        "damaged",
        lambda: tables.understated_size(_bomb(), "xl/worksheets/sheet1.xml", 1000),
    ),
    "too many members": ("suspicious", lambda: tables.packed({f"xl/media/{n}": b"" for n in range(2_100)})),
    "document type": (
        "suspicious",
        lambda: tables.sheet(tables.number_rows(1), before='<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'),
    ),
    "400,000 rows": ("too_many_rows", lambda: tables.sheet(tables.number_rows(400_000))),
    "400,000 rows declared": (
        "too_many_rows",
        lambda: tables.sheet(tables.number_rows(400_000), dimension="A1:A400000"),
    ),
    "400,000 rows hidden by the dimension": (
        "too_many_rows",
        lambda: tables.sheet(tables.number_rows(400_000), dimension="A1:B9"),
    ),
    "far cell": (
        "memory",
        lambda: tables.sheet('<row r="1048576"><c r="XFD1048576"><v>1</v></c><c r="A1"><v>1</v></c></row>'),
    ),
    "far cell in a column": (
        "too_many_rows",
        lambda: tables.sheet(
            '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="A1048576"><v>1</v></c></row>'
        ),
    ),
    "repeated cells": (
        "too_many_columns",
        lambda: tables.ods(f"<table:table-row>{tables.ods_cell('x', repeated=16384)}</table:table-row>"),
    ),
    "many columns in csv": ("too_many_columns", lambda: b",".join([b"x"] * 600)),
    "many rows in csv": ("too_many_rows", lambda: b"a,b\n" * 250_000),
    "too big": ("too_big", lambda: b"a,b\n" * 8_000_000),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_quickly_with_a_sentence(name):
    code, make = REFUSED[name]
    content = make()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    with pytest.raises(UnreadableTable) as refusal:
        read_table(content, "x.xlsx")
    took = time.monotonic() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert refusal.value.code == code
    assert str(refusal.value).endswith((".", "。"))
    assert "%(" not in str(refusal.value)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 2
    assert took < 6


def test_repeated_rows_end_in_a_refusal():
    rows = (
        f'<table:table-row table:number-rows-repeated="1000000">{tables.ods_cell("x", repeated=400)}</table:table-row>'
    )
    with pytest.raises(UnreadableTable):
        read_table(tables.ods(rows))


def test_a_doubled_member_is_refused():
    with pytest.warns(UserWarning, match="Duplicate"):
        content = tables.packed({}, extra=[("xl/workbook.xml", tables.BOOK)])
    with pytest.raises(UnreadableTable) as refusal:
        read_table(content)
    assert refusal.value.code == "suspicious"


def test_the_reader_knows_no_secrets(monkeypatch):
    import subprocess

    seen = {}
    real = subprocess.Popen

    def watched(*args, **kwargs):
        seen.update(kwargs["env"])
        return real(*args, **kwargs)

    monkeypatch.setattr("guangcai.core.spreadsheet.reading.subprocess.Popen", watched)
    read_table(b"a,b\n1,2\n")
    assert set(seen) == {"PYTHONPATH", "LC_ALL"}


cell_text = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=12)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(cell_text.filter(str.strip), min_size=3, max_size=3), min_size=1, max_size=5))
def test_any_text_survives_the_way_through_a_workbook(rows):
    from guangcai.core.spreadsheet import Sheet, write_workbook

    content = write_workbook([Sheet("S", ["a", "b", "c"], rows)])
    assert read_table(content).rows[1:] == [list(row) for row in rows]


@settings(max_examples=20, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_give_a_table_or_a_sentence(content):
    with contextlib.suppress(UnreadableTable):
        assert len(read_table(content)) > 0
