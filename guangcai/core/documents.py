"""Paper: PDF through typst, Word through docxtpl or as a plain register.

Templates lie in guangcai/<room>/print/. Values are handed over as data: what a person typed is never markup, never
a command. Fonts: settings.FONT_PATHS, the font wheel, then what the machine has.
"""

import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import segno
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

import guangcai

ROOT = Path(guangcai.__file__).resolve().parent
_FOLDER = "print"
_FONT_WHEEL = "pylopdf_fonts_zh_cn"
# By preference; all are free and have the rare characters of names.
_FAMILIES = ("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Noto Serif CJK SC", "Noto Serif SC")
_WORD_FONT, _WORD_ASIAN_FONT = "Times New Roman", "SimSun"
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def pdf(template: str, values: Mapping[str, Any], *, made_at: datetime) -> bytes:
    """The PDF of "<room>/<name>.typ" (guangcai/<room>/print/<name>.typ). The same values and time, the same bytes.

    `values`: anything JSON holds; dates and ids become text. In the template: `values` of /core/print/page.typ.
    Raises LookupError for a template that does not exist, ImproperlyConfigured without a Chinese font.
    """
    import typst  # lazy-cost: 30 MB that most processes never need

    return typst.compile(
        str(_template(template)),
        root=str(ROOT),
        font_paths=_fonts(),
        sys_inputs={
            "values": json.dumps(values, default=str, ensure_ascii=False),
            "fonts": json.dumps(_families()),
        },
        timestamp=made_at,
    )


@dataclass(frozen=True)
class Code:
    """A value of a Word template that becomes a QR code as wide as `width` millimetres. ASCII only."""

    text: str
    width: int = 26


def docx(template: str, values: Mapping[str, Any]) -> bytes:
    """The Word file of "<room>/<name>.docx", filled by docxtpl in a sandbox with escaping on (docs/adr/0016).

    The district's own template of that name in settings.PAPERS_PATH wins over the delivered one. `values`: text,
    numbers, lists and dicts of them; a `Code` becomes its picture.
    Raises jinja2.UndefinedError for a name the values lack, LookupError for a missing template.
    """
    from docx.shared import Mm  # lazy-cost: lxml
    from docxtpl import DocxTemplate, InlineImage  # lazy-cost: lxml and jinja2
    from jinja2 import StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    document = DocxTemplate(_own_template(template) or _template(template))
    filled = {
        name: InlineImage(document, io.BytesIO(_qr_png(value.text)), width=Mm(value.width))
        if isinstance(value, Code)
        else value
        for name, value in values.items()
    }
    environment = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined, finalize=_printed)
    document.render(filled, jinja_env=environment, autoescape=True)
    return _saved(document)


def docx_register(
    title: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    lines_above: Sequence[str] = (),
    lines_below: Sequence[str] = (),
    landscape: bool = True,
) -> bytes:
    """A Word file with one table whose heading repeats on every page: registers, ledgers, sign-in lists.

    10,000 rows of 8 cells take about 3 s: past that print the PDF. Cells become text, None stays empty.
    """
    from docx import Document  # lazy-cost: lxml
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import parse_xml

    document = Document()
    _set_page(document, landscape=landscape)
    heading = document.add_heading(_printable(title), level=1)
    heading.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for line in lines_above:
        document.add_paragraph(_printable(line))
    body = "".join(_row(row) for row in rows)
    table = parse_xml(_TABLE % (_NAMESPACE, "<w:gridCol/>" * len(columns), _row(columns, is_heading=True), body))
    document.element.body.insert(len(document.element.body) - 1, table)
    for line in lines_below:
        document.add_paragraph(_printable(line))
    return _saved(document)


def qr_svg(text: str) -> str:
    """A QR code as SVG text, for `code()` of /core/print/page.typ. ASCII only: old scanners read nothing else."""
    out = io.BytesIO()
    segno.make(text.encode("ascii"), error="m", micro=False).save(out, kind="svg", border=2, xmldecl=False)
    return out.getvalue().decode()


def _qr_png(text: str) -> bytes:
    out = io.BytesIO()
    segno.make(text.encode("ascii"), error="m", micro=False).save(out, kind="png", scale=8, border=2)
    return out.getvalue()


def _own_template(name: str) -> Path | None:
    """The district's own template, None when it has none of this name."""
    if not settings.PAPERS_PATH:
        return None
    folder = Path(settings.PAPERS_PATH).resolve()
    path = (folder / name).resolve()
    return path if path.is_relative_to(folder) and path.is_file() else None


def _template(name: str) -> Path:
    room, _slash, file = name.partition("/")
    path = (ROOT / room / _FOLDER / file).resolve()
    if not path.is_relative_to(ROOT) or not path.is_file():
        raise LookupError(f"no document template {name}")
    return path


@cache
def _fonts() -> Any:
    import typst  # lazy-cost: as above

    folders = [str(folder) for folder in settings.FONT_PATHS]
    if (wheel := find_spec(_FONT_WHEEL)) and wheel.origin:
        folders.append(str(Path(wheel.origin).parent))
    return typst.Fonts(include_system_fonts=True, include_embedded_fonts=False, font_paths=folders)


@cache
def _families() -> list[str]:
    have = set(_fonts().families())
    found = [family for family in _FAMILIES if family in have]
    if not found:
        raise ImproperlyConfigured("No Chinese font: install fonts-noto-cjk, or name a folder in GUANGCAI_FONTS.")
    return found


_TABLE = (
    '<w:tbl xmlns:w="%s"><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="5000" w:type="pct"/></w:tblPr>'
    "<w:tblGrid>%s</w:tblGrid>%s%s</w:tbl>"
)


def _row(cells: Iterable[object], *, is_heading: bool = False) -> str:
    properties = "<w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>" if is_heading else "<w:trPr><w:cantSplit/></w:trPr>"
    style = "<w:rPr><w:b/></w:rPr>" if is_heading else ""
    return f"<w:tr>{properties}{''.join(_cell(cell, style) for cell in cells)}</w:tr>"


def _cell(value: object, style: str) -> str:
    lines = _printable("" if value is None else str(value)).split("\n")
    runs = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in lines)
    return f"<w:tc><w:p><w:r>{style}{runs}</w:r></w:p></w:tc>"


def _printable(text: str) -> str:
    """Without control characters, which XML cannot hold."""
    return _UNPRINTABLE.sub("", text)


def _printed(value: Any) -> Any:
    return _printable(value) if type(value) is str else value


def _set_page(document: Any, *, landscape: bool) -> None:
    from docx.enum.section import WD_ORIENT
    from docx.oxml.ns import qn
    from docx.shared import Mm

    section = document.sections[0]
    width, height = (Mm(297), Mm(210)) if landscape else (Mm(210), Mm(297))
    section.page_width, section.page_height = width, height
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.left_margin = section.right_margin = Mm(18)
    section.top_margin = section.bottom_margin = Mm(18)
    for name in ("Normal", "Heading 1"):
        fonts = document.styles[name].element.get_or_add_rPr().get_or_add_rFonts()
        document.styles[name].font.name = _WORD_FONT
        fonts.set(qn("w:eastAsia"), _WORD_ASIAN_FONT)


def _saved(document: Any) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
