"""Workbooks and CSV files for the tests of the roster import."""

import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter

HEADERS = ["姓名", "性别", "出生日期", "手机号码", "工作单位", "楼栋"]


def workbook(rows: Sequence[Sequence[Any]], headers: Sequence[str] = HEADERS, *, more: Sequence[str] = ()) -> bytes:
    """A sheet of people; `more`: names of further sheets, each with something in it."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    page = book.add_worksheet()
    for at, row in enumerate([headers, *rows]):
        page.write_row(at, 0, row)
    for name in more:
        book.add_worksheet(name).write_row(0, 0, ["姓名", "电话"])
    book.close()
    return out.getvalue()


def numbered(surname: str, number: int) -> str:
    """A name of its own for every number, that a roster takes."""
    return surname + "".join("零一二三四五六七八九"[int(digit)] for digit in f"{number:04d}")


def person(number: int, **changes: Any) -> list[Any]:
    """A good row, with its own name and phone."""
    row = {"姓名": numbered("王", number), "性别": "男", "出生日期": "1985-03-05", "手机号码": f"1370000{number:04d}"}
    row |= {"工作单位": "站前区实验小学", "楼栋": "3号楼"} | changes
    return [row[header] for header in HEADERS]
