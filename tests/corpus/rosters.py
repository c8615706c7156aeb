"""The corpus of ugly rosters: every file is made here from a seed, none is stored, each says what must come of it.

`python -m tests.corpus.rosters FOLDER` writes them out, each with a sidecar, to look at them.
"""

import io
import json
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import xlsxwriter

HEADERS = ["姓名", "性别", "出生日期", "联系电话", "工作单位"]
UNIT = "站前区实验小学"
GIVEN = "文明志强建华秀英丽芳军洋勇艳杰娟涛超霞平刚桂兰红玉"
Rows = list[list[Any]]


@dataclass(frozen=True)
class Item:
    """One file. accepted: rows without a problem; problems: (row, code); unreadable: the code of exit 2."""

    name: str
    content: bytes
    accepted: int = 0
    problems: tuple[tuple[int, str], ...] = ()
    unreadable: str = ""


def people(seed: int, count: int = 3) -> Rows:
    rng = random.Random(seed)
    return [
        [
            rng.choice("赵钱孙李周吴郑王") + rng.choice(GIVEN) + rng.choice(GIVEN),
            rng.choice("男女"),
            f"19{rng.randrange(60, 95)}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}",
            f"136{seed:04d}{number:04d}",
            UNIT,
        ]
        for number in range(count)
    ]


def xlsx(rows: Rows, *, prepare: Callable[[Any, Any], None] | None = None) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    page = book.add_worksheet()
    for at, row in enumerate(rows):
        page.write_row(at, 0, row)
    if prepare:
        prepare(book, page)
    book.close()
    return out.getvalue()


def csv(rows: Rows, *, encoding: str = "utf-8", delimiter: str = ",", end: str = "\r\n") -> bytes:
    return end.join(delimiter.join(str(cell) for cell in row) for row in rows).encode(encoding)


def table(seed: int, **changes: Any) -> Rows:
    """A header and three rows; `changes` replaces cells of the second row by column."""
    rows = people(seed)
    for header, value in changes.items():
        rows[1][HEADERS.index(header)] = value
    return [HEADERS, *rows]


def encodings(seed: int) -> Iterator[Item]:
    for encoding in ("utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le"):
        yield Item(f"csv-{encoding}.csv", csv(table(seed), encoding=encoding), accepted=3)
    for name, delimiter in (("semicolon", ";"), ("tab", "\t"), ("pipe", "|")):
        yield Item(f"csv-{name}.csv", csv(table(seed), delimiter=delimiter), accepted=3)
        yield Item(f"csv-gbk-{name}.csv", csv(table(seed), encoding="gbk", delimiter=delimiter), accepted=3)
    yield Item("csv-unix-ends.csv", csv(table(seed), end="\n"), accepted=3)
    rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in table(seed))
    yield Item("html.xls", f"<html><body><table>{rows}</table></body></html>".encode(), accepted=3)


