"""All rows of a file, read and sent ahead: the good ones wait in `roster_arrival`, the others are named."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from guangcai.core.spreadsheet import Sheet, write_workbook
from guangcai.members.roster_import import matching
from guangcai.members.roster_import.arrivals import Arrivals
from guangcai.members.roster_import.columns import ID_NUMBER, Columns
from guangcai.members.roster_import.known import Known
from guangcai.members.roster_import.matching import Decision, Match, Why
from guangcai.members.roster_import.problems import Problem
from guangcai.members.roster_import.rows import Remarks, RowReader

Row = tuple[int, Sequence[str]]
Advance = Callable[[int], None]
STEP = 1_000


@dataclass(frozen=True)
class Duplicate:
    """A row that may be somebody known. `member` is that member's id, or "row 5" for an earlier row of the file."""

    row: int
    member: str
    why: str


@dataclass
class Checked:
    """What was found in a file. `refused`: rows with problems, as they were sent."""

    rows: int = 0
    good: int = 0
    problems: list[Problem] = field(default_factory=list)
    refused: list[Row] = field(default_factory=list)
    remarks: Remarks = field(default_factory=Remarks)
    matches: list[Match] = field(default_factory=list)
    pairs_in_file: list[tuple[int, int]] = field(default_factory=list)

    @property
    def matched(self) -> int:
        return sum(1 for match in self.matches if match.why == Why.SAME_PERSON)

    @property
    def duplicates(self) -> list[Duplicate]:
        known = [Duplicate(m.row, str(m.member), m.why) for m in self.matches if m.why != Why.SAME_PERSON]
        inside = [
            Duplicate(later, f"row {earlier}", Why.SAME_NAME_UNIT_BUILDING) for later, earlier in self.pairs_in_file
        ]
        return sorted(known + inside, key=lambda duplicate: duplicate.row)


def take_in(
    rows: Iterable[Row],
    columns: Columns,
    known: Known,
    *,
    may_link: bool,
    decisions: Mapping[int, Decision] | None = None,
    advance: Advance = lambda steps: None,
) -> Checked:
    """Read every row and match the good ones with the roster. Call it inside a transaction."""
    checked = Checked()
    reader = RowReader(columns, known)
    checked.remarks = reader.remarks
    with Arrivals() as arrivals:
        for number, row in rows:
            arrival, problems = reader.read(number, row)
            if arrival is not None:
                arrivals.add(arrival)
            elif problems:
                checked.problems += problems
                checked.refused.append((number, row))
            else:
                continue
            checked.rows += 1
            if checked.rows % STEP == 0:
                advance(STEP)
    checked.good = arrivals.count
    advance(checked.rows % STEP)
    checked.matches = matching.match(known.target, decisions=decisions or {}, may_link=may_link)
    checked.pairs_in_file = matching.same_in_file(known.target)
    return checked


def refused_workbook(
    columns: Columns, refused: Iterable[Row], problems: Iterable[Problem], *, row_word: str, reason_word: str
) -> bytes:
    """The refused rows as they were sent, with their row numbers and what is wrong; ID numbers stay out."""
    reasons: dict[int, list[str]] = {}
    for problem in problems:
        reasons.setdefault(problem.row, []).append(f"{problem.column}: {problem.message}")
    kept = [at for at, name in enumerate(columns.fields) if name != ID_NUMBER]
    heads = [row_word, *(columns.headers[at] for at in kept), reason_word]
    lines: Iterable[list[str | int]] = (
        [number, *(row[at] if at < len(row) else "" for at in kept), "\n".join(reasons.get(number, []))]
        for number, row in refused
    )
    return write_workbook([Sheet(reason_word, heads, lines)])
