"""core.text and core.pinyin: cleaning, cutting, names."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guangcai.core import text

NAMES = [
    ("曾小明", "zengxiaoming", "zxm"),
    ("单晓红", "shanxiaohong", "sxh"),
    ("仇英", "qiuying", "qy"),
    ("区伟", "ouwei", "ow"),
    ("覃静", "qinjing", "qj"),
    ("解放", "xiefang", "xf"),
    ("查良镛", "zhaliangyong", "zly"),
    ("朴正熙", "piaozhengxi", "pzx"),
    ("尉迟恭", "yuchigong", "ycg"),
    ("万俟咏", "moqiyong", "mqy"),
    ("单于夫罗", "chanyufuluo", "cyfl"),
    ("单于", "shanyu", "sy"),
    ("欧阳娜娜", "ouyangnana", "oynn"),
    ("吕布", "lvbu", "lb"),
    ("阿卜杜拉·买买提", "abudulamaimaiti", "abdlmmt"),
    ("王㛃", "wangjie", "wj"),
    ("李𬱟", "liwei", "lw"),
    ("张䶮", "zhangyan", "zy"),
    ("任", "ren", "r"),
    ("John Smith", "johnsmith", "js"),
    ("José", "jose", "j"),
    ("王A", "wanga", "wa"),
    ("", "", ""),
]


@pytest.mark.parametrize(("name", "full", "initials"), NAMES)
def test_name_keys(name, full, initials):
    keys = text.name_keys(name)
    assert (keys.full, keys.initials) == (full, initials)


def test_name_keys_sort_groups_a_surname_by_pinyin_and_tone():
    names = ["周一", "曾小明", "安心", "曾大明", "增明", "欧阳一", "王五"]
    assert sorted(names, key=lambda n: text.name_keys(n).sort) == [
        "安心",
        "欧阳一",
        "王五",
        "增明",
        "曾大明",
        "曾小明",
        "周一",
    ]


@given(st.text(max_size=40))
def test_name_keys_takes_any_text(name):
    keys = text.name_keys(name)
    assert " " not in keys.full
    assert len(keys.initials) <= len(keys.full)


def test_name_keys_of_100_000_names_take_about_a_second():
    names = [
        s + a + b for s in "王李张刘陈曾单仇" for a in "伟芳娜敏静丽强磊军洋勇艳" for b in "杰娟涛明超秀霞平刚桂英"
    ] * 95
    text.name_keys("王伟")
    started = time.process_time()
    for name in names:
        text.name_keys(name)
    assert len(names) > 100_000
    assert time.process_time() - started < 3


CLEANED = [
    ("  张 三\u3000", "张 三"),
    ("张\u200b三\u202e", "张三"),
    ("张三\x00", "张三"),
    ("a\u00a0\u00a0b", "a b"),
    ("e\u0301cole", "école"),
    ("“光彩”，家园！", "“光彩”，家园！"),
    ("ＡＢＣ１２３", "ＡＢＣ１２３"),
    ("a\nb", "a b"),
    ("â€œquotedâ€\x9d", "“quoted”"),
    ("李𬱟", "李𬱟"),
    ("\ufeff姓名", "姓名"),
]


@pytest.mark.parametrize(("raw", "tidy"), CLEANED)
def test_clean(raw, tidy):
    assert text.clean(raw) == tidy


UNSEEN = [
    "\u200b", "\ufeff\u200d", "\u3164", "\u2800\u2800", "\u115f \u1160", "\ufe0f", "\U000e0041\U000e007f",
    "\u3000\u00a0", "", " \n\t", "\u034f\u180b",
]  # fmt: skip


@pytest.mark.parametrize("raw", UNSEEN, ids=ascii)
def test_what_nobody_sees_says_nothing(raw):
    assert text.is_blank(raw)
    for shown in (text.clean(raw), text.clean(raw, multiline=True), text.clean_name(raw)):
        assert shown == ""


@pytest.mark.parametrize("raw", ["字", ".", "a\u200b", "❤\ufe0f", "👨\u200d👩\u200d👧", "\u3164字", "é"], ids=ascii)
def test_what_is_seen_says_something(raw):
    assert not text.is_blank(raw)
    assert text.clean(raw)


def test_clean_multiline_keeps_line_breaks():
    assert text.clean(" a \r\n b\u200b  c \n\n", multiline=True) == "a\nb c"


@given(st.text(max_size=60))
def test_clean_is_stable_and_visible(raw):
    once = text.clean(raw)
    assert text.clean(once) == once
    assert unicodedata.normalize("NFC", once) == once
    assert not set(once) & set("\x00\u200b\u202e\ufeff\n")


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("张　三", "张三"),
        (" 王 小 明 ", "王小明"),
        ("阿卜杜拉•买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉 ・ 买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉‧买买提", "阿卜杜拉·买买提"),
        ("Ｊｏｈｎ  Smith", "John Smith"),
        ("李\u200b四\u00a0", "李四"),
    ],
)
def test_clean_name(raw, name):
    assert text.clean_name(raw) == name


def test_simplify():
    assert text.simplify("張麗華瞭解錢鍾書") == "张丽华了解钱锺书"
    assert text.simplify("东风街道") == "东风街道"


@pytest.mark.parametrize("word", ["双报到", "在职党员", "楼组长", "时间银行", "微心愿", "金点子"])
def test_segment_keeps_own_words_whole(word):
    assert word in text.segment(f"今天{word}参加了活动").split()
    assert text.search_words(word) == [word]


def test_segment_finds_words_inside_words_and_unknown_pairs():
    words = text.segment("在職黨員到南園社區雙報到，曾㛃明负责ＡＢ1号楼").split()
    assert {"双报到", "报到", "党员", "社区"} <= set(words)
    assert "ab1" in words


def test_codes_are_shown_in_groups():
    assert text.spelled("ABCDE23456", each=5) == "ABCDE-23456"
    assert text.spelled("1234567", each=4) == "1234-567"
    assert text.spelled("", each=5) == ""


@given(st.text(alphabet="在职党员双报到楼组长南园社区曾小明 abc，。1", max_size=40))
def test_what_is_searched_whole_is_found(raw):
    assert set(text.search_words(raw)) <= set(text.segment(raw).split()) | {""}
