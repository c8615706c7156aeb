"""A roster file on the desk: received, read, its columns settled, rows mended, doubts decided, applied or discarded.

Rows wait sealed and are removed when the file is applied or discarded. Reading and applying run in the background
and are safe to run again.
"""

import base64
import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guangcai.core import audit, jobs
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.crypto import seal
from guangcai.core.errors import Conflict, OutOfScope, RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.once import already
from guangcai.core.permissions import Permission
from guangcai.core.scoping import ROOT
from guangcai.members.commands import roster_import
from guangcai.members.enums import BatchState, RosterFileKind
from guangcai.members.models import Member, RosterBatch, RosterFile, RosterRow
from guangcai.members.models.roster_import import CELLS_PURPOSE
from guangcai.members.roster_import import known, words
from guangcai.members.roster_import.columns import FIELDS, ID_NUMBER, Columns
from guangcai.members.roster_import.known import Target
from guangcai.members.roster_import.matching import Decision, Why
from guangcai.members.roster_import.sheet import RosterSheet, open_sheet
from guangcai.members.roster_import.taking_in import STEP, Advance, Checked, Row, refused_workbook, take_in
from guangcai.orgs.models import Node, WorkUnit
from guangcai.orgs.policies import ListKept, in_force_at
from guangcai.orgs.queries import actor_of

READ_JOB, CHECK_JOB, APPLY_JOB = "members.read_roster", "members.check_roster", "members.apply_roster"
MOST_BYTES = 30 * 1024 * 1024
# A longer file is checked again in the background, not while somebody waits for a page.
CHECKED_AT_ONCE = 2_000
WAITING = (BatchState.READ, BatchState.PROBLEMS, BatchState.READY)
_ID_NUMBER = re.compile(r"\s*[1-9]\d{16}[\dXx\uff38]\s*")
COPY_ROWS = """
COPY members_rosterrow (id, district_code, batch_id, number, cells, problems, why) FROM STDIN
"""
MARK_ROWS = """
UPDATE members_rosterrow r SET cells = f.cells, problems = f.problems::jsonb
FROM unnest(%s::uuid[], %s::bytea[], %s::text[]) AS f(id, cells, problems) WHERE f.id = r.id
"""
MATCH_ROWS = """
UPDATE members_rosterrow r SET match_id = a.match_id, why = a.why
FROM roster_arrival a
WHERE r.batch_id = %s AND r.number = a.number AND a.match_id IS NOT NULL AND a.why <> 'told_apart'
  AND r.is_same_person IS NULL
"""


def target_of(batch: RosterBatch) -> Target:
    return Target(community=batch.community, work_unit=batch.work_unit, is_expected=batch.is_expected)


@transaction.atomic
def receive_roster(
    *, id: UUID, target: Target, content: bytes, file_name: str, by: Actor, now: datetime
) -> RosterBatch:
    """Keep a file that somebody sent, sealed, and read it in the background.

    The same file for the same list, applied before or still waiting: that batch. Sent twice is once.
    """
    roster_import.require_import(target, by=by)
    if not content or len(content) > MOST_BYTES:
        raise RuleBroken(_("Choose a file of at most 30 MB that is not empty."), field="file", code="file_size")
    sha256 = hashlib.sha256(content).hexdigest()
    if sent_before := already(RosterBatch, id, file_sha256=sha256):
        return sent_before
    same = RosterBatch.objects.exclude(state=BatchState.DISCARDED).filter(
        file_sha256=sha256,
        community=target.community,
        work_unit=target.work_unit,
        is_expected=target.is_expected,
    )
    if waiting := same.order_by("-read_at").first():
        return waiting
    batch = RosterBatch(id=id, district_code=target.district_code, path=target.path, state=BatchState.READ)
    batch.community, batch.work_unit, batch.is_expected = target.community, target.work_unit, target.is_expected
    batch.file_name, batch.file_sha256 = file_name[: roster_import.NAME_LENGTH], sha256
    batch.read_at, batch.read_by = now, by.user_id
    batch.save(force_insert=True)
    RosterFile.objects.create(
        batch=batch,
        district_code=batch.district_code,
        kind=RosterFileKind.SENT,
        content=base64.b64encode(content).decode(),
    )
    return _start(READ_JOB, batch, by=by, now=now)


@transaction.atomic
def read_roster(*, batch_id: UUID, now: datetime, advance: Advance = lambda steps: None) -> RosterBatch:
    """Read the kept file into sealed rows and check them. Running it again changes nothing."""
    batch = _locked(batch_id)
    sent = RosterFile.objects.filter(batch=batch, kind=RosterFileKind.SENT).first()
    if sent is None:
        return batch
    target = target_of(batch)
    sheet = open_sheet(base64.b64decode(sent.content), batch.file_name)
    columns = roster_import.remembered_columns(sheet.columns, target)
    batch.columns = columns.as_json()
    _keep_rows(batch, sheet, columns)
    sent.delete()
    return _check(batch, by=_reader(batch, now), now=now, advance=advance)


