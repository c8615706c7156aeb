"""A scope is a closed path: itself and everything below, and never a sibling that begins alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guangcai.core.scoping import ancestors, check_closed, covers, under, upper_bound

KEYS = st.lists(st.integers(1, 9999), min_size=1, max_size=7)


def closed(keys: list[int]) -> str:
    return "/" + "/".join(map(str, keys)) + "/"


@given(KEYS, KEYS)
def test_range_says_what_prefix_says(scope: list[int], keys: list[int]) -> None:
    path, other = closed(scope), closed(keys)
    assert (path <= other < upper_bound(path)) == other.startswith(path) == covers([path], other)


@given(KEYS, st.integers(0, 9))
def test_sibling_that_begins_alike_is_outside(scope: list[int], digit: int) -> None:
    sibling = closed([*scope[:-1], scope[-1] * 10 + digit])
    assert not covers([closed(scope)], sibling)


def test_root_covers_everything() -> None:
    assert covers(["/"], "/1/2/")
    assert "/" <= "/1/2/" < upper_bound("/")


def test_ancestors_run_from_the_root_to_itself() -> None:
    assert ancestors("/1/5/9/") == ["/1/", "/1/5/", "/1/5/9/"]
    assert ancestors("/") == []


@pytest.mark.parametrize("path", ["", "1/5/", "/1/5"])
def test_open_path_is_a_fault(path: str) -> None:
    with pytest.raises(ValueError, match="not a closed path"):
        check_closed(path)


def test_no_path_means_no_row() -> None:
    assert str(under("path", [])) == "(AND: ('pk__in', []))"
