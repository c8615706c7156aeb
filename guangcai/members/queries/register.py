"""登记册: who lived in a community on a day, with exactly the five groups of A03."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import F, FilteredRelation, Q

from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.core.phones import mask
from guangcai.core.scoping import under
from guangcai.members.models import Residence
from guangcai.orgs.models import Node
from guangcai.orgs.models.organisations import in_force


@dataclass(frozen=True)
class RegisterRow:
    """One line of the register, in words; phones are masked, so that it can be printed and laid out."""

    # Basic facts
    name: str
    gender: str
    birth_date: date | None
    joined_party_on: date | None
    member_type: str
    category: str
    # Occupation
    occupation: str
    work_unit: str
    job_title: str
    # Skills, contact, service intentions
    skills: str
    phone: str
    building: str
    intentions: str
    # The link itself
    since: date
    receipt_no: str


def register(actor: Actor, *, community: Node, on: date) -> list[RegisterRow]:
    """The register of `community` on the local date `on`, by pinyin: links by date, facts as known today.

    Three queries. Outside the actor's area it is empty.
    """
    condition = Q(member__employments__since__lte=on) & (
        Q(member__employments__until=None) | Q(member__employments__until__gt=on)
    )
    rows = (
        Residence.objects.filter(under("path", actor.paths_with(Permission.ROSTER_VIEW)))
        .filter(in_force(on), community=community)
        .annotate(job=FilteredRelation("member__employments", condition=condition), unit=F("job__work_unit__name"))
        .select_related("member__occupation", "building")
        .prefetch_related("member__skills__kind", "member__intentions__kind")
        .order_by("member__name_sort", "pk")
    )
    return [_row(residence) for residence in rows]


def _row(residence: Residence) -> RegisterRow:
    member = residence.member
    return RegisterRow(
        name=member.name,
        gender=member.get_gender_display(),
        birth_date=member.birth_date,
        joined_party_on=member.joined_party_on,
        member_type=member.get_member_type_display(),
        category=member.get_category_display(),
        occupation=str(member.occupation or ""),
        work_unit=getattr(residence, "unit", "") or "",
        job_title=member.job_title,
        skills=_joined(str(skill.kind) for skill in member.skills.all()),
        phone=mask(member.phone),
        building=str(residence.building or ""),
        intentions=_joined(str(intention.kind) for intention in member.intentions.all()),
        since=residence.since,
        receipt_no=residence.receipt_no,
    )


def _joined(words: Iterable[str]) -> str:
    return " ".join(words)
