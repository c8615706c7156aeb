"""Every address of the resolver, filled with an object of the world's community.

Converters are told apart by where they stand, not by their type: `OBJECTS` by the beginning of the address, `SPECIAL`
by its name.
"""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

from django.urls import URLPattern, URLResolver, get_resolver

from guangcai.accounts.models import ApiToken, KioskSession
from guangcai.activities import codes
from guangcai.activities.models import Activity, Attendance, Series, Shift, SignUp
from guangcai.appraisal.models import Appraisal, FeedbackSheet
from guangcai.care.models import CareOffer, Household, Pairing, ServicePlan, Visit
from guangcai.cases.enums import CaseState
from guangcai.cases.models import Case, CasePhoto, Item, Technician
from guangcai.councils.models import (
    AgreementItem,
    Body,
    BodyMember,
    Contest,
    ContestEntry,
    JointAgreement,
    JointPledge,
    Meeting,
)
from guangcai.councils.models import Proposal as CouncilProposal
from guangcai.invitations.models import Invitation, Proposal, Round
from guangcai.ledger.models import Certificate, Objection, SampleCheck, ServiceEntry
from guangcai.mediation.models import CauseKind, Mediation, MediationStep, Mediator
from guangcai.members.models import DuplicatePair, Member, MobileRegistration, ReportIn, Residence, RosterBatch
from guangcai.members.views.door import door_token
from guangcai.orgs.models import Grant, Instructor, OfficeHolder, PartyOrganisation, Policy, ResidentUnit, WorkUnit
from guangcai.places.models import Booking, ServicePoint, SharedResource
from guangcai.pledges.models import Pledge, PledgeLine, PledgeMark
from guangcai.portal.models import Suggestion
from guangcai.posts.models import Post, PostClaim
from guangcai.studios.keys import code_of
from guangcai.studios.models import RotaPlace, Studio, Ticket
from guangcai.teams.models import OccupationTeam, Plate, PlateFeedback, Team, TeamLeader, TeamLog, TeamMembership
from guangcai.wishes.models import AidOutcome, AidProgramme, Campaign, Gift, Spending, Wish, WishAsker, WishClaim
from guangcai.zones.models import Zone, ZoneAgreement
from tests.guards.world import World

Arguments = dict[str, str]
HERE = object()
MEMBER = "member__name_sort"
# Somebody with an appointment at the next session of a studio.
WAITING = {"community": HERE, "state": "waiting", "way": "slot"}


def addresses() -> list[tuple[str, str]]:
    """Every (name, pattern) the resolver knows; an address of the API once, by the name of its first operation."""
    once: dict[str, str] = {}
    for name, pattern in _walk(get_resolver(), "", ""):
        once.setdefault(pattern, name)
    return [(name, pattern) for pattern, name in once.items()]


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


def _first(model: Any, *by: str, **where: Any) -> Callable[[World], Any]:
    """The first row. `by`: for rows that one statement made, whose keys lie in another order in every world."""

    def find(world: World) -> Any:
        conditions = {key: world.community if value is HERE else value for key, value in where.items()}
        return model.objects.filter(**conditions).order_by(*by, "pk").values_list("pk", flat=True).first()

    return find


def _sign_up(world: World) -> Any:
    """One that can still be cancelled, for no studio: those have rules of their own."""
    rows = SignUp.objects.filter(community=world.community, cancelled_at=None, shift__activity__studio=None)
    found = rows.order_by("-shift__starts_at", MEMBER, "pk").first()
    return found and found.pk


def _sheet(world: World) -> FeedbackSheet | None:
    rows = FeedbackSheet.objects.filter(community=world.community, work_unit__name="站前区实验小学")
    return rows.order_by("pk").first()


def _shift(world: World) -> Shift | None:
    """The last one planned: it can still be changed, signed up for and called off."""
    rows = Shift.objects.filter(community=world.community, activity__published_at__isnull=False, cancelled_at=None)
    return rows.filter(activity__studio=None).order_by("-starts_at", "pk").first()