@transaction.atomic
def check_roster(*, batch_id: UUID, now: datetime, advance: Advance = lambda steps: None) -> RosterBatch:
    """Look through all waiting rows again."""
    batch = _locked(batch_id)
    return _check(batch, by=_reader(batch, now), now=now, advance=advance) if batch.state in WAITING else batch


@transaction.atomic
def set_columns(*, batch: RosterBatch, fields: Sequence[str], by: Actor, now: datetime) -> RosterBatch:
    """Say what each column means: keys of columns.FIELDS, "" for a column that is not used. Checks the rows again."""
    batch = _waiting(batch, by=by)
    columns = Columns.from_json(batch.columns)
    if len(fields) != len(columns.fields) or any(name not in FIELDS for name in fields if name):
        raise RuleBroken(_("Say of every column what it means."), field="columns", code="columns")
    # A column of ID numbers was emptied when the file was read; it stays what it is.
    meant = [ID_NUMBER if old == ID_NUMBER else new for old, new in zip(columns.fields, fields, strict=True)]
    columns = columns.meaning(meant)
    if columns.problems:
        raise RuleBroken(columns.problems[0].message, field="columns", code=columns.problems[0].code)
    batch.columns = columns.as_json()
    roster_import.remember_columns(columns, target_of(batch), now=now)
    return _check_soon(batch, by=by, now=now)


@transaction.atomic
def mend_row(*, batch: RosterBatch, number: int, changes: Mapping[int, str], by: Actor, now: datetime) -> RosterBatch:
    """Put other text into cells of one row, by the column's position; everything is checked again."""
    batch = _waiting(batch, by=by)
    row = RosterRow.objects.select_for_update().filter(batch=batch, number=number).first()
    if row is None:
        raise OutOfScope()
    stored = json.loads(row.cells)
    for at, text in changes.items():
        if not 0 <= at < len(stored["cells"]) or len(text) > 500:
            raise RuleBroken(_("This cell is not in the table."), field="cells", code="cell_unknown")
        stored["cells"][at] = text
    row.cells = json.dumps(stored, ensure_ascii=False)
    row.is_same_person = None
    row.save(update_fields=["cells", "is_same_person"])
    return _check_soon(batch, by=by, now=now)


@transaction.atomic
def choose_unit(*, batch: RosterBatch, name: str, work_unit: WorkUnit | None, by: Actor, now: datetime) -> RosterBatch:
    """Say which unit a name in the file means; None adds the unit when the file is applied."""
    batch = _waiting(batch, by=by)
    batch.unit_choices = {**batch.unit_choices, name[:120]: work_unit.pk if work_unit else 0}
    return _check_soon(batch, by=by, now=now)


@transaction.atomic
def decide_row(*, batch: RosterBatch, number: int, is_same: bool, by: Actor, now: datetime) -> RosterRow:
    """The row is the person it was matched with, or another one. Only about somebody `by` may see."""
    batch = _waiting(batch, by=by)
    row = RosterRow.objects.select_for_update().filter(batch=batch, number=number).exclude(match=None).first()
    if row is None or not Member.objects.visible_to(by).filter(pk__in=[row.match_id]).exists():
        raise OutOfScope()
    row.is_same_person = is_same
    row.save(update_fields=["is_same_person"])
    return row


@transaction.atomic
def ask_to_apply(*, batch: RosterBatch, skip_problems: bool, by: Actor, now: datetime) -> RosterBatch:
    """Apply the file in the background. Raises RuleBroken while it has problems, unless they are to be left out."""
    if batch.state == BatchState.APPLIED:
        return batch
    batch = _waiting(batch, by=by)
    if batch.problem_count and not skip_problems:
        raise RuleBroken(_("Some rows have problems: mend them, or leave those rows out."), code="has_problems")
    return _start(APPLY_JOB, batch, by=by, now=now, skip_problems=skip_problems)


