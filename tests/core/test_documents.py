"""core.documents: typed text stays text on paper, fonts hold the rare names, templates cannot leave their folder."""

import io
import zipfile
from datetime import UTC, datetime

import docx as python_docx
import pytest
from django.core.exceptions import ImproperlyConfigured
from jinja2 import UndefinedError
from jinja2.exceptions import SecurityError

from guangcai.core import documents

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
HOSTILE = '#panic("x") $x$ *a* @ref <tag> "quoted" \\ #read("/core/crypto.py")'
TEMPLATE = """#import "/core/print/page.typ": values, page, register, facts, signatures, code
#show: page.with(title: values.title, number: values.number)
#facts((("姓名", values.name), ("单位", values.unit)))
#register(("姓名", "分钟"), values.rows, numbers: (1,))
#signatures(("经手人", "审核人"))
#code(values.qr)
"""


@pytest.fixture
def room(tmp_path, monkeypatch):
    """A house with one room for templates, and the real core beside it."""
    (tmp_path / "tests" / "print").mkdir(parents=True)
    (tmp_path / "core").symlink_to(documents.ROOT / "core")
    (tmp_path / "core_print").mkdir()
    monkeypatch.setattr(documents, "ROOT", tmp_path)
    return tmp_path / "tests" / "print"


@pytest.fixture
def values():
    rows = [["张三", "90"], [HOSTILE, "-1"], ["李𬱟 王㛃 䶮", "0"]]
    return {
        "title": "志愿服务记录证明",
        "number": "GC-2026-0001",
        "name": HOSTILE,
        "unit": NOW.date(),
        "rows": rows,
        "qr": documents.qr_svg("https://example.org/v/1"),
    }


def test_pdf_prints_typed_text_as_text(room, values):
    (room / "sheet.typ").write_text(TEMPLATE, encoding="utf-8")
    first = documents.pdf("tests/sheet.typ", values, made_at=NOW)
    assert first.startswith(b"%PDF")
    assert documents.pdf("tests/sheet.typ", values, made_at=NOW) == first


def test_pdf_of_a_thousand_rows_is_quick(room, values):
    (room / "sheet.typ").write_text(TEMPLATE, encoding="utf-8")
    assert documents.pdf("tests/sheet.typ", values | {"rows": values["rows"] * 330}, made_at=NOW)


@pytest.mark.parametrize("name", ["tests/none.typ", "../etc/passwd", "core/../../x.typ", "tests", "", "core/page"])
def test_templates_outside_the_print_folders_do_not_exist(name):
    with pytest.raises(LookupError):
        documents.pdf(name, {}, made_at=NOW)


def test_without_a_chinese_font_the_program_says_so(monkeypatch):
    documents._families.cache_clear()
    monkeypatch.setattr(documents, "_FAMILIES", ("No Such Font",))
    with pytest.raises(ImproperlyConfigured, match="fonts-noto-cjk"):
        documents._families()
    documents._families.cache_clear()


def _template(room, text):
    document = python_docx.Document()
    document.add_paragraph(text)
    document.save(room / "letter.docx")


def _text(content):
    return "\n".join(paragraph.text for paragraph in python_docx.Document(io.BytesIO(content)).paragraphs)


def test_docx_escapes_what_was_typed(room):
    _template(room, "{{ name }}！")
    content = documents.docx("tests/letter.docx", {"name": "<w:t>&{{ 1+1 }}"})
    assert _text(content) == "<w:t>&{{ 1+1 }}！"


def test_docx_fails_on_a_missing_value(room):
    _template(room, "{{ nobody }}")
    with pytest.raises(UndefinedError):
        documents.docx("tests/letter.docx", {})


def test_docx_templates_run_in_a_sandbox(room):
    _template(room, "{{ ''.__class__.__mro__ }}")
    with pytest.raises((SecurityError, UndefinedError)):
        documents.docx("tests/letter.docx", {})


def test_docx_register_repeats_its_heading_and_keeps_every_cell():
    rows = [["张三 <b>&", None, "一\n二\x00"], ["李𬱟", 90, "x"]]
    columns = ["姓名", "分钟", "备注"]
    content = documents.docx_register("登记册", columns, rows, lines_above=["南园社区"], lines_below=["完"])
    document = python_docx.Document(io.BytesIO(content))
    (table,) = document.tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["姓名", "分钟", "备注"],
        ["张三 <b>&", "", "一\n二"],
        ["李𬱟", "90", "x"],
    ]
    xml = zipfile.ZipFile(io.BytesIO(content)).read("word/document.xml").decode()
    assert xml.count("w:tblHeader") == 1
    assert _text(content).splitlines() == ["登记册", "南园社区", "完"]


def test_docx_register_of_ten_thousand_rows():
    assert documents.docx_register("登记册", ["姓名"] * 8, (["张三"] * 8 for _ in range(10_000)))


def test_docx_prints_codes_and_drops_what_xml_cannot_hold(room):
    _template(room, "{{ name }}{{ code }}")
    content = documents.docx("tests/letter.docx", {"name": "张\x00三", "code": documents.Code("https://example.org/1")})
    assert _text(content) == "张三"
    package = zipfile.ZipFile(io.BytesIO(content))
    assert [name for name in package.namelist() if name.endswith(".png")] == ["word/media/image1.png"]


def test_the_districts_own_template_wins(room, tmp_path, settings):
    _template(room, "as delivered")
    own = tmp_path / "own"
    (own / "tests").mkdir(parents=True)
    settings.PAPERS_PATH = str(own)
    assert _text(documents.docx("tests/letter.docx", {})) == "as delivered"
    _template(own / "tests", "as the district wants it")
    assert _text(documents.docx("tests/letter.docx", {})) == "as the district wants it"
    settings.PAPERS_PATH = str(own / "tests")
    with pytest.raises(LookupError):
        documents.docx("../own/tests/letter.docx", {})