def _code(world: World) -> Arguments | None:
    shift = _shift(world)
    if shift is None:
        return None
    text = codes.printed(shift_id=shift.pk, key=bytes(shift.code_key))
    return {"<uuid:pk>": str(shift.pk), "<str:code>": text}


def _claim(world: World, name: str, kind: str) -> Any:
    """The claim of one person to one post: told by name, for each screen wants one in another state."""
    rows = PostClaim.objects.filter(community=world.community, member__name=name, post__kind__code=kind)
    return rows.values_list("pk", flat=True).first()


def _on_claim(name: str, kind: str) -> Callable[[World], Arguments]:
    return lambda world: {"<uuid:pk>": str(_claim(world, name, kind))}


def _in_team(name: str) -> Any:
    """The place of one person in a team: asked, invited or in, as the demo says."""
    return TeamMembership.objects.filter(member__name=name).values_list("pk", flat=True).first()


def _team_proposal(world: World) -> Arguments:
    rule = OccupationTeam.objects.get(occupation__code="street_office")
    return {"<int:pk>": str(rule.pk), "<int:node>": str(world.community.pk)}


def _roster_paper(world: World) -> Arguments:
    return {"<uuid:pk>": str(_first(Team, node=HERE, name="代理家长队")(world)), "<slug:kind>": "xlsx"}


def _plate(world: World) -> Arguments:
    return {"<slug:code>": Plate.objects.get(member__name="林晓岚").code}


def _proposal(world: World) -> Arguments:
    return {"<uuid:pk>": str(Post.objects.proposed().get(community=world.community).pk)}


def _agreement(world: World, name: str) -> Any:
    """The live agreement on one zone: told by name, for each screen wants one in another state."""
    rows = ZoneAgreement.objects.live().filter(community=world.community, zone__name=name)
    return rows.values_list("pk", flat=True).first()


def _on_agreement(name: str) -> Callable[[World], Arguments]:
    return lambda world: {"<uuid:pk>": str(_agreement(world, name))}


def _agreement_paper(world: World) -> Arguments:
    return {"<uuid:pk>": str(_agreement(world, "1号楼1单元")), "paper.<slug:kind>": "paper.docx"}


def _pledge(world: World) -> Any:
    """The member's own, under way."""
    return Pledge.objects.get(member__name="林晓岚").pk


def _pledge_paper(world: World) -> Arguments:
    return {"<uuid:pk>": str(_pledge(world)), "<slug:kind>": "docx"}


def _shelf(world: World) -> Arguments:
    return {"<slug:code>": world.community.code}


def _asking(world: World) -> Arguments:
    """The resident's form of an item that asks nothing more."""
    item = Item.objects.get(node=None, code="newcomer")
    return {"<slug:code>": world.community.code, "<int:item>": str(item.pk)}


def _case(world: World, state: CaseState) -> Any:
    rows = Case.objects.filter(community=world.community, about_member=None, state=state)
    return rows.order_by("number").values_list("pk", flat=True).first()


def _on_case(state: CaseState) -> Callable[[World], Arguments]:
    return lambda world: {"<uuid:pk>": str(_case(world, state))}


def _told_case(world: World) -> Arguments:
    number = Case.objects.filter(community=world.community, about_member=None).order_by("number").first().number
    return {"<slug:number>.<slug:form>": f"{number}.json"}


