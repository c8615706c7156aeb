"""Teams as screens show them: the list, the tree, one team with its people, what a member could join."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Count, Exists, IntegerField, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from guangcai.commitments.belonging import paths_for
from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.members.models import Employment, Member
from guangcai.orgs.enums import Level
from guangcai.teams.enums import LeaderRole, TeamKind
from guangcai.teams.models import PlateFeedback, Team, TeamAlias, TeamLeader, TeamLog, TeamMembership

SHOWN = 60
LIVE = Q(memberships__ended_at=None)
RANKS = {kind: rank for rank, kind in enumerate(TeamKind.values)}


def with_numbers(teams: QuerySet[Team]) -> QuerySet[Team]:
    """Each team with how many are in it, asked, were invited, whether it has a leader, and how
    many entries its log has."""
    written = TeamLog.objects.in_force().filter(team=OuterRef("pk")).order_by().values("team").annotate(n=Count("pk"))
    led = TeamLeader.objects.open().filter(team=OuterRef("pk"), role=LeaderRole.LEADER)
    return teams.select_related("node", "field", "parent", "skill", "residence", "occupation").annotate(
        held=Count("memberships", filter=LIVE & Q(memberships__held_since__isnull=False)),
        asked=Count("memberships", filter=LIVE & Q(memberships__id__isnull=False, memberships__confirmed_at=None)),
        invited=Count(
            "memberships",
            filter=LIVE & Q(memberships__confirmed_at__isnull=False, memberships__held_since=None),
        ),
        logged=Coalesce(Subquery(written.values("n")), 0, output_field=IntegerField()),
        is_led=Exists(led),
    )


def found(teams: QuerySet[Team], text: str) -> QuerySet[Team]:
    """Teams by name or by any other name they go by; with their other names at hand. "" finds all."""
    rows = teams.prefetch_related(Prefetch("aliases", TeamAlias.objects.order_by("added_at", "pk")))
    return rows.called(text) if text else rows  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Line:
    """One team in the tree: how deep it stands, how many are in it, and in it and all below. below: teams under it."""

    team: Team
    depth: int
    people: int
    people_below: int
    below: int


def tree(actor: Actor) -> list[Line]:
    """Association, brigades, detachments, teams, each under the one above it. Two queries, whatever the number.

    People of several teams count in each of them and once in whatever stands above.
    """
    teams = list(Team.objects.visible_to(actor).live().select_related("node", "field").order_by("path", "name", "pk"))
    seen = under("path", actor.paths_with(Permission.TEAM_VIEW))
    held = TeamMembership.objects.held().filter(seen, team__in=teams).values_list("team_id", "member_id")
    people: dict[object, set[object]] = {}
    for team_id, member_id in held:
        people.setdefault(team_id, set()).add(member_id)
    children: dict[object, list[Team]] = {}
    shown = {team.pk for team in teams}
    for team in sorted(teams, key=lambda one: (one.path, RANKS[one.kind], one.name)):
        children.setdefault(team.parent_id if team.parent_id in shown else None, []).append(team)
    return [line for line, _everybody in _lines(children, people, None, 0)]


def _lines(
    children: dict[object, list[Team]], people: dict[object, set[object]], above: object, depth: int
) -> Iterator[tuple[Line, set[object]]]:
    for team in children.get(above, ()):
        under_it = list(_lines(children, people, team.pk, depth + 1))
        own = people.get(team.pk, set())
        everybody = own.union(*(who for _line, who in under_it))
        yield Line(team, depth, len(own), len(everybody), len(under_it)), everybody
        yield from under_it


@dataclass(frozen=True)
class Place:
    """One line of the roster: the place in the team, the role held in it now, the work unit."""

    row: TeamMembership
    role: TeamLeader | None
    unit_name: str


def roster_of(team: Team, actor: Actor, *, ended: bool = False) -> list[Place]:
    """Who is in, asked or was invited, as far as the actor may see. Two queries."""
    roles = {row.member_id: row for row in TeamLeader.objects.open().filter(team=team)}
    job = Employment.objects.filter(member=OuterRef("member_id"), until=None)
    rows = TeamMembership.objects.visible_to(actor).filter(team=team).select_related("member", "team", "community")
    rows = rows.filter(ended_at__isnull=False) if ended else rows.live()
    rows = rows.annotate(unit_name=Subquery(job.values("work_unit__name")[:1]))
    places = [
        Place(row, None if ended else roles.get(row.member_id), row.unit_name or "")
        for row in rows.order_by("member__name_sort", "pk")
    ]
    return sorted(places, key=_rank)


def _rank(place: Place) -> tuple[bool, bool, bool, bool]:
    """Who waits for an answer comes first, then who leads, then who is in, then who was asked."""
    row, role = place.row, place.role
    is_leader = role is not None and role.role == LeaderRole.LEADER
    return (row.confirmed_at is not None, not is_leader, role is None, row.held_since is None)


def leader_of(team: Team) -> Member | None:
    """Who leads the team now. One query."""
    row = TeamLeader.objects.open().filter(team=team, role=LeaderRole.LEADER).select_related("member").first()
    return row.member if row else None


def own_memberships(actor: Actor) -> list[TeamMembership]:
    """The actor's own live places: first what he can accept, then where he is, then what waits. One query."""
    rows = TeamMembership.objects.live().filter(member=actor.member_id).select_related("team__node", "team__field")
    order = ("confirmed", "held", "offered")
    return sorted(rows.order_by("-offered_at", "pk"), key=lambda row: order.index(row.state))


def joinable(actor: Actor, member: Member) -> list[Team]:
    """Live teams that serve where the member lives, and in which he has no place yet; nearest first. Two queries."""
    there = TeamMembership.objects.live().filter(member=member).values("team")
    rows = Team.objects.visible_to(actor).live().filter(path__in=paths_for(member.path)).exclude(pk__in=there)
    return list(with_numbers(rows).order_by("-path", "name", "pk")[:SHOWN])


@dataclass(frozen=True)
class Due:
    """What waits for the community: requests to join, what residents wrote and nobody read."""

    asked: int
    feedback: int


def due(actor: Actor, *, paths: Iterable[str]) -> Due:
    """Numbers for the desk under `paths`, where the actor runs teams: two queries."""
    own = actor.paths_with(Permission.TEAM_EDIT)
    mine, above = under("path", own) & under("path", list(paths)), ~Q(team__node__level=Level.COMMUNITY)
    return Due(
        asked=TeamMembership.objects.asked()
        .filter(mine, Q(path__in=own) | above)
        .exclude(member=actor.member_id)
        .count(),
        feedback=PlateFeedback.objects.open().filter(mine, path__in=own).count(),
    )
