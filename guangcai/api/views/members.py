"""The roster: found, read, added to, changed."""

from typing import Any
from uuid import UUID

from django.db.models import Prefetch
from django.utils import timezone
from ninja import Query, Router

from guangcai.api import lookups
from guangcai.api.paging import cut
from guangcai.api.refusals import READING, WRITING
from guangcai.api.schemas.members import MemberChanges, MemberNew, MemberPage, MembersAsked, MemberShown
from guangcai.api.sending import attempt, made, send_once
from guangcai.core.actor import Actor
from guangcai.core.errors import Forbidden
from guangcai.core.http import ActorRequest
from guangcai.core.permissions import Permission
from guangcai.core.phones import mask
from guangcai.members import commands, queries
from guangcai.members.models import Intention, Member, Skill
from guangcai.members.models.person import MemberQuerySet

router = Router(tags=["members"])


def shown(member: Member) -> dict[str, Any]:
    """A row of `queries.with_links` as programs read it."""
    unit_id, unit_name = member.unit_id, member.unit_name  # type: ignore[attr-defined]
    return {
        **{name: getattr(member, name) for name in MemberShown.model_fields if hasattr(member, name)},
        "skills": [
            {"code": row.kind.code, "name": row.kind.name, "certificate": row.certificate, "expires_on": row.expires_on}
            for row in member.skills.all()
        ],
        "intentions": [
            {"code": row.kind.code, "name": row.kind.name, "times": row.times} for row in member.intentions.all()
        ],
        "occupation": member.occupation.code if member.occupation else None,
        "phone": mask(member.phone),
        "work_unit": {"id": unit_id, "name": unit_name} if unit_id else None,
    }


def _shown(member: Member) -> MemberShown:
    return MemberShown.model_validate(shown(member))


def _readable(rows: MemberQuerySet) -> MemberQuerySet:
    """With everything that `shown` reads: two queries more, however many rows."""
    skills = Skill.objects.select_related("kind").order_by("kind__position", "kind_id")
    intentions = Intention.objects.select_related("kind").order_by("kind__position", "kind_id")
    return queries.with_links(rows).prefetch_related(Prefetch("skills", skills), Prefetch("intentions", intentions))


def _one(actor: Actor, key: UUID) -> MemberShown:
    return _shown(lookups.one(_readable(lookups.members_of_area(actor)), key))  # type: ignore[arg-type]


@router.get("/members", response={200: MemberPage, **READING})
def list_members(request: ActorRequest, asked: Query[MembersAsked]) -> Any:
    """Members on the roster of the caller's area; for a member himself."""
    actor = request.actor
    if not actor.holds(Permission.ROSTER_VIEW) and actor.member_id is None:
        raise Forbidden()
    rows = queries.found_by(lookups.members_of_area(actor).current(), asked.q)  # type: ignore[attr-defined]
    if asked.community:
        rows = rows.filter(community__code=asked.community)
    return cut(_readable(rows), asked, _shown)


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
    member, known = send_once(
        Member,
        body,
        by=request.actor,
        command=lambda: commands.register_member(
            id=body.id,
            placed=commands.Placement(community=community, building=building, work_unit=unit),
            fields=fields,
            skills=(),
            intentions={},
            has_consented=body.has_consented,
            by=request.actor,
            now=timezone.now(),
        ),
    )
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
