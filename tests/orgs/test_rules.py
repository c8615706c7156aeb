"""Codes, levels and the order of the tree: no database."""

import pytest

from guangcai.core.errors import RuleBroken
from guangcai.orgs import rules
from guangcai.orgs.enums import Level


@pytest.mark.parametrize(
    ("text", "full"),
    [
        ("21", "210000000000"),
        ("2108", "210800000000"),
        ("210802", "210802000000"),
        ("210802001", "210802001000"),
        (" 210802001002 ", "210802001002"),
        ("210802001002-03", "210802001002-03"),
        ("2108021", "2108021"),
        ("abcdef", "abcdef"),
        ("", ""),
    ],
)
def test_full_code(text, full):
    assert rules.full_code(text) == full


@pytest.mark.parametrize("level", list(Level))
@pytest.mark.parametrize("parent", [None, *Level])
def test_child_stands_below_a_higher_level(level, parent):
    local = level in (Level.COMPOUND, Level.BUILDING, Level.STAIRWELL)
    order = list(Level)
    if parent is None:
        fits = not local
    else:
        fits = order.index(level) > order.index(parent)
        if local:
            fits = fits and order.index(parent) >= order.index(Level.COMMUNITY)
    if fits:
        rules.check_child(level, parent=parent)
    else:
        with pytest.raises(RuleBroken):
            rules.check_child(level, parent=parent)


@pytest.mark.parametrize(
    ("code", "level", "parent", "fits"),
    [
        ("210802001002", Level.COMMUNITY, "210802001000", True),
        ("21080200100", Level.COMMUNITY, "210802001000", False),
        ("21080200100x", Level.COMMUNITY, "210802001000", False),
        ("210802001002-3", Level.BUILDING, "210802001002", True),
        ("210802001002-3-A", Level.STAIRWELL, "210802001002-3", True),
        ("210802001003-3", Level.BUILDING, "210802001002", False),
        ("210802001002-", Level.BUILDING, "210802001002", False),
        ("210802001002-123456789", Level.BUILDING, "210802001002", False),
    ],
)
def test_code_fits_level(code, level, parent, fits):
    if fits:
        rules.check_code(code, level=level, parent_code=parent)
    else:
        with pytest.raises(RuleBroken) as refused:
            rules.check_code(code, level=level, parent_code=parent)
        assert refused.value.field == "code"


def test_next_suffix_takes_the_first_free_number():
    assert rules.next_suffix("1", []) == "1-1"
    assert rules.next_suffix("1", ["1-1", "1-3"]) == "1-2"