OBJECTS: list[tuple[str, Callable[[World], Any]]] = [
    ("account/kiosk/", _first(KioskSession)),
    ("account/keys/", _first(ApiToken)),
    ("suggestion/", _first(Suggestion)),
    ("suggestions/", _first(Suggestion)),
    ("orgs/nodes/", lambda world: world.community.pk),
    ("orgs/grants/", _first(Grant, node=HERE)),
    ("orgs/policies/", _first(Policy)),
    ("orgs/units/", _first(WorkUnit, name="站前区实验小学")),
    ("orgs/instructors/", _first(Instructor)),
    ("orgs/residences/", _first(ResidentUnit)),
    ("orgs/party-organisations/", _first(PartyOrganisation)),
    ("orgs/offices/", _first(OfficeHolder)),
    ("orgs/calendar/", lambda world: 2026),
    ("members/duplicates/", _first(DuplicatePair)),
    ("members/report-ins/", _first(ReportIn, community=HERE)),
    ("members/door/", lambda world: door_token(world.community)),
    ("members/mobile/", _first(MobileRegistration, "since", community=HERE)),
    ("members/imports/", _first(RosterBatch, community=HERE)),
    ("members/receipts/", _first(Residence, MEMBER, community=HERE)),
    ("members/<uuid:key>", _first(Member, "name_sort", community=HERE)),
    ("members/", _first(Member, "name_sort", community=HERE)),
    ("activities/series/", _first(Series, community=HERE, activity__studio=None)),
    ("activities/shifts/", lambda world: getattr(_shift(world), "pk", None)),
    ("activities/sign-ups/", _sign_up),
    ("activities/", _first(Activity, community=HERE, published_at__isnull=False)),
    ("posts/claims/", lambda world: _claim(world, "林晓岚", "publicity")),
    ("posts/", _first(Post, community=HERE, kind__code="public_safety")),
    ("cases/technicians/", _first(Technician, "name", node=HERE)),
    ("cases/catalogue/", _first(Item, node=HERE)),
    ("cases/photos/", _first(CasePhoto, step__case__community=HERE)),
    ("cases/follow/photos/", _first(CasePhoto, step__case__community=HERE)),
    # Waits for somebody to be asked; the steps of a job have cases of their own below.
    ("cases/", lambda world: _case(world, CaseState.TO_DISPATCH)),
    ("care/pairings/", _first(Pairing, household__label="1号楼-01", community=HERE)),
    ("care/visits/", _first(Visit, "visited_on", household__label="1号楼-01", community=HERE)),
    ("care/plans/", _first(ServicePlan, community=HERE)),
    ("care/offers/", _first(CareOffer, community=HERE)),
    ("care/", _first(Household, label="1号楼-01", community=HERE)),
    ("mediation/mediators/", _first(Mediator, "name", node=HERE, member=None)),
    # Opened, and heard by nobody yet.
    ("mediation/", _first(Mediation, community=HERE, cause__code="noise")),
    ("teams/memberships/", lambda world: _in_team("黄慧敏")),
    ("teams/roles/", _first(TeamLeader, "role", member__name="蔡成功")),
    ("teams/log/", _first(TeamLog, "held_on", team__node=HERE)),
    ("teams/feedback/", _first(PlateFeedback, community=HERE)),
    ("teams/", _first(Team, node=HERE, name="代理家长队")),
    ("zones/agreements/", lambda world: _agreement(world, "1号楼1单元")),
    ("zones/places/", lambda world: world.community.pk),
    ("zones/duties/", lambda world: "lot"),
    # Nobody holds it: the page offers it.
    ("zones/", _first(Zone, community=HERE, name="3号楼")),
    ("wishes/walls/", lambda world: world.community.code),
    ("wishes/codes/", lambda world: WishAsker.objects.get(wish__title="辅导初二物理").code),
    ("wishes/claims/", _first(WishClaim, community=HERE, wish__title="补两扇纱窗")),
    ("wishes/campaigns/", _first(Campaign, community=HERE)),
    ("wishes/gifts/", _first(Gift, community=HERE, reversal=None, reverses=None)),
    ("wishes/spendings/", _first(Spending, community=HERE)),
    ("wishes/programmes/", _first(AidProgramme, community=HERE, title="特困家庭扶助")),
    ("wishes/outcomes/", _first(AidOutcome, community=HERE, correction=None)),
    # Published, and its claims are still collected.
    ("wishes/", _first(Wish, community=HERE, title="擦一次窗户")),
    ("studios/visit/studios/", _first(Studio, community=HERE, slot_minutes__gt=0)),
    ("studios/visit/numbers/", lambda world: code_of(_first(Ticket, "-slot_at", **WAITING)(world))),
    ("studios/visit/", lambda world: world.community.code),
    ("studios/hall/", _first(Studio, community=HERE, slot_minutes__gt=0)),
    # Offered to sit, and not confirmed yet.
    ("studios/rota/", _first(RotaPlace, community=HERE, held_since=None)),
    ("studios/sessions/", _first(Shift, "-starts_at", community=HERE, tickets__number=12)),
    # Received, and nothing written down yet.
    ("studios/numbers/", _first(Ticket, community=HERE, number=8, state="received")),
    ("studios/", _first(Studio, community=HERE, slot_minutes__gt=0)),
    ("councils/seats/", _first(BodyMember, "since", "pk", body__name="南园四位一体会议")),
    ("councils/meetings/", _first(Meeting, title="第三次联席会议")),
    # Promised and not done: its unit can still report.
    ("councils/pledges/", _first(JointPledge, community=HERE, item="每天放学后托管一小时")),
    ("councils/proposals/", _first(CouncilProposal, community=HERE, title="放学后托管班")),
    ("councils/agreements/", _first(JointAgreement, community=HERE, work_unit__name="站前区实验小学")),
    ("councils/items/", _first(AgreementItem, "position", agreement__work_unit__name="站前区实验小学")),
    ("councils/contests/", _first(Contest)),
    ("councils/entries/", _first(ContestEntry, "title")),
    ("councils/public/", lambda world: world.community.code),
    ("councils/stories/", _first(CouncilProposal, community=HERE, title="3号楼加装楼道扶手")),
    ("councils/", _first(Body, node=HERE, name="南园社区党建工作联席会")),
    # Waits for the answer of the community.
    ("places/resources/bookings/", _first(Booking, purpose="合唱团排练")),
    # Free on every working day, and its own community's.
    ("places/resources/", _first(SharedResource, name="南园社区活动室")),
    ("places/", _first(ServicePoint, node=HERE, name="南园水站")),
    ("calendar/links/", lambda world: None),
    ("calendar/", lambda world: None),
    ("pledges/lines/", _first(PledgeLine, "position", pledge__member__name="林晓岚", measure="note")),
    ("pledges/marks/", _first(PledgeMark, "line__text", line__pledge__until__year=2026, line__pledge__ended_at=None)),
    ("pledges/templates/", lambda world: "seven_ones"),
    ("pledges/public/", lambda world: "docx"),
    ("pledges/checklists/", lambda world: None),
    ("pledges/", _pledge),
    ("invitations/rounds/", _first(Round, community=HERE)),
    ("invitations/proposals/", _first(Proposal, "points", community=HERE, member__isnull=False)),
    # It has a free place: somebody is looked for.
    ("invitations/posts/", lambda world: Invitation.objects.filter(community=world.community).first().post_id),
    ("invitations/shifts/", lambda world: getattr(_shift(world), "pk", None)),
    # Nobody looks after it: somebody is looked for.
    ("invitations/households/", _first(Household, "label", community=HERE, tier="high", pairings=None)),
    ("invitations/", _first(Invitation, community=HERE, member__name="林晓岚")),
    ("ledger/objections/", _first(Objection)),
    ("ledger/entries/", _first(ServiceEntry, MEMBER, "starts_at", community=HERE)),
    ("ledger/members/", _first(Member, "name_sort", community=HERE)),
    ("ledger/certificates/", _first(Certificate)),
    ("ledger/samples/", _first(SampleCheck)),
    ("appraisal/sheets/", _first(FeedbackSheet, community=HERE, work_unit__name="站前区实验小学")),
    ("appraisal/quarters/", lambda world: "2026Q3"),
    ("appraisal/", _first(Appraisal, MEMBER, community=HERE)),
    ("reports/forms/members/", _first(Member, "name_sort", community=HERE)),
    ("reports/forms/prints/", lambda world: None),
    ("reports/", lambda world: "members"),
    ("gallery/", lambda world: "forms"),
    ("api/v1/members/", _first(Member, "name_sort", community=HERE)),
    ("api/v1/activities/", _first(Activity, community=HERE, published_at__isnull=False)),
    ("api/v1/series/", _first(Series, community=HERE)),
    ("api/v1/shifts/", lambda world: getattr(_shift(world), "pk", None)),
    ("api/v1/sign-ups/", _sign_up),
    ("api/v1/attendance/", _first(Attendance, MEMBER, "shift__starts_at", community=HERE)),
    ("api/v1/entries/", _first(ServiceEntry, MEMBER, "starts_at", community=HERE)),
    ("api/v1/feedback/", lambda world: getattr(_sheet(world), "pk", None)),
    ("api/v1/statistics/", lambda world: "members"),
    ("api/v1/<path", lambda world: "nothing"),
]


