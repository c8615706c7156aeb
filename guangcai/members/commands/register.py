"""The whole sheet of a member at once, as the desk's form sends it: all of it, or nothing."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from guangcai.core.actor import Actor
from guangcai.members.commands.consent import give_consent
from guangcai.members.commands.roster import (
    Placement,
    SkillGiven,
    add_member,
    change_member,
    set_intentions,
    set_skills,
)
from guangcai.members.enums import DayPart
from guangcai.members.models import Member, ServiceKind

Intentions = Mapping[ServiceKind, Iterable[DayPart]]


@transaction.atomic
def register_member(
    *,
    id: UUID | None,
    placed: Placement,
    fields: Mapping[str, Any],
    skills: Iterable[SkillGiven],
    intentions: Intentions,
    has_consented: bool,
    by: Actor,
    now: datetime,
) -> Member:
    """A new member with the five groups of his sheet. Sent twice is once. Raises as add_member does."""
    if id and (sent_before := Member.objects.filter(pk=id).first()):
        return add_member(id=sent_before.pk, placed=placed, by=by, now=now, **_named(fields))
    member = add_member(id=id, placed=placed, by=by, now=now, **fields)
    set_skills(member=member, skills=skills, by=by, now=now)
    set_intentions(member=member, intentions=intentions, by=by, now=now)
    if has_consented:
        give_consent(member=member, by=by, now=now)
    return member


@transaction.atomic
def change_register(
    *,
    member: Member,
    changes: Mapping[str, Any],
    skills: Iterable[SkillGiven],
    intentions: Intentions,
    by: Actor,
    now: datetime,
) -> Member:
    """Change what differs in the five groups of a member's sheet."""
    member = change_member(member=member, changes=changes, by=by, now=now)
    set_skills(member=member, skills=skills, by=by, now=now)
    return set_intentions(member=member, intentions=intentions, by=by, now=now)


@transaction.atomic
def change_own(
    *, member: Member, changes: Mapping[str, Any], intentions: Intentions, by: Actor, now: datetime
) -> Member:
    """What a member mends himself: contact and wishes."""
    member = change_member(member=member, changes=changes, by=by, now=now)
    return set_intentions(member=member, intentions=intentions, by=by, now=now)


def _named(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: fields[name] for name in ("name", "phone") if name in fields}