@transaction.atomic
def apply_roster(
    *, batch_id: UUID, skip_problems: bool, now: datetime, advance: Advance = lambda steps: None
) -> RosterBatch:
    """Put the waiting rows on the roster, all or none, and remove them from the waiting room. Twice is once."""
    roster_import.prepare(alone=True)
    batch = _locked(batch_id)
    if batch.state not in WAITING:
        return batch
    by, target = _reader(batch, now), target_of(batch)
    roster_import.require_import(target, by=by)
    if roster_import.applied_before(batch.file_sha256, target):
        raise Conflict(_("This file has been applied meanwhile."), code="already_applied")
    columns = Columns.from_json(batch.columns)
    new_units = [name for name, chosen in batch.unit_choices.items() if not chosen]
    roster_import.add_units(_still_unknown(new_units, target, now=now), target, by=by, now=now)
    here = known.load(target, now=now, unit_choices={n: pk for n, pk in batch.unit_choices.items() if pk})
    checked = take_in(
        _rows_of(batch),
        columns,
        here,
        may_link=roster_import.may_link(target, by),
        decisions=_decisions(batch),
        advance=advance,
    )
    if checked.problems and not skip_problems:
        raise RuleBroken(_("Some rows have problems: mend them, or leave those rows out."), code="has_problems")
    roster_import.settle_batch(batch, target, checked, columns=columns, by=by, now=now)
    _clear(batch)
    if checked.refused:
        _keep_refused(batch, columns, checked)
    return batch


@transaction.atomic
def discard_roster(*, batch: RosterBatch, by: Actor, now: datetime) -> RosterBatch:
    """Throw a file away before it is applied: its rows are removed. Twice is harmless."""
    if batch.state == BatchState.DISCARDED:
        return batch
    batch = _waiting(batch, by=by)
    _clear(batch)
    batch.state = BatchState.DISCARDED
    batch.save(update_fields=["state"])
    audit.record(Tag.ROSTER_IMPORT, by=by, on=batch, now=now, discarded=True)
    return batch


@transaction.atomic
def remove_abandoned(*, by: Actor, now: datetime) -> int:
    """Throw away the lists nobody settled, and refused rows nobody fetched, after the days of the rule in force.

    Returns how many lists were thrown away. A list somebody works on at this moment is left for the next night.
    Raises LookupError at a place without the rule: a missing rule is a fault, not a guess.
    """
    by.require(Permission.ROSTER_IMPORT, ROOT)
    kept_for, gone = cache(partial(_kept_for, now=now)), 0
    waiting = RosterBatch.objects.select_for_update(of=["self"], skip_locked=True).filter(state__in=WAITING)
    for batch in waiting.order_by("pk"):
        if batch.read_at < now - kept_for(batch.path):
            _clear(batch)
            batch.state = BatchState.DISCARDED
            batch.save(update_fields=["state"])
            audit.record(Tag.ROSTER_IMPORT, by=by, on=batch, now=now, discarded=True, abandoned=True)
            gone += 1
    refused = RosterFile.objects.filter(kind=RosterFileKind.REFUSED, batch__applied_at__isnull=False)
    rows = refused.values_list("pk", "batch__path", "batch__applied_at")
    old = [key for key, path, applied_at in rows if applied_at and applied_at < now - kept_for(path)]
    RosterFile.objects.filter(pk__in=old).delete()
    return gone


def _kept_for(path: str, *, now: datetime) -> timedelta:
    return timedelta(days=in_force_at(ListKept, path=path, on=localdate(now)).days)


# --- checking -------------------------------------------------------------------------------------------------------


def _check(batch: RosterBatch, *, by: Actor, now: datetime, advance: Advance) -> RosterBatch:
    roster_import.prepare(alone=False)
    columns, target = Columns.from_json(batch.columns), target_of(batch)
    RosterRow.objects.filter(batch=batch).exclude(problems=[]).update(problems=[])
    RosterRow.objects.filter(batch=batch, is_same_person=None).exclude(match=None).update(match=None, why="")
    checked = Checked(rows=batch.waiting_rows.count())
    if not columns.problems:
        here = known.load(target, now=now, unit_choices=batch.unit_choices)
        may_link = roster_import.may_link(target, by)
        checked = take_in(
            _rows_of(batch), columns, here, may_link=may_link, decisions=_decisions(batch), advance=advance
        )
        with connection.cursor() as cursor:
            cursor.execute(MATCH_ROWS, [batch.pk])
        _mark(batch, checked)
    batch.row_count, batch.problem_count = checked.rows, len(checked.refused) + len(columns.problems)
    batch.matched_count = checked.matched
    batch.new_count = checked.good - checked.matched
    batch.duplicate_count = sum(1 for found in checked.matches if found.why != Why.SAME_PERSON)
    batch.state = BatchState.PROBLEMS if batch.problem_count or not checked.rows else BatchState.READY
    batch.save()
    return batch