def shapes(seed: int) -> Iterator[Item]:
    good = table(seed)
    width = len(HEADERS)
    yield Item("plain.xlsx", xlsx(good), accepted=3)
    yield Item("title.xlsx", xlsx([["2026年在职党员登记表"], *good]), accepted=3)
    yield Item("title-and-unit.xlsx", xlsx([["登记表"], ["填报单位：实验小学", "", "2026年"], *good]), accepted=3)

    def merge(book: Any, page: Any) -> None:
        page.merge_range(0, 0, 0, width - 1, "在职党员登记表", book.add_format())

    yield Item("merged-title.xlsx", xlsx([[""], *good], prepare=merge), accepted=3)
    two = [["姓名", "性别", "出生日期", "联系方式", "", "工作单位"], ["", "", "", "手机", "固定电话", ""]]
    yield Item("two-rows.xlsx", xlsx([*two, *([*row[:4], "", row[4]] for row in good[1:])]), accepted=3)
    yield Item("total-below.xlsx", xlsx([*good, ["合计", "", "", 3]]), accepted=3)
    yield Item("note-below.xlsx", xlsx([*good, [], ["备注：本表一式三份"]]), accepted=3)
    yield Item("signature-below.xlsx", xlsx([*good, ["填表人：", "李四"]]), accepted=3)
    yield Item("blank-rows.xlsx", xlsx([good[0], [], good[1], [], [], good[2], good[3]]), accepted=3)
    yield Item("header-again.xlsx", xlsx([*good[:2], HEADERS, *good[2:]]), accepted=3)
    yield Item("numbered-blanks.xlsx", xlsx(_numbered(good, blanks=5)), accepted=3)
    yield Item(
        "hidden-row.xlsx", xlsx(good, prepare=lambda _b, page: page.set_row(2, None, None, {"hidden": 1})), accepted=3
    )
    yield Item("shifted.xlsx", xlsx([[], [], *(["", "", *row] for row in good)]), accepted=3)
    yield Item("extra-columns.xlsx", xlsx([[*row, "x"] for row in good]), accepted=3)
    yield Item(
        "starred-headers.xlsx",
        xlsx([["*姓 名", "性 别", "出生日期（年月日）", "联系电话：", "工作单位"], *good[1:]]),
        accepted=3,
    )
    yield Item(
        "other-words.xlsx", xlsx([["党员姓名", "性别", "出生年月", "手机号", "单位名称"], *good[1:]]), accepted=3
    )
    id_number = [["姓名", "身份证号码"], ["王小明", "210802198503050019"]]
    yield Item("id-number.xlsx", xlsx(id_number), accepted=1)
    twice = [["姓名", "手机号码", "手机号码"], ["王小明", "", ""]]
    yield Item("column-twice.xlsx", xlsx(twice), problems=((1, "column_repeated"),))
    yield Item("no-name-column.xlsx", xlsx([["性别", "联系电话"], ["男", ""]]), problems=((1, "name_column_missing"),))
    yield Item("header-only.xlsx", xlsx([HEADERS]), problems=((1, "no_rows"),))


def sheets(seed: int) -> Iterator[Item]:
    """More than one sheet, and a formula that failed."""
    good = table(seed)

    def more_sheets(book: Any, _page: Any) -> None:
        for at, row in enumerate(good):
            book.get_worksheet_by_name("Sheet2").write_row(at, 0, row)

    def second(book: Any, page: Any) -> None:
        book.add_worksheet()
        more_sheets(book, page)

    def fault(_book: Any, page: Any) -> None:
        page.write_formula(2, 3, "=VLOOKUP(1,A1:A2,1,0)", None, "#N/A")

    yield Item("explained-first.xlsx", xlsx([["填表说明"], ["请认真填写"]], prepare=second), accepted=3)
    yield Item("two-lists.xlsx", xlsx(good, prepare=second), accepted=3)
    yield Item("formula-error.xlsx", xlsx(good, prepare=fault), accepted=2, problems=((3, "cell_error"),))


def _numbered(good: Rows, blanks: int) -> Rows:
    rows: Rows = [["序号", *good[0]]]
    rows += [[at, *row] for at, row in enumerate(good[1:], start=1)]
    return rows + [[len(rows) + at] for at in range(blanks)]


