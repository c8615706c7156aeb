"""Chinese text: cleaned on the way in, cut into words for search, simplified for comparison.

PostgreSQL cannot cut Chinese, so the program stores words parted by spaces and searches them with
to_tsvector('simple', ...). The database needs a UTF-8 LC_CTYPE; with plain C it takes Chinese for punctuation.
"""

import re
import unicodedata
from functools import cache
from importlib.resources import files
from typing import Any

from guangcai.core import lexicon
from guangcai.core.pinyin import NameKeys, name_keys

__all__ = [
    "NameKeys",
    "clean",
    "clean_name",
    "is_blank",
    "name_keys",
    "narrow",
    "search_words",
    "segment",
    "simplify",
    "spelled",
]

# Text made of these alone needs no repair: Han, digits, letters, and the punctuation of both scripts.
_ORDINARY = re.compile(r"[ -~\u00b7\u2014\u2018-\u201d\u2026\u3001-\u3011\u3400-\u4dbf\u4e00-\u9fff\uff01-\uff5e]*")
# Zero-width marks, direction overrides, soft hyphen, byte order mark, control characters but tab and newline.
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb"
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]"
)
# Signs of which nothing is drawn where they stand alone: white space, fillers, marks that change another sign, tags.
_UNSEEN = re.compile(
    "[\\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\x00-\x1f\x7f-\x9f\ud800-\udfff"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]*"
)
_SPACES = re.compile(r"\s+")
_LINE_SPACES = re.compile(r"[^\S\n]+")
_NAME_DOTS = re.compile("\\s*[\u00b7\u2022\u2027\u30fb\uff0e\uff65\u2219\u22c5]\\s*")
_HAN_GAP = re.compile(r"(?<=[\u3400-\u9fff\U00020000-\U0003ffff])\s+(?=[\u3400-\u9fff\U00020000-\U0003ffff])")
_WORD = re.compile(r"[^\W_]+")
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
# Frequent enough that the cutter always prefers the whole word.
_OWN_WORD_FREQUENCY = 1_000_000


def is_blank(text: str) -> bool:
    """Whether nothing of the text can be seen: it says as little as an empty one."""
    return _UNSEEN.fullmatch(text) is not None


def clean(text: str, *, multiline: bool = False) -> str:
    """The same words without what cannot be seen: NFC, repaired encoding, no zero-width or direction marks, no NUL.

    Runs of white space become one space; `multiline` keeps line breaks. Full-width letters stay as they are. Text of
    which nothing can be seen is empty.
    """
    if not _ORDINARY.fullmatch(text):
        text = _repaired(text)
        text = "" if is_blank(text) else text
    if multiline:
        lines = (
            _LINE_SPACES.sub(" ", line).strip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        )
        return "\n".join(lines).strip()
    return _SPACES.sub(" ", text).strip() if "  " in text or not text.isprintable() or text != text.strip() else text


def clean_name(text: str) -> str:
    """A person's name: clean, one kind of dot between parts, no padding inside Chinese names, plain-width letters."""
    name = _HAN_GAP.sub("", clean(narrow(text)))
    return _NAME_DOTS.sub("\u00b7", name)


def narrow(text: str) -> str:
    """Full-width letters, digits, signs and spaces in their plain form."""
    return text.translate(_narrow_table())


def spelled(code: str, *, each: int) -> str:
    """A code as it is shown: in groups of `each` signs, easier to copy by hand."""
    return "-".join(code[start : start + each] for start in range(0, len(code), each))


def simplify(text: str) -> str:
    """Traditional characters as simplified ones, for search and comparison; what is stored stays as written."""
    if _traditional().isdisjoint(text):
        return text
    converted: str = _converter().convert(text)
    return converted


def segment(text: str) -> str:
    """Words parted by spaces, for to_tsvector('simple', ...): every word and the known words inside it.

    A long word that the dictionary does not know (a name) also gives its pairs of characters, so that two typed
    characters still find it.
    """
    cutter = _cutter()
    words: dict[str, None] = {}
    for piece in _WORD.findall(_comparable(text)):
        for word in cutter.cut_for_search(piece) if _HAN.search(piece) else [piece]:
            words[word] = None
            if len(word) > 2 and _HAN.search(word) and not cutter.has_word(word):
                words.update(dict.fromkeys(word[at : at + 2] for at in range(len(word) - 1)))
    return " ".join(words)


def search_words(text: str) -> list[str]:
    """What a typed query asks for: its words, each of which must be found."""
    cutter = _cutter()
    found: dict[str, None] = {}
    for piece in _WORD.findall(_comparable(text)):
        found.update(dict.fromkeys(cutter.cut(piece) if _HAN.search(piece) else [piece]))
    return list(found)


def _comparable(text: str) -> str:
    return simplify(clean(narrow(text))).lower()


def _repaired(text: str) -> str:
    import ftfy  # lazy-cost: most text never needs it

    for _attempt in range(9):
        fixed = ftfy.fix_text(
            text,
            normalization="NFC",
            fix_character_width=False,
            uncurl_quotes=False,
            unescape_html=False,
            fix_latin_ligatures=False,
        )
        fixed = unicodedata.normalize("NFC", _INVISIBLE.sub("", fixed))
        # Taking out a hidden mark can make the rest readable: once more, until nothing changes.
        if fixed == text:
            break
        text = fixed
    return text


@cache
def _narrow_table() -> dict[int, int]:
    return {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


@cache
def _cutter() -> Any:
    import rjieba  # lazy-cost: 0.2 s for its dictionary

    cutter = rjieba.Jieba()
    for word in lexicon.words("words"):
        cutter.add_word(word, _OWN_WORD_FREQUENCY, None)
    return cutter


@cache
def _converter() -> Any:
    from opencc import OpenCC  # lazy-cost: 60,000 lines of tables

    return OpenCC("t2s")


@cache
def _traditional() -> frozenset[str]:
    """Characters that only traditional text uses: without one of them there is nothing to convert."""
    table = files("opencc").joinpath("dictionary", "TSCharacters.txt").read_text(encoding="utf-8")
    pairs = (line.split("\t") for line in table.splitlines() if line)
    return frozenset(old for old, new in pairs if old not in new.split())
