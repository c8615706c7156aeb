"""Lists to choose from that the district keeps: a kind more, another name, ended, offered again."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import RuleBroken
from guangcai.core.kinds import KeptKind, KindList
from guangcai.core.once import other_content
from guangcai.core.permissions import Permission
from guangcai.core.text import clean, is_blank

LONGEST_NAME = 40


@transaction.atomic
def add_kind(*, kinds: KindList, name: str, by: Actor, now: datetime, id: UUID, **answers: Any) -> KeptKind:
    """One kind more, at the end of its list. The same id sent again is the same kind. Raises RuleBroken(field).

    answers: what the list asks besides, by its fields.
    """
    rows = _locked(kinds, by)
    code, words = f"own-{id.hex[-24:]}", {"name": clean(name), **answers}
    if found := next((row for row in rows if row.code == code), None):
        if any(getattr(found, column) != value for column, value in words.items()):
            raise other_content()
        return found
    _check_name(words["name"], others=rows)
    position = max((row.position for row in rows), default=-1) + 1
    made = kinds.model.objects.create(code=code, position=position, **words)
    audit.record(Tag.KIND_CHANGE, by=by, on=made, now=now, added=made.name)
    return made


@transaction.atomic
def rename_kind(*, kinds: KindList, kind: KeptKind, name: str, by: Actor, now: datetime) -> KeptKind:
    """Another name from now on, also for what has this kind already. Raises RuleBroken(field="name")."""
    rows = _locked(kinds, by)
    row, plain = next(one for one in rows if one.pk == kind.pk), clean(name)
    if row.name == plain:
        return row
    _check_name(plain, others=[one for one in rows if one.pk != row.pk])
    before, row.name = row.name, plain
    row.save(update_fields=["name"])
    audit.record(Tag.KIND_CHANGE, by=by, on=row, now=now, before=before, name=plain)
    return row


@transaction.atomic
def end_kind(*, kinds: KindList, kind: KeptKind, by: Actor, now: datetime) -> KeptKind:
    """No form offers it any more; what has it keeps it. Harmless twice. Raises RuleBroken when it has to stay."""
    rows = _locked(kinds, by)
    row = next(one for one in rows if one.pk == kind.pk)
    if row.ended_on is not None:
        return row
    if sum(one.ended_on is None for one in rows) == 1:
        raise RuleBroken(_("The last one stays: without it nothing could be chosen."), code="kind_last")
    if reason := kinds.why_not_end(row):
        raise RuleBroken(reason, code="kind_used")
    row.ended_on = localdate(now)
    row.save(update_fields=["ended_on"])
    audit.record(Tag.KIND_CHANGE, by=by, on=row, now=now, ended=row.name)
    return row


@transaction.atomic
def offer_kind(*, kinds: KindList, kind: KeptKind, by: Actor, now: datetime) -> KeptKind:
    """An ended kind may be chosen again. Harmless twice."""
    row = next(one for one in _locked(kinds, by) if one.pk == kind.pk)
    if row.ended_on is not None:
        row.ended_on = None
        row.save(update_fields=["ended_on"])
        audit.record(Tag.KIND_CHANGE, by=by, on=row, now=now, offered=row.name)
    return row


def _locked(kinds: KindList, by: Actor) -> list[KeptKind]:
    """The whole list, a few dozen rows: whoever changes it at the same time waits. One list for the installation."""
    by.require_any(Permission.POLICY_EDIT)
    return list(kinds.model.objects.select_for_update(of=("self",)).order_by("pk"))


def _check_name(name: str, *, others: list[KeptKind]) -> None:
    if is_blank(name):
        raise RuleBroken(_("Give a name."), field="name", code="name_missing")
    if len(name) > LONGEST_NAME:
        raise RuleBroken(_("At most 40 characters."), field="name", code="name_long")
    same = next((row for row in others if row.name == name), None)
    if same is not None and same.ended_on is not None:
        raise RuleBroken(_("This was ended: offer it again instead."), field="name", code="name_ended")
    if same is not None:
        raise RuleBroken(_("This is on the list already."), field="name", code="name_taken")
