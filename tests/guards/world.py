"""The world of the guards: the demo district, loaded once, with its actors and one object for every address.

The demo is the only data set that holds something of everything, made through the commands people use. Its names are
the canaries: a name of 公园 on a screen of 南园 is a leak.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from guangcai.accounts.models import User
from guangcai.activities.models import Activity, Series, Shift, SignUp
from guangcai.appraisal.models import Appraisal, FeedbackSheet
from guangcai.demo.load import load_demo
from guangcai.demo.signins import SIGN_INS
from guangcai.ledger.models import Certificate, Objection, SampleCheck, ServiceEntry
from guangcai.members.models import DuplicatePair, Member, ReportIn, Residence
from guangcai.orgs.models import Grant, Node, OfficeHolder, PartyOrganisation, Policy, ResidentUnit, WorkUnit
from guangcai.portal.models import Suggestion

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
ANONYMOUS, NOBODY = "anonymous", "nobody"
# Converters are told apart by what they stand for, not by their type.
Arguments = dict[str, Any]


@dataclass
class World:
    """`community` owns the objects that addresses are filled with; everybody else is next door to it."""

    community: Node
    users: dict[str, User] = field(default_factory=dict)

    @property
    def actors(self) -> list[str]:
        return [ANONYMOUS, NOBODY, *self.users]

    def browser(self, actor: str) -> Client:
        client = Client(raise_request_exception=False)
        if actor != ANONYMOUS:
            client.force_login(self.user(actor), backend=BACKEND)
        return client

    def user(self, actor: str) -> User:
        found: User = User.objects.get(name=NOBODY) if actor == NOBODY else self.users[actor]
        return found


def make_world(now: datetime) -> World:
    """Load the demo and add a user who holds no grant at all."""
    load_demo(now=now, advance=lambda steps=1, *, of=None: None)
    nobody = User(name="nobody", created_at=now)
    nobody.set_phone("13800009999")
    nobody.set_unusable_password()
    nobody.save()
    world = World(community=Node.objects.get(name="南园", level="community"))
    for person in SIGN_INS:
        world.users[person.key] = User.objects.with_phone(person.phone).get()
    return world


def addresses() -> Iterator[tuple[str, str]]:
    """Every (name, pattern) the resolver knows, API and static files left to their own tests."""
    return ((name, pattern) for name, pattern in _walk(get_resolver(), "", "") if not name.startswith("api:"))


def _walk(resolver: Any, space: str, prefix: str) -> Iterator[tuple[str, str]]:
    for entry in resolver.url_patterns:
        pattern = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from _walk(entry, inner, pattern)
        elif isinstance(entry, URLPattern):
            yield f"{space}{entry.name or ''}", pattern


def fill(world: World, name: str, pattern: str) -> str | None:
    """The path of an address with an object of the world's community; None when the demo holds none."""
    path = "/" + pattern
    for part in [piece for piece in pattern.split("/") if "<" in piece]:
        found = _part(world, name, pattern, part)
        if found is None:
            return None
        path = path.replace(part, found)
    return path


def _part(world: World, name: str, pattern: str, part: str) -> str | None:
    for beginning, value in SPECIAL.items():
        if name == beginning:
            filled = value(world)
            return None if filled is None else filled.get(part)
    for beginning, first in OBJECTS:
        if pattern.startswith(beginning) and part in pattern[len(beginning) :].split("/")[0]:
            found = first(world)
            return None if found is None else str(found)
    return str(uuid4()) if "uuid" in part else "1"


def _first(model: Any, **where: Any) -> Callable[[World], Any]:
    def find(world: World) -> Any:
        conditions = {key: world.community if value is HERE else value for key, value in where.items()}
        return model.objects.filter(**conditions).order_by("pk").values_list("pk", flat=True).first()

    return find


HERE = object()
OBJECTS: list[tuple[str, Callable[[World], Any]]] = [
    ("suggestion/", _first(Suggestion)),
    ("suggestions/", _first(Suggestion)),
    ("orgs/nodes/", lambda world: world.community.pk),
    ("orgs/grants/", _first(Grant, node=HERE)),
    ("orgs/policies/", _first(Policy)),
    ("orgs/units/", _first(WorkUnit, name="站前区实验小学")),
    ("orgs/residences/", _first(ResidentUnit)),
    ("orgs/party-organisations/", _first(PartyOrganisation)),
    ("orgs/offices/", _first(OfficeHolder)),
    ("orgs/calendar/", lambda world: 2026),
    ("members/duplicates/", _first(DuplicatePair)),
    ("members/report-ins/", _first(ReportIn, community=HERE)),
    ("members/receipts/", _first(Residence, community=HERE)),
    ("members/<uuid:key>", _first(Member, community=HERE)),
    ("members/", _first(Member, community=HERE)),
    ("activities/series/", _first(Series, community=HERE)),
    ("activities/shifts/", _first(Shift, community=HERE, activity__published_at__isnull=False)),
    ("activities/sign-ups/", _first(SignUp, community=HERE)),
    ("activities/", _first(Activity, community=HERE, published_at__isnull=False)),
    ("ledger/objections/", _first(Objection)),
    ("ledger/entries/", _first(ServiceEntry, community=HERE)),
    ("ledger/members/", _first(Member, community=HERE)),
    ("ledger/certificates/", _first(Certificate)),
    ("ledger/samples/", _first(SampleCheck)),
    ("appraisal/sheets/", _first(FeedbackSheet, community=HERE, work_unit__name="站前区实验小学")),
    ("appraisal/quarters/", lambda world: "2026Q3"),
    ("appraisal/", _first(Appraisal, community=HERE)),
    ("reports/", lambda world: "members"),
]


def _line(world: World) -> Arguments | None:
    sheet = FeedbackSheet.objects.filter(community=world.community, work_unit__name="站前区实验小学").order_by("pk")
    found = sheet.first()
    line = found.lines.order_by("-services", "pk").first() if found else None
    return {"<uuid:pk>": str(found.pk), "<uuid:line>": str(line.pk)} if found and line else None


def _sheet_paper(world: World) -> Arguments | None:
    line = _line(world)
    return {"<uuid:pk>": line["<uuid:pk>"], "<slug:kind>": "xlsx"} if line else None


def _certificate_paper(world: World) -> Arguments | None:
    key = _first(Certificate)(world)
    return {"<uuid:pk>": str(key), "paper.<slug:kind>": "paper.docx"} if key else None


def _booklet_paper(world: World) -> Arguments:
    member = _first(Member, community=HERE)(world)
    return {"<uuid:member_id>": str(member), "<int:year>.<slug:kind>": "2026.docx"}


def _policy_new(world: World) -> Arguments:
    return {"<int:pk>": str(world.community.pk), "<slug:key>": "annual_duty"}


def _number(world: World) -> Arguments | None:
    number = Certificate.objects.values_list("number", flat=True).first()
    return {"<str:number>": number} if number else None


SPECIAL: dict[str, Callable[[World], Arguments | None]] = {
    "appraisal:figures": _line,
    "appraisal:remark": _line,
    "appraisal:paper": _sheet_paper,
    "ledger:certificate_paper": _certificate_paper,
    "ledger:booklet_paper": _booklet_paper,
    "ledger:verification_of": _number,
    "orgs:policy_new": _policy_new,
}
