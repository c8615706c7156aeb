"""A team: opened at its node under the team above, changed, given another name, ended."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from guangcai.commitments import team_roll
from guangcai.commitments.enums import EndReason
from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.once import already
from guangcai.members.models import Occupation, SkillKind
from guangcai.orgs.models import Node, PartyOrganisation
from guangcai.teams import rules
from guangcai.teams.enums import TeamBasis, TeamEnd, TeamKind
from guangcai.teams.models import Team, TeamAlias, TeamField, TeamLeader, TeamMembership
from guangcai.teams.notices import tell
from guangcai.teams.queries import rights


@dataclass(frozen=True)
class TeamDraft:
    """What a team is, as typed. Of skill, residence and occupation only the one that `basis` names is kept."""

    kind: str
    name: str
    field: TeamField | None = None
    parent: Team | None = None
    basis: str = ""
    skill: SkillKind | None = None
    residence: Node | None = None
    occupation: Occupation | None = None
    branch: PartyOrganisation | None = None
    purpose: str = ""

    def columns(self) -> dict[str, Any]:
        found = {one.name: getattr(self, one.name) for one in fields(self)}
        for basis in TeamBasis.values:
            found[basis] = found[basis] if basis == self.basis else None
        found["branch"] = self.branch if self.kind == TeamKind.DETACHMENT else None
        return {name: value.strip() if isinstance(value, str) else value for name, value in found.items()}

    def check(self, node: Node) -> None:
        above = self.parent
        told = above and rules.Above(TeamKind(above.kind), above.path, above.ended_at is None)
        rules.check_name(self.name)
        rules.check_place(TeamKind(self.kind), level=node.level, path=node.path, above=told or None)
        rules.check_basis(
            TeamKind(self.kind),
            self.basis,
            has_skill=self.skill is not None,
            has_place=self.residence is not None,
            has_occupation=self.occupation is not None,
        )
        if self.basis == TeamBasis.RESIDENCE and self.residence is not None:
            rules.check_residence(residence=self.residence.path, path=node.path)


def lock_team(pk: UUID) -> Team:
    """The team under a lock that holds up joining, leading and ending."""
    return Team.objects.select_for_update(of=("self",), no_key=True).select_related("node").get(pk=pk)


@transaction.atomic
def add_team(*, node: Node, draft: TeamDraft, by: Actor, now: datetime, id: UUID | None = None) -> Team:
    """Open a team at a node. The same id sent again is the same team. Sources: A14-A17.

    Raises RuleBroken(field) as rules.check_place and check_basis, and for a name that a live team there has.
    """
    rights.require_runs(by, level=node.level, path=node.path)
    draft.check(node)
    # Two clerks open one team at once: the second waits and reads that the name is taken.
    Node.objects.select_for_update(of=("self",), no_key=True).get(pk=node.pk)
    if found := already(Team, id, node_id=node.pk, name=draft.name.strip(), kind=draft.kind):
        return found
    taken = Team.objects.live().filter(node=node, name=draft.name.strip()).exists()
    rules.check_name(draft.name, taken=taken)
    team = Team.objects.create(
        **draft.columns(),
        id=id or new_id(),
        node=node,
        path=node.path,
        district_code=node.district_code,
        added_at=now,
        added_by=by.user_id,
    )
    audit.record(Tag.TEAM_ADD, by=by, on=team, now=now, kind=team.kind)
    return team


@transaction.atomic
def change_team(*, team: Team, draft: TeamDraft, by: Actor, now: datetime) -> Team:
    """Other words, another basis, another team above. The kind and the place stay. Harmless twice.

    A name that is given up stays findable: it becomes an alias (A18).
    """
    rights.require_runs_team(team, by)
    row = lock_team(team.pk)
    rules.check_team_live(is_live=row.ended_at is None)
    draft.check(row.node)
    _check_not_below(row, draft.parent)
    before = row.name
    taken = Team.objects.live().filter(node=row.node, name=draft.name.strip()).exclude(pk=row.pk).exists()
    rules.check_name(draft.name, taken=taken)
    columns = draft.columns() | {"kind": row.kind}
    changed = [name for name, value in columns.items() if getattr(row, name) != value]
    if not changed:
        return row
    for name in changed:
        setattr(row, name, columns[name])
    row.save(update_fields=changed)
    audit.record(Tag.TEAM_CHANGE, by=by, on=row, now=now, fields=sorted(changed))
    if "name" in changed:
        _note_name(row, before, source="", by=by, now=now)
    return row


def _check_not_below(row: Team, above: Team | None) -> None:
    """Raises RuleBroken when the team above stands, further up, under this very team."""
    while above is not None:
        if above.pk == row.pk:
            raise RuleBroken(_("This team stands below: it cannot be the team above."), field="parent", code="circle")
        above = above.parent


@transaction.atomic
def add_alias(*, team: Team, name: str, source: str = "", by: Actor, now: datetime) -> TeamAlias:
    """Note another name the team goes or went by. Harmless twice. Source: A18 (社区治安队, then 社会治安队)."""
    rights.require_runs_team(team, by)
    row = lock_team(team.pk)
    rules.check_name(name, taken=name.strip() == row.name)
    return _note_name(row, name.strip(), source=source.strip(), by=by, now=now)


def _note_name(row: Team, name: str, *, source: str, by: Actor, now: datetime) -> TeamAlias:
    alias, is_new = TeamAlias.objects.get_or_create(
        team=row,
        name=name,
        district_code=row.district_code,
        defaults={"source": source, "added_at": now, "added_by": by.user_id},
    )
    if is_new:
        audit.record(Tag.TEAM_ALIAS, by=by, on=row, now=now)
    return alias


@transaction.atomic
def end_team(*, team: Team, reason: TeamEnd, note: str, by: Actor, now: datetime) -> Team:
    """End a team with everybody's place in it; all who were in are told. Harmless twice; its log stays.

    What other rooms had given it goes back to them in the same transaction (commitments.team_roll).
    """
    rights.require_runs_team(team, by)
    row = lock_team(team.pk)
    if row.ended_at is not None:
        return row
    rules.check_can_end(children=Team.objects.live().filter(parent=row).count())
    row.ended_at, row.ended_by, row.end_reason = now, by.user_id, reason
    row.end_note = note.strip()[: rules.NOTE_LENGTH]
    row.save(update_fields=["ended_at", "ended_by", "end_reason", "end_note"])
    live = TeamMembership.objects.live().filter(team=row)
    people = list(live.values_list("member_id", flat=True))
    live.update(ended_at=now, ended_by=by.user_id, end_reason=EndReason.NOT_NEEDED)
    TeamLeader.objects.open().filter(team=row).update(until=localdate(now), ended_at=now, ended_by=by.user_id)
    audit.record(Tag.TEAM_END, by=by, on=row, now=now, reason=reason.value, people=len(people))
    team_roll.tell_ended(row.pk, by=by, now=now)
    tell(row.name, people, "ended", now=now)
    return row