def _line(world: World) -> Arguments | None:
    found = _sheet(world)
    line = found.lines.order_by("-services", "pk").first() if found else None
    return {"<uuid:pk>": str(found.pk), "<uuid:line>": str(line.pk)} if found and line else None


def _sheet_paper(world: World) -> Arguments | None:
    line = _line(world)
    return {"<uuid:pk>": line["<uuid:pk>"], "<slug:kind>": "xlsx"} if line else None


def _certificate_paper(world: World) -> Arguments | None:
    key = _first(Certificate)(world)
    return {"<uuid:pk>": str(key), "paper.<slug:kind>": "paper.docx"} if key else None


def _booklet_paper(world: World) -> Arguments:
    member = _first(Member, "name_sort", community=HERE)(world)
    return {"<uuid:member_id>": str(member), "<int:year>.<slug:kind>": "2026.docx"}


def _policy_new(world: World) -> Arguments:
    return {"<int:pk>": str(world.community.pk), "<slug:key>": "annual_duty"}


def _number(world: World) -> Arguments | None:
    number = Certificate.objects.values_list("number", flat=True).first()
    return {"<str:number>": number} if number else None


def _joint_paper(world: World) -> Arguments:
    row = _first(JointAgreement, community=HERE, work_unit__name="站前区实验小学")(world)
    return {"<uuid:pk>": str(row), "paper.<slug:kind>": "paper.docx"}