def _mark(batch: RosterBatch, checked: Checked) -> None:
    """Write the problems to their rows: codes in the open, the sentences, which may quote a cell, sealed with it."""
    said: dict[int, list[tuple[int, str, str]]] = {}
    for problem in checked.problems:
        said.setdefault(problem.row, []).append((problem.at, problem.code, problem.message))
    keys = dict(RosterRow.objects.filter(batch=batch, number__in=said).values_list("number", "pk"))
    ids, cells, codes = [], [], []
    for number, row in checked.refused:
        key = keys[number]
        content = json.dumps({"cells": list(row), "said": said[number]}, ensure_ascii=False)
        ids.append(key)
        cells.append(seal(content, key, CELLS_PURPOSE))
        codes.append(json.dumps([{"at": at, "code": code} for at, code, _message in said[number]]))
    with connection.cursor() as cursor:
        cursor.execute(MARK_ROWS, [ids, cells, codes])


def _rows_of(batch: RosterBatch) -> Iterator[Row]:
    rows = RosterRow.objects.filter(batch=batch).order_by("number").only("number", "cells")
    for row in rows.iterator(chunk_size=STEP):
        yield row.number, json.loads(row.cells)["cells"]


def _decisions(batch: RosterBatch) -> dict[int, Decision]:
    rows = RosterRow.objects.filter(batch=batch, is_same_person__isnull=False).exclude(match=None)
    return {
        number: Decision(member, bool(is_same))
        for number, member, is_same in rows.values_list("number", "match_id", "is_same_person")
    }


def _check_soon(batch: RosterBatch, *, by: Actor, now: datetime) -> RosterBatch:
    batch.save()
    if batch.row_count > CHECKED_AT_ONCE:
        return _start(CHECK_JOB, batch, by=by, now=now)
    return _check(batch, by=by, now=now, advance=lambda steps: None)


# --- keeping --------------------------------------------------------------------------------------------------------


def _keep_rows(batch: RosterBatch, sheet: RosterSheet, columns: Columns) -> None:
    """Seal every row; ID numbers are left out, wherever they stand."""
    unkept = {at for at, name in enumerate(columns.fields) if name == ID_NUMBER}
    with connection.cursor() as cursor, cursor.copy(COPY_ROWS) as copy:
        for number, row in sheet.rows():
            cells = ["" if at in unkept or _ID_NUMBER.fullmatch(cell) else cell for at, cell in enumerate(row)]
            key = new_id()
            content = seal(json.dumps({"cells": cells, "said": []}, ensure_ascii=False), key, CELLS_PURPOSE)
            copy.write(f"{key}\t{batch.district_code}\t{batch.pk}\t{number}\t\\\\x{content.hex()}\t[]\t\n")


def _keep_refused(batch: RosterBatch, columns: Columns, checked: Checked) -> None:
    content = refused_workbook(
        columns, checked.refused, checked.problems, row_word=_("Row"), reason_word=pgettext("row", "What is wrong")
    )
    RosterFile.objects.create(
        batch=batch,
        district_code=batch.district_code,
        kind=RosterFileKind.REFUSED,
        content=base64.b64encode(content).decode(),
    )


def _clear(batch: RosterBatch) -> None:
    RosterRow.objects.filter(batch=batch).delete()
    RosterFile.objects.filter(batch=batch, kind=RosterFileKind.SENT).delete()


def _still_unknown(names: Sequence[str], target: Target, *, now: datetime) -> list[str]:
    units = known.load(target, now=now).units
    return [name for name in names if words.plain_value(name) not in units]


def _start(kind: str, batch: RosterBatch, *, by: Actor, now: datetime, **arguments: Any) -> RosterBatch:
    key = new_id()
    RosterBatch.objects.filter(pk=batch.pk).update(job=key)
    jobs.enqueue(kind, by=by, now=now, path=batch.path, job_id=key, batch_id=str(batch.pk), **arguments)
    batch.refresh_from_db()
    return batch


def _locked(batch_id: UUID) -> RosterBatch:
    found = RosterBatch.objects.select_for_update(of=["self"]).filter(pk=batch_id).first()
    if found is None:
        raise OutOfScope()
    return found


def _waiting(batch: RosterBatch, *, by: Actor) -> RosterBatch:
    roster_import.require_import(target_of(batch), by=by)
    batch = _locked(batch.pk)
    if batch.state not in WAITING:
        raise Conflict(_("This file is settled already."), code="batch_settled")
    return batch


def _reader(batch: RosterBatch, now: datetime) -> Actor:
    """Who sent the file, with the rights of today: the work in the background may do no more than he."""
    if batch.read_by is None:
        return Actor.system()
    return actor_of(user_id=batch.read_by, member_id=None, on=localdate(now))


def refused_content(batch: RosterBatch) -> bytes:
    """The workbook of refused rows, b"" when every row came in."""
    found = RosterFile.objects.filter(batch=batch, kind=RosterFileKind.REFUSED).first()
    return base64.b64decode(found.content) if found else b""


def place_of(batch: RosterBatch) -> Node | WorkUnit:
    return target_of(batch).place
