"""Rubbish in a form is refused in words: no field of any form, filled with what it cannot mean, is a fault of ours."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.guards.forms import Form
from tests.guards.sweep import ask
from tests.guards.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("guards")]

ROOT = Path(__file__).resolve().parents[2]
READ_FROM_POST = re.compile(r"request\.POST(?:\.get(?:list)?\(|\[)\"(\w+)\"")
RUBBISH = ("☃", "-1", "99999999999999999999", "0001-01-01")


def fields_read_by_hand() -> set[str]:
    """Names that views take out of a POST without a form that would check them."""
    return {name for file in ROOT.glob("guangcai/*/views/*.py") for name in READ_FROM_POST.findall(file.read_text())}


@pytest.mark.parametrize("rubbish", RUBBISH)
def test_rubbish_is_never_a_fault_of_ours(
    world: World, paths: dict[str, str], forms: Mapping[str, Form], rubbish: str
) -> None:
    by_hand = dict.fromkeys(fields_read_by_hand(), rubbish)
    assert {"member", "kept"} & set(by_hand)
    broken = []
    for name, path in paths.items():
        if name.startswith("api:"):
            continue
        form = forms.get(name, Form("secretary", path))
        said = by_hand | dict.fromkeys(form.fields, rubbish)
        if ask(world.browser(form.seen_by), "POST", form.path, said).status >= 500:
            broken.append(name)
    assert broken == []
