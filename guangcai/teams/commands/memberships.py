"""Joining and leaving: a member asks and the team confirms, or the team invites and he accepts."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from guangcai.commitments import rules as shared
from guangcai.commitments.belonging import place_now
from guangcai.commitments.enums import EndReason
from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.once import already
from guangcai.core.permissions import Permission
from guangcai.core.text import is_blank
from guangcai.members.keys import phone_key
from guangcai.members.models import Member
from guangcai.orgs.facts import of_community
from guangcai.teams import rules
from guangcai.teams.commands.teams import lock_team
from guangcai.teams.enums import TeamVerb
from guangcai.teams.models import Team, TeamLeader, TeamMembership
from guangcai.teams.notices import tell
from guangcai.teams.queries import rights


@transaction.atomic
def ask_to_join(
    *, team: Team, member: Member, by: Actor, now: datetime, asked: str = "", id: UUID | None = None
) -> TeamMembership:
    """A member asks to join; who was invited joins at once. Sent twice it is one request.

    By the member himself, or by his desk for him. asked: how he said so, where the desk writes it down.
    Raises RuleBroken(code): team_ended, not_on_roster, other_area, asked_missing. Sources: A14; Order 685 art 25.
    """
    own = _require_own_or_desk(team, by, member_id=member.pk, path=member.path)
    row = lock_team(team.pk)
    if found := already(TeamMembership, id, team_id=row.pk, member_id=member.pk):
        return found
    shared.check_asked(own=own, asked=asked)
    if live := TeamMembership.objects.live().filter(team=row, member=member).first():
        return accept_invitation(membership=live, by=by, now=now, asked=asked) if live.confirmed_at else live
    _check_joiner(row, [member])
    made = TeamMembership.objects.create(
        **_whole(row, member), id=id or new_id(), offered_at=now, offered_by=by.user_id
    )
    audit.record(Tag.TEAM_ASK, by=by, on=made, now=now, asked=asked.strip())
    return made


@transaction.atomic
def invite_members(*, team: Team, members: Sequence[Member], by: Actor, now: datetime) -> list[TeamMembership]:
    """Ask people into a team, one message each; nobody is in before he has accepted. Returns who was asked now.

    Who is in, was asked before or declined is left out: nobody is asked twice. Who had asked by himself is confirmed.
    Raises RuleBroken for somebody who cannot join, by name of the rule. Sources: A18; Order 685 art 25.
    """
    for member in members:
        rights.require_runs_team(team, by, over=member.path)
    return _invite(team, members, by=by, now=now)


@transaction.atomic
def invite_known(*, team: Team, name: str, phone: str, by: Actor, now: datetime) -> list[TeamMembership]:
    """The leader asks somebody he knows, by full name and phone: he needs no look at the roster, and gets none.

    By whoever may confirm in the team. Returns who was asked now, as invite_members.
    Raises RuleBroken(code="unknown") unless exactly these stand on the roster of the area that the team serves.
    """
    rights.require(team, by, TeamVerb.CONFIRM)
    here = Member.objects.current().filter(path__under=place_now(team.path)).select_related("community")
    found = here.filter(phone_index=phone_key(phone), name=name.strip()).first() if not is_blank(phone) else None
    if found is None:
        words = _("Nobody of this name and phone is on the roster here. Ask the community.")
        raise RuleBroken(words, field="phone", code="unknown")
    return _invite(team, [found], by=by, now=now)


def _invite(team: Team, members: Sequence[Member], *, by: Actor, now: datetime) -> list[TeamMembership]:
    """Ask those who are not in, were not asked and have not declined."""
    row = lock_team(team.pk)
    rules.check_team_live(is_live=row.ended_at is None)
    live = {one.member_id: one for one in TeamMembership.objects.live().filter(team=row, member__in=members)}
    declined = set(declined_by(row, members))
    fresh = []
    for member in members:
        if found := live.get(member.pk):
            if found.confirmed_at is None and by.member_id != member.pk:
                confirm_joining(membership=found, by=by, now=now)
        elif member.pk not in declined:
            fresh.append(member)
    _check_joiner(row, fresh)
    asked = [
        TeamMembership(
            **_whole(row, member),
            offered_at=now,
            offered_by=by.user_id,
            confirmed_at=now,
            confirmed_by=by.user_id,
        )
        for member in fresh
    ]
    TeamMembership.objects.bulk_create(asked)
    for one in asked:
        audit.record(Tag.TEAM_INVITE, by=by, on=one, now=now)
    tell(row.name, [one.member_id for one in asked], "invited", now=now)
    return asked


def declined_by(team: Team, members: Iterable[Member]) -> list[UUID]:
    """Those of `members` who said no to an invitation of this team: asked, never in, and ended. One query."""
    rows = TeamMembership.objects.filter(team=team, member__in=list(members), held_since=None, ended_at__isnull=False)
    return list(rows.filter(confirmed_at__isnull=False).values_list("member_id", flat=True))


@transaction.atomic
def confirm_joining(*, membership: TeamMembership, by: Actor, now: datetime) -> TeamMembership:
    """The team takes on who asked: from today on he is in, and is told. Harmless twice; nobody confirms himself."""
    rights.require(membership.team, by, TeamVerb.CONFIRM, over=membership.path)
    shared.check_confirmer(member_id=membership.member_id, by_member=by.member_id)
    team, row = _locked(membership)
    shared.check_live(ended_at=row.ended_at)
    if row.confirmed_at is None:
        row.confirmed_at, row.confirmed_by, row.held_since = now, by.user_id, localdate(now)
        row.save(update_fields=["confirmed_at", "confirmed_by", "held_since"])
        audit.record(Tag.TEAM_CONFIRM, by=by, on=row, now=now)
        tell(team.name, [row.member_id], "confirmed", now=now)
    return row


@transaction.atomic
def accept_invitation(*, membership: TeamMembership, by: Actor, now: datetime, asked: str = "") -> TeamMembership:
    """The member accepts: from today on he is in. Harmless twice. asked: how he said so to the desk."""
    own = _require_own_or_desk(membership.team, by, member_id=membership.member_id, path=membership.path)
    row = _locked(membership)[1]
    shared.check_live(ended_at=row.ended_at)
    shared.check_asked(own=own, asked=asked)
    rules.check_accepts(is_invited=row.confirmed_at is not None)
    if row.held_since is None:
        row.held_since = localdate(now)
        row.save(update_fields=["held_since"])
        audit.record(Tag.TEAM_JOIN, by=by, on=row, now=now, asked=asked.strip())
    return row


@transaction.atomic
def end_membership(
    *, membership: TeamMembership, reason: EndReason, note: str, by: Actor, now: datetime
) -> TeamMembership:
    """Either side ends it: leaves, declines, is not taken on. Roles in the team end with it. Harmless twice."""
    own = by.member_id == membership.member_id
    if own:
        by.require(Permission.TEAM_JOIN, membership.path)
    else:
        rights.require(membership.team, by, TeamVerb.CONFIRM, over=membership.path)
    team, row = _locked(membership)
    if row.ended_at is not None:
        return row
    shared.check_end(reason=reason, note=note.strip(), by_holder=own)
    was_asked = row.confirmed_at is None
    row.ended_at, row.ended_by, row.end_reason, row.end_note = now, by.user_id, reason, note.strip()
    row.save(update_fields=["ended_at", "ended_by", "end_reason", "end_note"])
    roles = TeamLeader.objects.open().filter(team=team, member=row.member_id)
    roles.update(until=localdate(now), ended_at=now, ended_by=by.user_id)
    audit.record(Tag.TEAM_LEAVE, by=by, on=row, now=now, reason=reason.value)
    if was_asked and not own:
        tell(team.name, [row.member_id], "refused", now=now)
    return row


def _require_own_or_desk(team: Team, by: Actor, *, member_id: UUID, path: str) -> bool:
    """Whether it is his own; for another's he runs the team for that community."""
    own = by.member_id == member_id
    if own:
        by.require(Permission.TEAM_JOIN, path)
    else:
        rights.require_runs_team(team, by, over=path)
    return own


def _check_joiner(team: Team, members: Iterable[Member]) -> None:
    rules.check_team_live(is_live=team.ended_at is None)
    here = place_now(team.path)
    for member in members:
        joiner = rules.Joiner(
            path=member.path, is_on_roster=member.is_current, is_reported_in=member.community_id is not None
        )
        rules.check_joiner(joiner, team_path=here)


def _whole(team: Team, member: Member) -> dict[str, object]:
    if member.community is None:
        raise RuleBroken("", code="not_on_roster")
    return {**of_community(member.community), "team": team, "member": member}


def _locked(membership: TeamMembership) -> tuple[Team, TeamMembership]:
    """The team first, then the place in it: the order in which everything here locks."""
    return lock_team(membership.team_id), TeamMembership.objects.select_for_update().get(pk=membership.pk)
