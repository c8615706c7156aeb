"""Booklet and certificate as Word: every field in its place, the code that opens the certificate, Chinese words."""

import io
import subprocess
import sys
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import docx
import pytest
from django.utils.translation import override

from guangcai.ledger import papers
from guangcai.ledger.queries.booklet import Booklet, BookletLine
from guangcai.ledger.queries.certificates import CertificateSheet, Line

ROOT = Path(__file__).resolve().parents[2]
# 00:30 on 21 November in China, still the 20th in UTC.
AFTER_MIDNIGHT = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)
LINE = (date(2026, 11, 14), "周末清洁 <b>&", "清理楼道小广告", "南园小区3号楼", 120)


def booklet(lines=1):
    return Booklet(
        title="在职党员参与社区活动情况登记证",
        member_id="x",
        name="林晓岚",
        work_unit="实验小学",
        community="南园社区",
        year=2026,
        minutes=120,
        deeds=1,
        lines=(BookletLine(*LINE, 1, "南园社区"),) * lines,
    )


SHEET = CertificateSheet(
    number="210802001002-2026-00001",
    holder="林晓岚",
    since=date(2026, 1, 1),
    until=date(2026, 11, 20),
    minutes=120,
    recording_unit="南园社区",
    issued_at=AFTER_MIDNIGHT,
    lines=(Line(*LINE, is_reversed=False),),
)


def opened(content):
    return docx.Document(io.BytesIO(content))


def rows(table):
    return [[cell.text for cell in row.cells] for row in table.rows]


def test_the_templates_are_what_their_words_build():
    done = subprocess.run(
        [sys.executable, "scripts/make_word_templates.py", "--check"], cwd=ROOT, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_booklet(language):
    with override(language):
        document = opened(papers.booklet_docx(booklet(), now=AFTER_MIDNIGHT))
    facts, lines, signatures = document.tables
    assert rows(facts) == [
        ["姓名", "林晓岚", "年度", "2026年", "所在社区", "南园社区"],
        ["工作单位", "实验小学", "服务时间", "2.00小时", "办实事", "1件"],
    ]
    assert rows(lines) == [
        ["序号", "日期", "活动名称", "服务内容", "地点", "小时", "实事", "记录单位"],
        ["1", "2026-11-14", "周末清洁 <b>&", "清理楼道小广告", "南园小区3号楼", "2.00", "1", "南园社区"],
    ]
    assert "社区书记（签字）：" in rows(signatures)[0]
    text = "\n".join(line.text for line in document.paragraphs)
    assert "在职党员参与社区活动情况登记证" in text
    assert "打印日期：2026年11月21日" in text


def test_a_year_without_service_says_so():
    lines = opened(papers.booklet_docx(booklet(lines=0), now=AFTER_MIDNIGHT)).tables[1]
    assert set(rows(lines)[1]) == {"本年度没有已确认的服务记录。"}
    assert len(lines.rows) == 2


def test_a_long_booklet_repeats_its_heading_and_counts_its_pages():
    document = opened(papers.booklet_docx(booklet(lines=60), now=AFTER_MIDNIGHT))
    lines = document.tables[1]
    assert [row[0] for row in rows(lines)][-1] == "60"
    assert [bool(row._tr.xpath("./w:trPr/w:tblHeader")) for row in lines.rows] == [True] + [False] * 60
    foot = document.sections[0].footer._element.xml
    assert "NUMPAGES" in foot
    assert "林晓岚" in foot


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_certificate(language):
    with override(language):
        content = papers.certificate_docx(SHEET, url="https://example.org/v/1")
    document = opened(content)
    text = "\n".join(line.text for line in document.paragraphs)
    assert "兹证明林晓岚同志自2026年1月1日至2026年11月20日参加社区服务1次，服务时间共计2.00小时" in text
    assert "编号：210802001002-2026-00001" in text
    assert "查验地址：https://example.org/v/1" in text
    assert "不是全国志愿服务信息系统出具的证明" in text
    lines, seal = document.tables
    assert rows(lines)[-1] == ["合计"] * 4 + ["2.00"]
    assert rows(seal)[0][1].splitlines() == ["记录单位（盖章）：南园社区", "", "出具日期：2026年11月21日"]
    assert "word/media/image1.png" in zipfile.ZipFile(io.BytesIO(content)).namelist()
