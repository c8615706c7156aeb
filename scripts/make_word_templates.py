"""Build the Word templates of the papers: scripts/word_templates.json -> guangcai/<room>/print/<paper>.docx.

    python scripts/make_word_templates.py            writes what changed
    python scripts/make_word_templates.py --check    exits 1 when a template is not what the words would build

The files are kept in the repository, so that an installation needs no building; the same words give the same bytes.
A district changes a copy in Word (docs/adr/0016), never these.
"""

import io
import json
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

ROOT = Path(__file__).resolve().parents[1]
WORDS = Path(__file__).with_name("word_templates.json")
# What every Word and WPS in an office has; Latin letters and figures as in official documents.
LATIN, SONG, HEI, FANG = "Times New Roman", "SimSun", "SimHei", "FangSong"
ALIGN = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
}
MARGIN = 25
LONG_AGO = (1980, 1, 1, 0, 0, 0)


class Paper:
    """One template under construction."""

    def __init__(self, words: dict[str, Any]) -> None:
        self.document = Document()
        self._page(landscape=words["landscape"])
        self._footer(words["footer"])
        for block in words["blocks"]:
            (kind, content), *more = block.items()
            getattr(self, kind)(content, **dict(more))

    # --- blocks -----------------------------------------------------------------------------------------------------

    def title(self, text: str) -> None:
        self._line(text, font=HEI, size=20, align="center", after=8)

    def small(self, text: str, align: str = "left") -> None:
        self._line(text, size=10.5, align=align, after=2)

    def address(self, text: str) -> None:
        self._line(text, font=FANG, size=14, after=2)

    def paragraph(self, text: str) -> None:
        line = self._line(text, font=FANG, size=14, after=4)
        line.paragraph_format.first_line_indent = Pt(28)
        line.paragraph_format.line_spacing = 1.5

    def space(self, millimetres: float) -> None:
        line = self._line("", size=1)
        line.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
        line.paragraph_format.line_spacing = Mm(millimetres)

    def facts(self, content: dict[str, Any]) -> None:
        """Names and values in a frame, the names shaded."""
        table = self._table(content["widths"], len(content["rows"]))
        for row, texts in zip(table.rows, content["rows"], strict=True):
            for number, text in enumerate(texts):
                is_name = number % 2 == 0
                self._fill(row.cells[number], text, is_head=is_name, align="center" if is_name else "left")

    def table(self, content: dict[str, Any]) -> None:
        """A heading that repeats on every page, then a row for each; {%tr %} rows vanish when the paper is filled."""
        columns = content["columns"]
        table = self._table([column["width"] for column in columns], 1)
        for cell, column in zip(table.rows[0].cells, columns, strict=True):
            self._fill(cell, column["head"], is_head=True, align="center")
        self._set(table.rows[0], "w:tblHeader")
        self._tag(table, "for " + content["each"])
        row = self._row(table, columns)
        for cell, column in zip(row.cells, columns, strict=True):
            self._fill(cell, column["cell"], align=column.get("align", "left"))
        self._tag(table, "endfor")
        if empty := content.get("empty"):
            self._tag(table, "if not " + content["each"].split(" in ")[1])
            self._fill(self._merged(self._row(table, columns)), empty, align="center")
            self._tag(table, "endif")
        if total := content.get("total"):
            row = self._row(table, columns)
            last = row.cells[-1]
            self._fill(row.cells[0].merge(row.cells[-2]), total[0], is_head=True, align="center")
            self._fill(last, total[1], is_head=True, align="right")

    def signatures(self, names: list[str]) -> None:
        """Names with a line behind each, side by side."""
        room = (self.width - 9 * (len(names) - 1)) / len(names)
        label = 42
        table = self._table([label, room - label + 9] * len(names), 1, style=None)
        for number, name in enumerate(names):
            before, line = table.rows[0].cells[2 * number : 2 * number + 2]
            self._fill(before, name, align="right")
            self._fill(line, "")
            self._underline(line)

    def beside(self, content: dict[str, Any]) -> None:
        """Two columns without a frame: the code on the left, seal and date on the right."""
        table = self._table(content["widths"], 1, style=None)
        for cell, side, size in zip(table.rows[0].cells, ("left", "right"), (9, 12), strict=True):
            self._fill(cell, content[side][0], size=size)
            for text in content[side][1:]:
                self._write(cell.add_paragraph(), text, size=size)

    # --- bricks -----------------------------------------------------------------------------------------------------

    def _page(self, *, landscape: bool) -> None:
        section = self.document.sections[0]
        width, height = (297, 210) if landscape else (210, 297)
        section.page_width, section.page_height = Mm(width), Mm(height)
        section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
        section.left_margin = section.right_margin = Mm(MARGIN)
        section.top_margin, section.bottom_margin = Mm(25), Mm(20)
        section.footer_distance = Mm(10)
        self.width = width - 2 * MARGIN
        normal = self.document.styles["Normal"]
        normal.font.name, normal.font.size = LATIN, Pt(10.5)
        normal.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), SONG)
        normal.paragraph_format.space_after = Pt(0)
        properties = self.document.core_properties
        properties.author = properties.comments = properties.title = ""
        properties.created = properties.modified = datetime(2026, 1, 1, tzinfo=UTC)
        properties.language = "zh-CN"

    def _footer(self, text: str) -> None:
        line = self.document.sections[0].footer.paragraphs[0]
        line.alignment = ALIGN["center"]
        self._write(line, text + "    ", size=9)
        for word, field in (("第 ", "PAGE"), (" 页，共 ", "NUMPAGES")):
            self._write(line, word, size=9)
            self._field(line, field)
        self._write(line, " 页", size=9)

    def _field(self, line: Any, name: str) -> None:
        """What Word counts by itself. The 1 stands until it does."""
        for kind, text in (("begin", ""), ("", name), ("separate", ""), ("text", "1"), ("end", "")):
            run = line.add_run()
            run.font.size = Pt(9)
            if kind == "text":
                run.text = text
            elif kind:
                mark = OxmlElement("w:fldChar")
                mark.set(qn("w:fldCharType"), kind)
                run._r.append(mark)
            else:
                code = OxmlElement("w:instrText")
                code.set(qn("xml:space"), "preserve")
                code.text = f" {text} "
                run._r.append(code)

    def _line(self, text: str, *, size: float, font: str = SONG, align: str = "left", after: float = 0) -> Any:
        line = self.document.add_paragraph()
        line.alignment = ALIGN[align]
        line.paragraph_format.space_after = Pt(after)
        self._write(line, text, size=size, font=font)
        return line

    def _write(self, line: Any, text: str, *, size: float = 10.5, font: str = SONG) -> None:
        run = line.add_run(text)
        run.font.size, run.font.name = Pt(size), LATIN
        run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)

    def _table(self, widths: list[float], rows: int, style: str | None = "Table Grid") -> Any:
        table = self.document.add_table(rows, len(widths), style)
        table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Mm(width)
            for cell in column.cells:
                cell.width = Mm(width)
        for row in table.rows:
            self._set(row, "w:cantSplit")
        return table

    def _row(self, table: Any, columns: list[dict[str, Any]]) -> Any:
        row = table.add_row()
        self._set(row, "w:cantSplit")
        for cell, column in zip(row.cells, columns, strict=True):
            cell.width = Mm(column["width"])
        return row

    def _tag(self, table: Any, words: str) -> None:
        table.add_row().cells[0].text = "{%tr " + words + " %}"

    def _merged(self, row: Any) -> Any:
        return row.cells[0].merge(row.cells[-1])

    def _fill(self, cell: Any, text: str, *, is_head: bool = False, align: str = "left", size: float = 10.5) -> None:
        line = cell.paragraphs[0]
        line.alignment = ALIGN[align]
        line.paragraph_format.space_before = line.paragraph_format.space_after = Pt(2)
        line.paragraph_format.line_spacing = 1.1
        self._write(line, text, size=size, font=HEI if is_head else SONG)
        place = OxmlElement("w:vAlign")
        place.set(qn("w:val"), "center")
        cell._tc.get_or_add_tcPr().append(place)

    def _set(self, row: Any, name: str) -> None:
        row._tr.get_or_add_trPr().append(OxmlElement(name))

    def _underline(self, cell: Any) -> None:
        borders, bottom = OxmlElement("w:tcBorders"), OxmlElement("w:bottom")
        for name, value in (("val", "single"), ("sz", "6"), ("space", "0"), ("color", "000000")):
            bottom.set(qn(f"w:{name}"), value)
        borders.append(bottom)
        properties = cell._tc.get_or_add_tcPr()
        # The schema wants borders before the vertical place.
        properties.insert(list(properties).index(properties.find(qn("w:vAlign"))), borders)

    def parts(self) -> dict[str, bytes]:
        """The members of the package by name."""
        out = io.BytesIO()
        self.document.save(out)
        with zipfile.ZipFile(out) as package:
            return {name: package.read(name) for name in sorted(package.namelist())}


