"""The roster: found, read, added to, changed."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from ninja import Query, Router

from guangcai.api import lookups
from guangcai.api.paging import cut
from guangcai.api.refusals import READING, WRITING
from guangcai.api.schemas.members import MemberChanges, MemberNew, MemberPage, MembersAsked, MemberShown
from guangcai.api.sending import attempt, is_known, made, other_content, same_as_before
from guangcai.core.actor import Actor
from guangcai.core.errors import Forbidden
from guangcai.core.http import ActorRequest
from guangcai.core.permissions import Permission
from guangcai.core.phones import mask, normalise
from guangcai.core.text import clean, clean_name
from guangcai.members import commands, queries
from guangcai.members.models import Member
from guangcai.orgs.models import Node

router = Router(tags=["members"])


def shown(member: Member) -> dict[str, Any]:
    """A row of `queries.with_links` as programs read it."""
    unit_id, unit_name = member.unit_id, member.unit_name  # type: ignore[attr-defined]
    return {
        **{name: getattr(member, name) for name in MemberShown.model_fields if hasattr(member, name)},
        "occupation": member.occupation.code if member.occupation else None,
        "phone": mask(member.phone),
        "work_unit": {"id": unit_id, "name": unit_name} if unit_id else None,
    }


def _shown(member: Member) -> MemberShown:
    return MemberShown.model_validate(shown(member))


def _one(actor: Actor, key: UUID) -> MemberShown:
    return _shown(lookups.one(queries.with_links(lookups.members_of_area(actor)), key))  # type: ignore[arg-type]


@router.get("/members", response={200: MemberPage, **READING})
def list_members(request: ActorRequest, asked: Query[MembersAsked]) -> Any:
    """Members on the roster of the caller's area; for a member himself."""
    actor = request.actor
    if not actor.holds(Permission.ROSTER_VIEW) and actor.member_id is None:
        raise Forbidden()
    rows = queries.found_by(lookups.members_of_area(actor).current(), asked.q)  # type: ignore[attr-defined]
    if asked.community:
        rows = rows.filter(community__code=asked.community)
    return cut(queries.with_links(rows), asked, _shown)


@router.get("/members/{uuid:member}", response={200: MemberShown, **READING})
def read_member(request: ActorRequest, member: UUID) -> Any:
    """One member, also one who left the roster."""
    return _one(request.actor, member)


@router.post("/members", response={200: MemberShown, 201: MemberShown, **WRITING})
def add_member(request: ActorRequest, body: MemberNew) -> Any:
    """Put somebody on the roster of a community, with the receipt of his reporting in."""
    community = lookups.community(body.community)
    building = lookups.building_in(community, body.building)
    unit = lookups.work_unit(body.work_unit)
    fields = _fields(body, set(MemberChanges.model_fields))
    known = is_known(Member, body.id)
    member = attempt(
        lambda: commands.register_member(
            id=body.id,
            placed=commands.Placement(community=community, building=building, work_unit=unit),
            fields=fields,
            skills=(),
            intentions={},
            has_consented=body.has_consented,
            by=request.actor,
            now=timezone.now(),
        )
    )
    if known:
        _check_same(request.actor, member, fields, community, building)
    return made(_one(request.actor, member.pk), known=known)


@router.patch("/members/{uuid:member}", response={200: MemberShown, **WRITING})
def change_member(request: ActorRequest, member: UUID, body: MemberChanges) -> Any:
    """Change fields of the register. The desk changes all, a member his own contact."""
    found = lookups.member_of_area(request.actor, member)
    changes = _fields(body, body.model_fields_set)
    now = timezone.now()
    attempt(lambda: commands.change_member(member=found, changes=changes, by=request.actor, now=now))
    return _one(request.actor, member)


def _fields(body: MemberChanges, names: set[str]) -> dict[str, Any]:
    """Columns of the register as the commands take them: "" for nothing said, the occupation as a row."""
    fields = {name: getattr(body, name) for name in names}
    for name in ("gender", "category"):
        if name in fields:
            fields[name] = fields[name] or ""
    if "occupation" in fields:
        fields["occupation"] = lookups.occupation(body.occupation)
    return fields


def _check_same(actor: Actor, member: Member, fields: dict[str, Any], community: Node, building: Node | None) -> None:
    """Sent before: the same person with the same register in the same place, or Conflict."""
    if not lookups.members_of_area(actor).filter(pk=member.pk).exists():
        raise other_content()
    said = {name: clean(value) if isinstance(value, str) else value for name, value in fields.items()}
    said["name"] = clean_name(fields["name"])
    said["phone"] = normalise(fields["phone"]) if fields["phone"] else ""
    same_as_before(member, {**said, "community_id": community.pk, "building_id": building.pk if building else None})
