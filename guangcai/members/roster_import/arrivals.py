"""The good rows on their way into the database: keys made, phone and address sealed, sent by COPY to a table that
lives as long as the transaction."""

from collections.abc import Iterable
from types import TracebackType

from django.db import connection

from guangcai.core.crypto import blind_index, seal
from guangcai.core.ids import new_id_text
from guangcai.core.phones import last_four
from guangcai.core.pinyin import name_keys
from guangcai.members.models.person import ADDRESS_PURPOSE, PHONE_PURPOSE, PHONE_TAIL_PURPOSE
from guangcai.members.roster_import.rows import Arrival

CREATE = """
CREATE TEMP TABLE IF NOT EXISTS roster_arrival (
    number int, id uuid, name text COLLATE "default", name_pinyin text, name_initials text, name_sort text,
    gender text, birth_date date, joined_party_on date, member_type text, category text,
    national_volunteer_no text, occupation_id bigint, job_title text,
    phone bytea, phone_index text, phone_tail_index text, address bytea,
    building_id bigint, work_unit_id bigint, party_organisation_id bigint,
    skills bigint[], intentions bigint[], reported_on date,
    match_id uuid, why text, is_new boolean NOT NULL DEFAULT true
) ON COMMIT DROP
"""
COPY = """
COPY roster_arrival (number, id, name, name_pinyin, name_initials, name_sort, gender, birth_date, joined_party_on,
    member_type, category, national_volunteer_no, occupation_id, job_title, phone, phone_index, phone_tail_index,
    address, building_id, work_unit_id, party_organisation_id, skills, intentions, reported_on) FROM STDIN
"""
# What rows are joined by, from a small sample: sealed columns are wide and tell the planner nothing.
ANALYZE = """
SET LOCAL default_statistics_target = 10;
ANALYZE roster_arrival (number, name, phone_index, match_id, why, is_new, work_unit_id, building_id);
SET LOCAL default_statistics_target = DEFAULT
"""
NULL = r"\N"
EMPTY = r"\\x"
BLOCK = 2_000


class _Tails(dict[str, str]):
    """Last four digits -> blind index: there are ten thousand of these, however long the file."""

    def __missing__(self, digits: str) -> str:
        return self.setdefault(digits, blind_index(digits, PHONE_TAIL_PURPOSE))


class Arrivals:
    """`with Arrivals() as arrivals: arrivals.add(arrival)`; afterwards the table `roster_arrival` is full."""

    def __init__(self) -> None:
        self.count = 0
        self._lines: list[str] = []
        self._tails = _Tails()

    def __enter__(self) -> "Arrivals":
        with connection.cursor() as cursor:
            cursor.execute(CREATE)
            cursor.execute("TRUNCATE roster_arrival")
        return self

    def add(self, arrival: Arrival) -> None:
        self._lines.append(_line(arrival, self._tails))
        self.count += 1
        if len(self._lines) >= BLOCK:
            self._flush()

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            return
        self._flush()
        with connection.cursor() as cursor:
            cursor.execute(ANALYZE)

    def _flush(self) -> None:
        """A COPY of its own for every block: between two the same connection may read waiting rows."""
        with connection.cursor() as cursor, cursor.copy(COPY) as copy:
            copy.write("".join(self._lines))
        self._lines = []


def _line(arrival: Arrival, tails: _Tails) -> str:
    """One line of COPY. Written for speed: a hundred thousand of these are made at once."""
    key = new_id_text()
    full, initials, sort = name_keys(arrival.name)
    phone, address = arrival.phone, arrival.address
    phone_index = tail_index = ""
    sealed_phone = sealed_address = EMPTY
    if phone:
        sealed_phone = EMPTY + seal(phone, key, PHONE_PURPOSE).hex()
        phone_index = blind_index(phone, PHONE_PURPOSE)
        tail_index = tails[last_four(phone)]
    if address:
        sealed_address = EMPTY + seal(address, key, ADDRESS_PURPOSE).hex()
    text = (
        f"{arrival.name}\t{full[:400]}\t{initials[:60]}\t{sort[:600]}\t{arrival.gender}\t"
        f"{arrival.birth_date or NULL}\t{arrival.joined_party_on or NULL}\t{arrival.member_type}\t{arrival.category}\t"
        f"{_text(arrival.national_volunteer_no)}\t{arrival.occupation or NULL}\t{_text(arrival.job_title)}"
    )
    links = (
        f"{arrival.building_id or NULL}\t{arrival.work_unit or NULL}\t{arrival.party_organisation or NULL}\t"
        f"{_array(arrival.skills)}\t{_array(arrival.intentions)}\t{arrival.reported_on or NULL}"
    )
    sealed = f"{sealed_phone}\t{phone_index}\t{tail_index}\t{sealed_address}"
    return f"{arrival.row}\t{key}\t{text}\t{sealed}\t{links}\n"


def _text(text: str) -> str:
    """Cleaned text holds no tab and no line end; only the sign that COPY escapes with is left."""
    return text.replace("\\", "\\\\") if "\\" in text else text


def _array(values: Iterable[int]) -> str:
    return "{" + ",".join(map(str, values)) + "}" if values else "{}"
