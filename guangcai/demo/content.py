"""The demo's content as data files: the district, its people, a year of activity."""

import json
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def district() -> dict[str, Any]:
    """Tree, community types, work units, sign-ins."""
    return _read("district.json")


@cache
def people() -> list[dict[str, Any]]:
    """The seventy-five members of document 001: name, gender, phone, community, building, occupation, unit ..."""
    rows: list[dict[str, Any]] = _read("people.json")["people"]
    return rows


@cache
def year() -> dict[str, Any]:
    """What is planned and done in the year before the day of loading, and the small cases a tour should meet."""
    return _read("year.json")


@cache
def posts() -> dict[str, Any]:
    """Posts of the communities: which are open, who claimed them, what was done under them."""
    return _read("posts.json")


@cache
def pledges() -> dict[str, Any]:
    """Pledges of members: what they took on, what is done, what the communities found."""
    return _read("pledges.json")


@cache
def teams() -> dict[str, Any]:
    """Teams of the street and its communities: who is in, who leads, what they did, whose plate is out."""
    return _read("teams.json")


@cache
def care() -> dict[str, Any]:
    """Households of the communities: who looks after each since when, when it was visited, what is handed over."""
    return _read("care.json")


@cache
def requests() -> dict[str, Any]:
    """Residents' requests: the technicians of the street, and cases with every step of their life."""
    return _read("requests.json")


@cache
def mediation() -> dict[str, Any]:
    """Mediators of one community and four quarrels, as far as each came."""
    return _read("mediation.json")


@cache
def wishes() -> dict[str, Any]:
    """Wishes as far as each came, a campaign with its gifts, programmes of aid with their outcomes."""
    return _read("wishes.json")


@cache
def residents() -> dict[str, Any]:
    """Two residents who ask without an account, with the codes they follow their requests by."""
    return _read("residents.json")


@cache
def mobile() -> dict[str, Any]:
    """Mobile members: the street's branch, who is away or came here, when somebody last heard of him."""
    return _read("mobile.json")


@cache
def studios() -> dict[str, Any]:
    """Studios with their rosters, the line of the last session and what was asked there."""
    return _read("studios.json")


@cache
def places() -> dict[str, Any]:
    """Service points, what the district calls them, what is lent and who booked it."""
    return _read("places.json")


@cache
def zones() -> dict[str, Any]:
    """Zones of the communities: the lots, who holds what since when, what was done there, who moved away."""
    return _read("zones.json")


@cache
def councils() -> dict[str, Any]:
    """Councils of the communities: bodies, meetings, proposals in every state, agreements, a competition."""
    return _read("councils.json")


def _read(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(files("guangcai.demo").joinpath("data", name).read_text(encoding="utf-8"))
    return content
