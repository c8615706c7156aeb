"""Which teams a community could have by what its members do for a living (A18), and who could be asked."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import QuerySet

from guangcai.core.actor import Actor
from guangcai.members.models import Member
from guangcai.members.queries.roster import roster, with_links
from guangcai.orgs.models import Node
from guangcai.teams.models import OccupationTeam, Team, TeamMembership


@dataclass
class Proposal:
    """One team that could be. `people`: who could be asked; the others of the occupation are counted."""

    rule: OccupationTeam
    occupations: list[str]
    team: Team | None = None
    people: list[Member] = field(default_factory=list)
    in_team: int = 0
    asked: int = 0
    declined: int = 0


def proposals_for(community: Node, actor: Actor) -> list[Proposal]:
    """A proposal for every rule with anybody in the community it speaks of: four queries.

    Rules that name one team (two occupations, one name) are one proposal. Source: A18.
    """
    rules = list(OccupationTeam.objects.select_related("occupation", "field"))
    found: dict[str, Proposal] = {}
    by_job: dict[int, Proposal] = {}
    for rule in rules:
        proposal = found.setdefault(rule.name, Proposal(rule, []))
        proposal.occupations.append(rule.occupation.name)
        by_job[rule.occupation_id] = proposal
    for team in Team.objects.live().filter(node=community, name__in=found):
        found[team.name].team = team
    places = _places([one.team.pk for one in found.values() if one.team])
    for member in _people(community, actor, by_job):
        _sort_in(by_job[member.occupation_id or 0], member, places)
    return [one for one in found.values() if one.people or one.in_team or one.asked]


def _people(community: Node, actor: Actor, jobs: Iterable[int]) -> QuerySet[Member]:
    rows = with_links(roster(actor)).filter(community=community, occupation__in=list(jobs))
    return rows.order_by("name_sort", "pk")


def _places(teams: list[UUID]) -> dict[tuple[UUID, UUID], TeamMembership]:
    """The latest place of each person in each team, ended ones too."""
    rows = TeamMembership.objects.filter(team__in=teams).order_by("offered_at", "pk")
    return {(row.team_id, row.member_id): row for row in rows}


def _sort_in(proposal: Proposal, member: Member, places: dict[tuple[UUID, UUID], TeamMembership]) -> None:
    place = places.get((proposal.team.pk, member.pk)) if proposal.team else None
    if place is None or (place.ended_at is not None and place.held_since is not None):
        proposal.people.append(member)
    elif place.ended_at is not None:
        proposal.declined += 1
    elif place.held_since is not None:
        proposal.in_team += 1
    else:
        proposal.asked += 1
