"""What the forms are filled from: people in one go, a fixed number of queries for as many as are asked for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from guangcai.appraisal.models import Appraisal, FeedbackLine
from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.ledger.models import ServiceEntry
from guangcai.ledger.queries.booklet import booklet_readers
from guangcai.members.models import Employment, Intention, Member, OrgRelation, Residence, Skill
from guangcai.members.queries import RegisterRow, register
from guangcai.orgs.models import Node
from guangcai.pledges.models import Pledge
from guangcai.posts.models import PostClaim


@dataclass
class PersonFacts:
    """One member with what his forms say."""

    member: Member
    work_unit: str = ""
    party_organisation: str = ""
    reported_in_on: date | None = None
    skills: list[str] = field(default_factory=list)
    intentions: list[str] = field(default_factory=list)
    entries: list[ServiceEntry] = field(default_factory=list)
    claims: list[PostClaim] = field(default_factory=list)
    pledges: list[Pledge] = field(default_factory=list)
    feedback: list[FeedbackLine] = field(default_factory=list)
    appraisal: Appraisal | None = None


@dataclass(frozen=True)
class CommunityFacts:
    """One community with what its own lists say."""

    community: str
    register: Sequence[RegisterRow]
    claims: Sequence[PostClaim]


def printable(actor: Actor) -> "QuerySet[Member]":
    """Members on the roster whose papers the actor may take out of the house, by pinyin."""
    area = under("path", actor.paths_with(Permission.ROSTER_EXPORT))
    rows = Member.objects.visible_to(actor).current().filter(area).filter(booklet_readers(actor))
    return rows.select_related("community", "building", "occupation").order_by("name_sort", "pk")


def people(members: Iterable[Member], *, year: int, actor: Actor) -> list[PersonFacts]:
    """The facts of these members for `year`, as far as the actor may see them: twelve queries for all of them."""
    found = {member.pk: PersonFacts(member) for member in members}
    keys = list(found)
    for job in Employment.objects.filter(member__in=keys, until=None).select_related("work_unit"):
        found[job.member_id].work_unit = job.work_unit.name
    for link in OrgRelation.objects.filter(member__in=keys, until=None).select_related("party_organisation"):
        found[link.member_id].party_organisation = link.party_organisation.name
    for home in Residence.objects.filter(member__in=keys, until=None):
        found[home.member_id].reported_in_on = home.since
    for skill in Skill.objects.filter(member__in=keys).select_related("kind").order_by("kind", "pk"):
        found[skill.member_id].skills.append(skill.kind.name)
    for wish in Intention.objects.filter(member__in=keys).select_related("kind").order_by("kind__position", "pk"):
        found[wish.member_id].intentions.append(wish.kind.name)
    _service(found, keys, year=year)
    _commitments(found, keys, year=year, actor=actor)
    _sheets(found, keys, year=year, actor=actor)
    return list(found.values())


def _service(found: dict[UUID, PersonFacts], keys: list[UUID], *, year: int) -> None:
    within = {"served_on__gte": date(year, 1, 1), "served_on__lt": date(year + 1, 1, 1)}
    for entry in ServiceEntry.objects.standing().filter(member__in=keys, **within).order_by("starts_at", "pk"):
        found[entry.member_id].entries.append(entry)


def _commitments(found: dict[UUID, PersonFacts], keys: list[UUID], *, year: int, actor: Actor) -> None:
    claims = PostClaim.objects.visible_to(actor).live().filter(member__in=keys).select_related("post")
    for claim in claims.order_by("offered_at", "pk"):
        found[claim.member_id].claims.append(claim)
    pledges: Any = Pledge.objects.visible_to(actor).standing().filter(member__in=keys, year=year)
    for pledge in pledges.select_related("template").prefetch_related("lines").order_by("template__position", "pk"):
        found[pledge.member_id].pledges.append(pledge)


def _sheets(found: dict[UUID, PersonFacts], keys: list[UUID], *, year: int, actor: Actor) -> None:
    area = under("path", actor.paths_with(Permission.FEEDBACK_VIEW))
    lines = FeedbackLine.objects.filter(area, member__in=keys, sheet__quarter__startswith=str(year))
    sent = lines.filter(sheet__approved_at__isnull=False).select_related("sheet__work_unit")
    for line in sent.order_by("sheet__quarter", "sheet__supplement_no", "pk"):
        found[line.member_id].feedback.append(line)
    for appraisal in Appraisal.objects.visible_to(actor).filter(member__in=keys, year=year):
        found[appraisal.member_id].appraisal = appraisal


def community_facts(community: Node, *, on: date, actor: Actor) -> CommunityFacts:
    """What the lists of a community say on a day. Five queries."""
    claims = PostClaim.objects.visible_to(actor).held().filter(under("path", [community.path]))
    return CommunityFacts(
        community=community.name,
        register=register(actor, community=community, on=on),
        claims=list(claims.select_related("post", "member").order_by("post__title", "place_no", "pk")),
    )
