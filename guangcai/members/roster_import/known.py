"""What the rows of a file may refer to: units, lists, branches and buildings, each by the words people use for it."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.utils.timezone import localdate

from guangcai.core.scoping import under
from guangcai.members.models import Occupation, ServiceKind, SkillKind
from guangcai.members.roster_import import words
from guangcai.orgs.enums import Level
from guangcai.orgs.models import Node, PartyOrganisation, WorkUnit
from guangcai.orgs.rules import LOCAL_LEVELS

_HOUSE_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True)
class Target:
    """Whose list it is: a community's, or a work unit's.

    is_expected: the community's people do not live there yet on record; each gets a slip for the launch day.
    """

    community: Node | None = None
    work_unit: WorkUnit | None = None
    is_expected: bool = False

    @property
    def place(self) -> Node | WorkUnit:
        place = self.community or self.work_unit
        assert place is not None
        return place

    @property
    def path(self) -> str:
        return self.place.path

    @property
    def district_code(self) -> str:
        return self.work_unit.node.district_code if self.work_unit else self.community.district_code  # type: ignore[union-attr]


@dataclass
class Known:
    """Plain word -> key, list by list; `labels` are the words as people see them, for suggestions."""

    target: Target
    today: date
    units: dict[str, int] = field(default_factory=dict)
    unit_names: dict[str, str] = field(default_factory=dict)
    branches: dict[str, int] = field(default_factory=dict)
    buildings: dict[str, int] = field(default_factory=dict)
    lists: dict[str, dict[str, Any]] = field(default_factory=dict)
    labels: dict[str, dict[str, str]] = field(default_factory=dict)


def load(target: Target, *, now: datetime, unit_choices: Mapping[str, int] | None = None) -> Known:
    """Everything the cells are compared with: seven queries, however long the file."""
    known = Known(target, localdate(now))
    _load_units(known, unit_choices or {})
    for row in PartyOrganisation.objects.filter(ended_on=None).values_list("name", "pk"):
        known.branches[words.plain_value(row[0])] = row[1]
    _load_closed(known)
    _load_editable(known, "occupation", Occupation.objects.values_list("code", "name", "pk"))
    skills = SkillKind.objects.filter(needs_certificate=False).values_list("code", "name", "pk")
    _load_editable(known, "skills", skills)
    _load_editable(known, "intentions", ServiceKind.objects.values_list("code", "name", "pk"))
    if target.community:
        _load_buildings(known, target.community)
    return known


@lru_cache(maxsize=20_000)
def building_key(compound: str, building: str) -> str:
    """ "3#", "03" and "building 3" of one compound are one house."""
    number = _HOUSE_NUMBER.search(building)
    bare = words.plain_value(building)
    for sign in words.table()["floor"]:
        bare = bare.replace(sign, "")
    house = str(int(number[0])) if number and bare == number[0] else bare
    return f"{words.plain_value(compound)}|{house}"


def _load_units(known: Known, choices: Mapping[str, int]) -> None:
    units = list(WorkUnit.objects.filter(ended_on=None).values_list("pk", "name", "short_name", "aliases"))
    for pk, _name, short, aliases in units:
        for word in (short, *aliases):
            if word:
                known.units.setdefault(words.plain_value(word), pk)
    for pk, name, _short, _aliases in units:
        known.units[words.plain_value(name)] = pk
        known.unit_names[words.plain_value(name)] = name
    for name, pk in choices.items():
        # 0: the unit will be added when the file is applied.
        known.units.setdefault(words.plain_value(name), pk)


def _load_closed(known: Known) -> None:
    from guangcai.members.enums import Gender, MemberCategory, MemberType

    for name, choices in (("gender", Gender), ("member_type", MemberType), ("category", MemberCategory)):
        known.lists[name] = dict(words.values(name))
        known.labels[name] = {}
        for choice in choices:
            label = str(choice.label)
            known.lists[name][words.plain_value(label)] = choice.value
            known.lists[name].setdefault(words.plain_value(choice.value), choice.value)
            known.labels[name][words.plain_value(label)] = label
        known.labels[name] |= {word: word for word in words.values(name) if not word.isascii()}


def _load_editable(known: Known, name: str, rows: Iterable[tuple[str, str, int]]) -> None:
    rows = list(rows)
    by_code = {code: pk for code, _name, pk in rows}
    words_here = {word: by_code[code] for word, code in words.synonyms(name).items() if code in by_code}
    known.lists[name] = words_here | {words.plain_value(label): pk for _code, label, pk in rows}
    known.labels[name] = {words.plain_value(label): label for _code, label, _pk in rows}


def _load_buildings(known: Known, community: Node) -> None:
    below = Node.objects.filter(under("path", [community.path]), level__in=LOCAL_LEVELS, valid_to=None)
    nodes = list(below.values_list("pk", "name", "level", "parent_id"))
    names = {pk: name for pk, name, _level, _parent in nodes}
    houses = [(pk, name, names.get(parent or 0, "")) for pk, name, level, parent in nodes if level == Level.BUILDING]
    for pk, name, compound in houses:
        known.buildings[building_key(compound, name)] = pk
    # Without a compound the number is enough where only one house has it.
    alone = Counter(building_key("", name) for _pk, name, _compound in houses)
    for pk, name, _compound in houses:
        if alone[building_key("", name)] == 1:
            known.buildings.setdefault(building_key("", name), pk)