def _proposal_called(title: str) -> Callable[[World], Arguments]:
    """One that stands where this step is next."""
    return lambda world: {"<uuid:pk>": str(CouncilProposal.objects.get(community=world.community, title=title).pk)}


def _cause(world: World) -> Arguments:
    return {"<slug:code>": "quarrels", "<int:pk>": str(CauseKind.objects.get(code="noise").pk)}


SPECIAL: dict[str, Callable[[World], Arguments | None]] = {
    **dict.fromkeys(("cases:acceptance", "cases:decline"), _on_case(CaseState.DISPATCHED)),
    **dict.fromkeys(
        ("cases:return", "cases:contact", "cases:appointment", "cases:done", "cases:escalation"),
        _on_case(CaseState.ACCEPTED),
    ),
    **dict.fromkeys(("cases:ruling", "cases:ruling_out"), _on_case(CaseState.TO_RULE)),
    "cases:call_back": _on_case(CaseState.DONE),
    **dict.fromkeys(("cases:confirmation", "cases:reopening"), _on_case(CaseState.CALLED_BACK)),
    "places:return": lambda world: {"<uuid:pk>": str(_first(Booking, purpose="送老人体检")(world))},
    "activities:here": _code,
    # The quarters after it are closed: their page leads on to what the close did.
    "appraisal:close": lambda world: {"<slug:quarter>": "2026Q1"},
    "appraisal:figures": _line,
    "appraisal:remark": _line,
    "appraisal:paper": _sheet_paper,
    "ledger:certificate_paper": _certificate_paper,
    "ledger:booklet_paper": _booklet_paper,
    "ledger:verification_of": _number,
    "orgs:policy_new": _policy_new,
    "cases:public_shelves": _shelf,
    "cases:public_ask": _asking,
    "open311:discovery": lambda world: {"discovery.<slug:form>": "discovery.json"},
    "open311:services": lambda world: {"services.<slug:form>": "services.json"},
    "open311:service": lambda world: {"<slug:code>.<slug:form>": "lamp.json"},
    "open311:requests": lambda world: {"requests.<slug:form>": "requests.json"},
    "open311:request": _told_case,
    "open311:token": lambda world: {"<slug:token>.<slug:form>": f"{world.community.code}.json"},
    "open311:nothing": lambda world: {"<path:rest>": "nothing"},
    "teams:proposal": _team_proposal,
    "teams:roster": _roster_paper,
    "teams:public_plate": _plate,
    "teams:acceptance": lambda world: {"<uuid:pk>": str(_in_team("郭俊杰"))},
    "care:tenure": lambda world: {"<uuid:pk>": str(_first(Pairing, household__label="1号楼-11")(world))},
    **dict.fromkeys(
        ("mediation:visits", "mediation:paper"),
        lambda world: {"<uuid:pk>": str(_first(Mediation, community=HERE, cause__code="leak")(world))},
    ),
    "mediation:correction": lambda world: {
        "<uuid:pk>": str(_first(Mediation, community=HERE, cause__code="leak")(world)),
        "<uuid:step_pk>": str(
            _first(MediationStep, kind="heard", mediation__community=HERE, mediation__cause__code="leak")(world)
        ),
    },
    "mediation:reopening": lambda world: {
        "<uuid:pk>": str(_first(Mediation, community=HERE, cause__code="fee")(world))
    },
    "zones:confirmation": _on_agreement("4号楼2单元"),
    "zones:signature": _on_agreement("1号楼前绿地"),
    "zones:paper": _agreement_paper,
    "councils:paper": _joint_paper,
    "councils:screening": _proposal_called("组织一次旧物交换"),
    "councils:tabling": _proposal_called("冬季楼道除冰"),
    "councils:judgements": _proposal_called("社区医院每月上门量血压"),
    "councils:publication": _proposal_called("菜市场门口加装休息椅"),
    "councils:sending_back": _proposal_called("菜市场门口加装休息椅"),
    **dict.fromkeys(("orgs:kind_new", "orgs:kind", "orgs:kind_end", "orgs:kind_offer"), _cause),
    "pledges:new": lambda world: {"<slug:code>": "own_words", "<int:year>": "2027"},
    "pledges:paper": _pledge_paper,
    "wishes:verification": lambda world: {"<uuid:pk>": str(_first(Wish, community=HERE, state="collected")(world))},
    "wishes:answer": lambda world: {"<uuid:pk>": str(_first(Wish, community=HERE, state="fulfilled")(world))},
    "wishes:thanks": lambda world: {"<uuid:pk>": str(_first(Wish, community=HERE, state="confirmed")(world))},
    # Its claims were collected until a day that is past.
    "wishes:allotment": lambda world: {"<uuid:pk>": str(_first(Wish, community=HERE, title="写一副春联")(world))},
    "wishes:confirmation": lambda world: {
        "<uuid:pk>": str(_first(WishClaim, community=HERE, wish__title="一本大字台历")(world))
    },
    "posts:new": lambda world: {"<slug:kind>": "greening"},
    "posts:establishment": _proposal,
    "posts:confirmation": _on_claim("苏明哲", "public_safety"),
    "posts:tenure": _on_claim("林晓岚", "culture"),
}