def templates() -> dict[Path, dict[str, bytes]]:
    """Every template that the words describe: its place and the members of its package."""
    words = json.loads(WORDS.read_text(encoding="utf-8"))
    del words["about"]
    places = {name: ROOT / "guangcai" / name.replace("/", "/print/") for name in words}
    return {place.with_suffix(".docx"): Paper(words[name]).parts() for name, place in places.items()}


def stored(place: Path) -> dict[str, bytes]:
    """The members of a template that lies in the repository; none when it is missing."""
    if not place.is_file():
        return {}
    with zipfile.ZipFile(place) as package:
        return {name: package.read(name) for name in package.namelist()}


def write(place: Path, parts: dict[str, bytes]) -> None:
    place.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as package:
        # Word wants the list of types first.
        for name in sorted(parts, key=lambda name: (name != "[Content_Types].xml", name)):
            package.writestr(zipfile.ZipInfo(name, LONG_AGO), parts[name], zipfile.ZIP_DEFLATED)


def main() -> int:
    old = [(place, parts) for place, parts in templates().items() if stored(place) != parts]
    for place, parts in old:
        name = place.relative_to(ROOT)
        if "--check" in sys.argv:
            print(f"{name} is not what scripts/word_templates.json builds: run scripts/make_word_templates.py")
        else:
            write(place, parts)
            print(f"{name} written")
    return 1 if old and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
