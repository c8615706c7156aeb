"""A row of the file becomes a person about to arrive, or a list of problems."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from functools import partial
from typing import Any

from dateutil.relativedelta import relativedelta

from guangcai.core.text import clean
from guangcai.members.enums import MemberType
from guangcai.members.roster_import import cells, words
from guangcai.members.roster_import.columns import Columns
from guangcai.members.roster_import.known import Known, building_key
from guangcai.members.roster_import.problems import CellProblem, Problem
from guangcai.members.rules import JOINING_AGE
from guangcai.orgs.place_names import bare_name

LONGEST_ADDRESS = 120
LONGEST_TITLE = 60
MOST_REMARKS = 500
MOST_KEPT = 50_000
NOTHING = object()
# Nearly every row has its own: kept, they would only fill memory.
_MOSTLY_ONCE = ("name", "phone")
_PARTS = ("compound", "building", "stairwell", "room")
Reader = Callable[[str], Any]


@dataclass(slots=True)
class Arrival:
    """A person as one good row gives him. `work_unit` 0 is a unit that will be added when the file is applied."""

    row: int
    name: str = ""
    phone: str = ""
    gender: str = ""
    birth_date: date | None = None
    joined_party_on: date | None = None
    member_type: str = MemberType.IN_SERVICE.value
    category: str = ""
    national_volunteer_no: str = ""
    occupation: int | None = None
    job_title: str = ""
    work_unit: int | None = None
    party_organisation: int | None = None
    skills: Sequence[int] = ()
    intentions: Sequence[int] = ()
    reported_on: date | None = None
    address: str = ""
    compound: str = ""
    building: str = ""
    stairwell: str = ""
    room: str = ""
    community: str = ""
    building_id: int | None = None


@dataclass
class Remarks:
    """Words that were left out because no list has them: named, they stop nothing."""

    skills: dict[str, int] = field(default_factory=dict)
    intentions: dict[str, int] = field(default_factory=dict)
    branches: dict[str, int] = field(default_factory=dict)

    def note(self, group: dict[str, int], word: str) -> None:
        if word in group or len(group) < MOST_REMARKS:
            group[word] = group.get(word, 0) + 1


class RowReader:
    """Reads rows of one file in order; remembers phones seen, and every word of a list it has looked up."""

    def __init__(self, columns: Columns, known: Known) -> None:
        self.columns, self.known = columns, known
        self.remarks = Remarks()
        self._phones: dict[str, int] = {}
        readers = self._readers()
        # Column, field, reader, and what its texts were read as.
        self._steps: list[tuple[int, str, Reader, dict[str, Any]]] = [
            (at, name, readers[name], {}) for at, name in enumerate(columns.fields) if name in readers
        ]
        self._width, self._name_at = len(columns.fields), columns.position("name")

    def read(self, number: int, row: Sequence[str]) -> tuple[Arrival | None, list[Problem]]:
        """The person, or the row's problems; neither when the row holds nothing but its number."""
        arrival, problems, filled = Arrival(number), [], False
        if len(row) < self._width:
            row = [*row, *[""] * (self._width - len(row))]
        for at, name, reader, seen in self._steps:
            text = row[at]
            if not text:
                continue
            value = seen.get(text)
            if value is None:
                if text.isspace():
                    continue
                try:
                    value = self._value(text, reader)
                except CellProblem as wrong:
                    problems.append(self._problem(number, at, wrong))
                    continue
                if name not in _MOSTLY_ONCE and len(seen) < MOST_KEPT:
                    seen[text] = value
            filled = True
            if value is not NOTHING:
                setattr(arrival, name, value)
        if not filled and not problems:
            return None, []
        problems += self._of_whole_row(arrival, problems)
        return (None, problems) if problems else (self._finished(arrival), [])

    def _value(self, text: str, reader: Reader) -> Any:
        """What one cell says; NOTHING for a cell that says nothing."""
        try:
            value = reader(text)
            return NOTHING if value == "" else value
        except CellProblem as wrong:
            if words.is_error(text):
                raise CellProblem("cell_error", value=text.strip()) from None
            if wrong.code != "name_missing" and words.is_blank(text):
                return NOTHING
            raise

    def _of_whole_row(self, arrival: Arrival, found: list[Problem]) -> list[Problem]:
        problems = []
        name_at = self._name_at
        if not arrival.name and name_at >= 0 and all(problem.at != name_at for problem in found):
            problems.append(self._problem(arrival.row, name_at, CellProblem("name_missing")))
        if arrival.phone:
            first = self._phones.setdefault(arrival.phone, arrival.row)
            if first != arrival.row:
                at = self.columns.position("phone")
                problems.append(self._problem(arrival.row, at, CellProblem("phone_repeated", other=first)))
        born, joined = arrival.birth_date, arrival.joined_party_on
        near = born and joined and joined.year - born.year <= JOINING_AGE
        if born and joined and near and joined < born + relativedelta(years=JOINING_AGE):
            at = self.columns.position("joined_party_on")
            problems.append(self._problem(arrival.row, at, CellProblem("joined_young")))
        return problems

    def _finished(self, arrival: Arrival) -> Arrival:
        parts = [arrival.compound, arrival.building, arrival.stairwell, arrival.room]
        if any(parts):
            if arrival.building:
                buildings = self.known.buildings
                key = building_key(arrival.compound, arrival.building)
                alone = building_key("", arrival.building)
                arrival.building_id = buildings.get(key) or buildings.get(alone)
            if not arrival.address:
                arrival.address = "".join(parts)[:LONGEST_ADDRESS]
        return arrival

    def _problem(self, row: int, at: int, wrong: CellProblem) -> Problem:
        return Problem(row, self.columns.label(at), wrong.code, wrong.message, at)

    def _readers(self) -> dict[str, Reader]:
        today, known = self.known.today, self.known
        readers: dict[str, Reader] = {
            "name": cells.read_name,
            "phone": cells.read_phone,
            "birth_date": _unless_blank(partial(cells.read_birth, today=today)),
            "joined_party_on": _unless_blank(partial(cells.read_joined, today=today)),
            "reported_on": _unless_blank(partial(cells.read_reported, today=today)),
            "job_title": _unless_blank(partial(cells.read_text, most=LONGEST_TITLE)),
            "national_volunteer_no": _unless_blank(partial(cells.read_text, most=40)),
            "address": _unless_blank(partial(cells.read_text, most=LONGEST_ADDRESS)),
            "party_organisation": _unless_blank(self._branch),
            "skills": _unless_blank(self._skills),
            "intentions": _unless_blank(self._intentions),
        }
        for name in _PARTS:
            readers[name] = _unless_blank(partial(cells.read_text, most=40))
        for name in ("gender", "member_type", "category", "occupation"):
            choice = partial(cells.read_choice, known=known.lists[name], labels=known.labels[name])
            readers[name] = _unless_blank(choice)
        if known.target.community:
            readers["work_unit"] = _unless_blank(self._unit)
            readers["community"] = _unless_blank(self._community)
        return readers

    def _unit(self, text: str) -> int:
        plain = words.plain_value(text)
        found = self.known.units.get(plain)
        if found is not None:
            return found
        shown = clean(text)[:60]
        near = get_close_matches(plain, list(self.known.unit_names), n=1, cutoff=0.6)
        if near:
            raise CellProblem("work_unit_near", value=shown, near=self.known.unit_names[near[0]])
        raise CellProblem("work_unit_unknown", value=shown)

    def _community(self, text: str) -> str:
        community = self.known.target.community
        assert community is not None
        said = clean(text)
        if bare_name(community.name) not in said and community.code not in said:
            raise CellProblem("community_other", value=said[:30], target=community.name)
        return said

    def _branch(self, text: str) -> Any:
        found = self.known.branches.get(words.plain_value(text), "")
        if not found:
            self.remarks.note(self.remarks.branches, clean(text))
        return found

    def _skills(self, text: str) -> list[int]:
        found, unknown = cells.read_several(text, known=self.known.lists["skills"])
        for word in unknown:
            self.remarks.note(self.remarks.skills, word)
        return found

    def _intentions(self, text: str) -> list[int]:
        found, unknown = cells.read_several(text, known=self.known.lists["intentions"])
        for word in unknown:
            self.remarks.note(self.remarks.intentions, word)
        return found


def _unless_blank(reader: Reader) -> Reader:
    def read(text: str) -> Any:
        if words.is_error(text):
            raise CellProblem("cell_error", value=text.strip())
        return "" if words.is_blank(text) else reader(text)

    return read
