"""Report slips that wait, and the receipt of those that were accepted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, FilteredRelation, Q, QuerySet

from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.core.phones import last_four
from guangcai.core.pinyin import name_keys
from guangcai.core.scoping import under
from guangcai.core.text import clean_name
from guangcai.members import keys
from guangcai.members.models import Member, ReportIn, Residence, ServiceKind
from guangcai.members.rules import SearchBy, search_by
from guangcai.members.slips import SlipForm
from guangcai.orgs.models import Node, WorkUnit


@dataclass(frozen=True)
class Slip:
    """A waiting slip as the desk reads it, with the record it will be matched to."""

    id: UUID
    slip_no: str
    name: str
    phone: str
    work_unit: str
    building: str
    channel: str
    submitted_at: datetime
    community_id: int
    path: str
    wants_account: bool = False
    # Laid ready from a list: the invitation's code opens it.
    is_ready: bool = False
    intentions: tuple[str, ...] = ()
    # The record with the same phone and name, and where he lived until now.
    match_id: UUID | None = None
    lives_in: str = ""
    # The same phone under another name: accepted as a new person, offered as a pair. Named only inside the area.
    is_phone_taken: bool = False
    other_name: str = ""


@dataclass(frozen=True)
class _Context:
    """What slips name by key, read once for all of them."""

    units: dict[int, str]
    buildings: dict[int, str]
    kinds: dict[str, str]
    people: dict[str, list[Member]]
    by_id: dict[UUID, Member]


def waiting_slips(actor: Actor, *, text: str = "", community: Node | None = None) -> list[Slip]:
    """Slips that wait where the actor keeps the door, oldest first; `text` as in the roster's one box.

    What was typed is sealed, so the search happens here: a community's waiting slips are few. Six queries.
    """
    rows = ReportIn.objects.visible_to(actor).waiting()
    rows = rows.filter(under("path", actor.paths_with(Permission.ROSTER_VIEW)))
    if community is not None:
        rows = rows.filter(community=community)
    return [slip for slip in _slips(rows, actor) if _is_meant(slip, text)]


def slip_of(report_in: ReportIn, actor: Actor) -> Slip:
    """One slip, for its own page."""
    return _slips(ReportIn.objects.filter(pk=report_in.pk), actor)[0]


def receipt(actor: Actor) -> "QuerySet[Residence]":
    """Residences whose receipt the actor may print: of his area, of his own, of his unit's members."""
    own = Q(member_id=actor.member_id) if actor.member_id else Q(pk__in=[])
    area = under("path", actor.paths_with(Permission.ROSTER_VIEW))
    unit = Q(unit_receipt__work_unit__in=actor.units_with(Permission.UNIT_ROSTER_VIEW))
    return Residence.objects.filter(own | area | unit).select_related(
        "community", "member", "report_in", "unit_receipt__work_unit"
    )


def _slips(rows: "QuerySet[ReportIn]", actor: Actor) -> list[Slip]:
    job = FilteredRelation("member__employments", condition=Q(member__employments__until=None))
    rows = rows.select_related("member__community", "member__building").annotate(
        job=job, unit_name=F("job__work_unit__name")
    )
    waiting = list(rows.order_by("submitted_at", "pk"))
    forms = [SlipForm.from_text(row.form) for row in waiting]
    context = _context(waiting, forms)
    return [_slip(row, form, context, actor) for row, form in zip(waiting, forms, strict=True)]


def _context(rows: Sequence[ReportIn], forms: Iterable[SlipForm]) -> _Context:
    forms = list(forms)
    phones = {row.phone_index for row in rows if row.phone_index}
    people: dict[str, list[Member]] = {}
    for member in Member.objects.current().filter(phone_index__in=phones).select_related("community"):
        people.setdefault(member.phone_index, []).append(member)
    units = WorkUnit.objects.filter(pk__in={form.work_unit_id for form in forms if form.work_unit_id})
    buildings = Node.objects.filter(pk__in={form.building_id for form in forms if form.building_id})
    return _Context(
        units=dict(units.values_list("pk", "name")),
        buildings=dict(buildings.values_list("pk", "name")),
        kinds=dict(ServiceKind.objects.values_list("code", "name")),
        people=people,
        by_id={row.member.pk: row.member for row in rows if row.member},
    )


def _slip(row: ReportIn, form: SlipForm, context: _Context, actor: Actor) -> Slip:
    same_phone = context.people.get(row.phone_index, []) if row.phone_index else []
    name = clean_name(form.name) or (row.member.name if row.member else "")
    match = row.member or next((member for member in same_phone if member.name == name), None)
    unit = context.units.get(form.work_unit_id or 0, form.work_unit_name) or getattr(row, "unit_name", "") or ""
    others = [member for member in same_phone if member.name != name]
    named = [member.name for member in others if actor.can(Permission.ROSTER_VIEW, member.path)]
    phone = form.phone or (match.phone if match else "")
    return Slip(
        id=row.pk,
        slip_no=keys.slip_no(row.community_id, row.phone_index or str(row.pk)),
        name=name,
        phone=phone,
        work_unit=unit,
        building=context.buildings.get(form.building_id or 0, form.building_text),
        channel=row.get_channel_display(),
        submitted_at=row.submitted_at,
        community_id=row.community_id,
        path=row.path,
        wants_account=form.wants_account,
        is_ready=row.member_id is not None,
        intentions=tuple(context.kinds.get(code, code) for code in form.intentions),
        match_id=match.pk if match else None,
        lives_in=str(match.community) if match and match.community_id not in (None, row.community_id) else "",
        is_phone_taken=bool(others) and match is None,
        other_name=named[0] if named and match is None else "",
    )


def _is_meant(slip: Slip, text: str) -> bool:
    plain = text.strip()
    if plain.upper() == slip.slip_no:
        return True
    match search_by(plain):
        case SearchBy.NOTHING:
            return True
        case SearchBy.PHONE_TAIL:
            return last_four(slip.phone) == plain
        case SearchBy.PHONE:
            digits = plain.replace(" ", "").replace("-", "").removeprefix("+86")
            return slip.phone.replace(" ", "").replace("-", "").endswith(digits)
        case SearchBy.PINYIN:
            letters = plain.lower().replace(" ", "").replace("'", "")
            found = name_keys(slip.name)
            return letters in found.full or found.initials.startswith(letters)
        case SearchBy.NAME:
            return clean_name(plain) in slip.name
