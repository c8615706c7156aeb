"""Every ugly file of the corpus gives exactly what it must: rows accepted, problems by row and code, or a refusal."""

import pytest

from guangcai.core.actor import Actor
from guangcai.core.errors import RuleBroken
from guangcai.members import commands
from guangcai.members.roster_import.known import Target
from guangcai.members.roster_import.sheet import open_sheet
from tests.corpus.rosters import Item, items

ITEMS = items()


def test_the_corpus_is_large_and_its_names_are_its_own():
    assert len(ITEMS) >= 60
    assert len({item.name for item in ITEMS}) == len(ITEMS)


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.name)
def test_a_file_of_the_corpus(item: Item, cast, now):
    target = Target(community=cast.nanyuan)
    if item.unreadable:
        with pytest.raises(RuleBroken) as refused:
            open_sheet(item.content, item.name)
        assert refused.value.code == item.unreadable
        assert str(refused.value)
        return
    sheet = open_sheet(item.content, item.name)
    done = commands.import_roster(sheet=sheet, target=target, dry_run=True, by=Actor.system(), now=now)
    assert tuple((problem.row, problem.code) for problem in done.problems) == item.problems
    assert done.accepted == item.accepted
    assert all(problem.message for problem in done.problems)
