"""The gate before publication: what it finds in 164 texts, and how often it cries out over 150 harmless ones."""

import pytest

from guangcai.core.errors import RuleBroken
from guangcai.core.publication import Found, check_publishable, findings
from tests.corpus.publication import DISGUISES, HARMLESS, personal


def test_the_corpus_is_as_large_as_promised() -> None:
    assert len(DISGUISES) == 12
    assert len(list(personal())) >= 150
    assert len(HARMLESS) >= 150
    assert len(set(HARMLESS)) == len(HARMLESS)


def test_99_of_100_disguises_are_seen_through() -> None:
    texts = list(personal())
    missed = [(name, text) for what, name, text in texts if what not in {one.what for one in findings(text)}]
    assert len(missed) <= len(texts) // 100, missed


def test_harmless_texts_pass() -> None:
    alarms = [(text, findings(text)) for text in HARMLESS if findings(text)]
    assert len(alarms) <= len(HARMLESS) * 3 // 100, alarms


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("wang.wu@example.com", Found.ACCOUNT),
        ("加微信：wx_abc123", Found.ACCOUNT),
        ("薇信 a 1b2c3d", Found.ACCOUNT),
        ("QQ 1234567", Found.ACCOUNT),
        ("130 0000\n0000", Found.PHONE),
        ("l38OO 1E8000，l38-OOl3-8OOO", Found.PHONE),
        ("住址：东城里七号", Found.ADDRESS),
        ("3-2-501", Found.ADDRESS),
        ("身份证11010119900307851X", Found.ID_NUMBER),
        ("130503670401001", Found.ID_NUMBER),
    ],
)
def test_more_ways_to_write_it(text: str, what: Found) -> None:
    assert what in {one.what for one in findings(text)}


def test_a_name_is_found_with_gaps_and_never_by_one_character() -> None:
    assert findings("给 王 桂 芳 老人送一床棉被", names=["王桂芳"])[0].what == Found.NAME
    assert findings("给王奶奶送一床棉被", names=["王桂芳", "", "王"]) == []


def test_the_refusal_names_the_field_and_everything_found() -> None:
    with pytest.raises(RuleBroken) as refused:
        check_publishable("words", "送到3号楼2单元501室，电话13800138000", names=["王桂芳"])
    assert refused.value.field == "words"
    assert refused.value.code == "not_publishable"
    assert "13800138000" in str(refused.value)
    check_publishable("words", "想要一台收音机", names=["王桂芳"])


def test_no_text_is_too_strange() -> None:
    for text in ("", "\u200b", "1" * 5000, "一" * 5000, "1 " * 3000, "号楼" * 1000, "住" * 3000):
        findings(text)
