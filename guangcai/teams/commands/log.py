"""The log of a team: written by its leader, his deputy or the desk; corrected by a new entry, never changed."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate

from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.ids import new_id
from guangcai.core.once import already
from guangcai.teams import rules
from guangcai.teams.commands.teams import lock_team
from guangcai.teams.enums import TeamVerb
from guangcai.teams.models import Team, TeamLog
from guangcai.teams.queries import rights


@dataclass(frozen=True)
class LogDraft:
    """One entry as typed."""

    held_on: date
    content: str
    people: int

    def columns(self) -> dict[str, object]:
        return {"held_on": self.held_on, "content": self.content.strip(), "people": self.people}


@transaction.atomic
def write_log(*, team: Team, draft: LogDraft, by: Actor, now: datetime, id: UUID | None = None) -> TeamLog:
    """Write down what the team did on a day. The same id sent again is the same entry. Source: A15, A48."""
    rights.require(team, by, TeamVerb.WRITE_LOG)
    row = lock_team(team.pk)
    if found := already(TeamLog, id, team_id=row.pk, **draft.columns()):
        return found
    rules.check_team_live(is_live=row.ended_at is None)
    return _written(row, draft, Tag.TEAM_LOG, by=by, now=now, id=id)


@transaction.atomic
def correct_log(
    *, entry: TeamLog, draft: LogDraft, reason: str, by: Actor, now: datetime, id: UUID | None = None
) -> TeamLog:
    """Put a new entry in the place of one that was wrong, with the reason. Both stay readable."""
    rights.require(entry.team, by, TeamVerb.WRITE_LOG)
    row = lock_team(entry.team_id)
    why = reason.strip()[: rules.NOTE_LENGTH]
    if found := already(TeamLog, id, corrects_id=entry.pk, reason=why, **draft.columns()):
        return found
    is_corrected = TeamLog.objects.filter(corrects=entry).exists()
    rules.check_correction(reason=reason, is_corrected=is_corrected)
    more = {"corrects": entry, "reason": why}
    return _written(row, draft, Tag.TEAM_LOG_CORRECT, by=by, now=now, id=id, **more)


def _written(
    row: Team, draft: LogDraft, tag: Tag, *, by: Actor, now: datetime, id: UUID | None, **more: object
) -> TeamLog:
    rules.check_log(held_on=draft.held_on, content=draft.content, people=draft.people, today=localdate(now))
    made = TeamLog.objects.create(
        id=id or new_id(),
        team=row,
        path=row.path,
        district_code=row.district_code,
        **draft.columns(),
        written_at=now,
        written_by=by.user_id,
        **more,
    )
    audit.record(tag, by=by, on=made, now=now)
    return made