FINE: Sequence[tuple[str, str, Any]] = [
    ("phone-number", "联系电话", 13812345678),
    ("phone-full-width", "联系电话", "１３８１２３４５６７８"),
    ("phone-point-zero", "联系电话", "13812345678.0"),
    ("phone-spaces", "联系电话", "138 1234 5678"),
    ("phone-plus-86", "联系电话", "+86 138-1234-5678"),
    ("phone-apostrophe", "联系电话", "'13812345678"),
    ("phone-landline", "联系电话", "0417-2823456"),
    ("phone-none", "联系电话", "无"),
    ("phone-empty", "联系电话", ""),
    ("date-serial", "出生日期", 31111),
    ("date-month", "出生日期", "1985.3"),
    ("date-chinese", "出生日期", "1985年3月5日"),
    ("date-written-out", "出生日期", "一九八五年三月五日"),
    ("date-eight-digits", "出生日期", "19850305"),
    ("date-none", "出生日期", "不详"),
    ("gender-long", "性别", "女性"),
    ("name-dot", "姓名", "阿依古丽·买买提"),
    ("name-other-dot", "姓名", "阿依古丽•买买提"),
    ("name-rare", "姓名", "王㛃䶮"),
    ("name-very-rare", "姓名", "王\U0002cc5f"),
    ("name-gap", "姓名", "王 明"),
    ("name-invisible", "姓名", "王\u200b小明\u00a0"),
    ("unit-brackets", "工作单位", "站前区实验小学 "),
]
WRONG: Sequence[tuple[str, str, Any, str]] = [
    ("phone-short", "联系电话", "1381234567", "phone_length"),
    ("phone-lost", "联系电话", "1.38E+10", "phone_digits_lost"),
    ("phone-characters", "联系电话", "一三八一二三四五六七八", "phone_chinese_digits"),
    ("phone-two", "联系电话", "13812345678/13912345678", "phone_several"),
    ("phone-no-area", "联系电话", "2823456", "phone_area_code"),
    ("date-30-february", "出生日期", "2025年2月30日", "date_impossible"),
    ("date-future", "出生日期", "2099-01-01", "birth_future"),
    ("date-child", "出生日期", "2019年3月", "birth_young"),
    ("date-short-year", "出生日期", "85.3.5", "date_year_short"),
    ("date-year", "出生日期", "1985", "date_incomplete"),
    ("date-lunar", "出生日期", "农历三月初五", "date_lunar"),
    ("date-1800", "出生日期", "1800-01-01", "birth_range"),
    ("gender-odd", "性别", "未说明", "value_unknown"),
    ("name-empty", "姓名", "", "name_missing"),
    ("name-one", "姓名", "王", "name_short"),
    ("name-header", "姓名", "手机", "name_header"),
    ("name-digit", "姓名", "王明2", "name_digits"),
    ("name-remark", "姓名", "王明（女）", "name_signs"),
    ("name-two", "姓名", "王明、李雷", "name_several"),
    ("name-lost", "姓名", "王?明", "name_unreadable"),
    ("name-emoji", "姓名", "王明😀", "name_signs"),
    ("unit-unknown", "工作单位", "查无此单位", "work_unit_unknown"),
    ("unit-error", "工作单位", "#REF!", "cell_error"),
]


def cells(seed: int) -> Iterator[Item]:
    """One odd cell in the third row of the sheet."""
    for name, column, value in FINE:
        yield Item(f"{name}.xlsx", xlsx(table(seed, **{column: value})), accepted=3)
    for name, column, value, code in WRONG:
        yield Item(f"{name}.xlsx", xlsx(table(seed, **{column: value})), accepted=2, problems=((3, code),))
    phones = table(seed)
    phones[3][3] = phones[1][3]
    yield Item("phone-twice.xlsx", xlsx(phones), accepted=2, problems=((4, "phone_repeated"),))


def unreadable(seed: int) -> Iterator[Item]:
    yield Item("empty.xlsx", b"", unreadable="empty")
    yield Item("picture.xlsx", b"%PDF-1.7\n1 0 obj\n", unreadable="not_a_table")
    yield Item("cut.xlsx", xlsx(table(seed))[:2000], unreadable="damaged")
    yield Item("blank.xlsx", xlsx([]), unreadable="no_rows")
    yield Item("no-header.csv", "甲,乙\r\n1,2".encode(), unreadable="header_missing")
    yield Item("old-xml.xls", OLD_XML.encode(), unreadable="old_format")


OLD_XML = '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"></Workbook>'


def items() -> list[Item]:
    return [*encodings(1), *shapes(2), *sheets(5), *cells(3), *unreadable(4)]


def write(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for item in items():
        expected = {key: value for key, value in asdict(item).items() if key != "content"}
        (folder / item.name).write_bytes(item.content)
        (folder / f"{item.name}.json").write_text(json.dumps(expected, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    write(Path(sys.argv[1]))
