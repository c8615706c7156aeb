"""What may be filled in at the door, after a proof."""

from typing import Any
from uuid import UUID

from guangcai.members.models import Employment, Member, ReportIn
from guangcai.orgs.models import Node


def member_with(phone_index: str) -> Member | None:
    """The one current member with a proven phone; None when nobody or several have it."""
    if not phone_index:
        return None
    found = list(Member.objects.current().filter(phone_index=phone_index).order_by("pk")[:2])
    return found[0] if len(found) == 1 else None


def member_of_account(member_id: UUID | None) -> Member | None:
    """The signed-in person's own record."""
    return Member.objects.current().filter(pk=member_id).first() if member_id else None


def known_of(member: Member, community: Node) -> dict[str, Any]:
    """Initial values of the slip: what is on record already, without the intentions. One query."""
    job = Employment.objects.filter(member=member, until=None).select_related("work_unit").first()
    lives_here = member.community_id == community.pk
    return {
        "name": member.name,
        "phone": member.phone.removeprefix("+86"),
        "work_unit": job.work_unit.name if job else "",
        "occupation": member.occupation.code if member.occupation else "",
        "building": member.building.code if lives_here and member.building else "",
    }


def invited(phone_index: str, community: Node) -> list[UUID]:
    """Slips made ready for this phone in this community: their codes are printed on invitations."""
    ready = ReportIn.objects.waiting().filter(community=community, phone_index=phone_index, member__isnull=False)
    return list(ready.values_list("pk", flat=True))
