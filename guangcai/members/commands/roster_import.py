"""A unit's or a community's own list becomes the roster: all of a file or nothing, once however often it is sent."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.ids import new_id
from guangcai.core.permissions import Permission
from guangcai.members.commands.report_in import expect_members
from guangcai.members.enums import BatchState
from guangcai.members.models import ColumnMapping, Member, RosterBatch
from guangcai.members.roster_import import applying, known, words
from guangcai.members.roster_import.columns import Columns
from guangcai.members.roster_import.known import Target
from guangcai.members.roster_import.problems import Problem, sentence
from guangcai.members.roster_import.sheet import RosterSheet
from guangcai.members.roster_import.taking_in import (
    Advance,
    Checked,
    Duplicate,
    Remarks,
    Row,
    refused_workbook,
    take_in,
)
from guangcai.orgs.commands import add_work_unit
from guangcai.orgs.enums import Level

NAME_LENGTH = 200
# One import after the other: two lists with the same people must see each other's members.
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('members.roster_import', 0))"


@dataclass(frozen=True)
class RosterImport:
    """What an import did or, in a dry run, would do.

    rows: with something in them; accepted: without a problem; already_done: accepted when this same file was applied
    to this same list before, then nothing happened now. `refused_file` is a workbook, b"" without refused rows.
    """

    file_sha256: str
    rows: int
    accepted: int = 0
    new: int = 0
    matched: int = 0
    already_done: int = 0
    duplicates: Sequence[Duplicate] = ()
    problems: Sequence[Problem] = ()
    remarks: Remarks | None = None
    refused_file: bytes = b""
    is_applied: bool = False

    def as_json(self) -> dict[str, Any]:
        """The fixed interface of `guangcai import-roster --json`."""
        names = ("file_sha256", "rows", "accepted", "new", "matched", "already_done")
        shown: dict[str, Any] = {name: getattr(self, name) for name in names}
        shown["duplicates"] = [asdict(duplicate) for duplicate in self.duplicates]
        shown["problems"] = [
            {"row": p.row, "column": p.column, "code": p.code, "message": p.message} for p in self.problems
        ]
        return shown


def import_roster(
    *,
    sheet: RosterSheet,
    target: Target,
    by: Actor,
    now: datetime,
    file_name: str = "",
    skip_problems: bool = False,
    add_work_units: bool = False,
    dry_run: bool = False,
    advance: Advance = lambda steps: None,
) -> RosterImport:
    """Put the people of a file on the list of a community or a work unit, in one transaction.

    A file with problems imports nothing, unless `skip_problems`: then its good rows come in. Rows that may be
    somebody known become new records with a pair for a worker to decide. The same file again changes nothing.
    """
    require_import(target, by=by)
    with transaction.atomic():
        prepare(alone=not dry_run)
        if done := applied_before(sheet.sha256, target):
            return _already_done(done)
        columns = remembered_columns(sheet.columns, target)
        if columns.problems:
            return RosterImport(sheet.sha256, sum(1 for _row in sheet.rows()), problems=columns.problems)
        if add_work_units:
            add_units(unknown_units(sheet.rows(), columns, target, now=now), target, by=by, now=now)
        here = known.load(target, now=now)
        checked = take_in(sheet.rows(), columns, here, may_link=may_link(target, by), advance=advance)
        result = _result(sheet.sha256, checked, columns)
        if dry_run:
            transaction.set_rollback(True)
            return result
        if not checked.good or (checked.problems and not skip_problems):
            transaction.set_rollback(True)
            return replace(result, new=0, matched=0)
        batch = _new_batch(sheet, target, columns, checked, file_name=file_name, by=by, now=now)
        settle_batch(batch, target, checked, columns=columns, by=by, now=now)
    return replace(result, is_applied=True)


def require_import(target: Target, *, by: Actor) -> None:
    """The desk imports for its community; for a unit its liaison, or who keeps the roster where it is overseen."""
    if target.work_unit and not by.can(Permission.ROSTER_IMPORT, target.work_unit.path):
        by.require_unit(Permission.UNIT_ROSTER_IMPORT, target.work_unit.pk)
    elif target.community:
        by.require(Permission.ROSTER_IMPORT, target.community.path)


def settle_batch(
    batch: RosterBatch, target: Target, checked: Checked, *, columns: Columns, by: Actor, now: datetime
) -> RosterBatch:
    """Write what `roster_arrival` holds, close the batch, remember the columns. Inside the import's transaction."""
    applied = applying.apply(target, pairs_in_file=checked.pairs_in_file, by=by, now=now)
    if target.community and target.is_expected:
        people = Member.objects.filter(pk__in=applying.arrived())
        expect_members(community=target.community, members=people, by=by, now=now)
    batch.state, batch.applied_at, batch.applied_by = BatchState.APPLIED, now, by.user_id
    batch.row_count, batch.new_count, batch.matched_count = checked.rows, applied.new, applied.matched
    batch.problem_count, batch.skipped_count = len(checked.problems), len(checked.refused)
    batch.duplicate_count = len(checked.duplicates)
    batch.save()
    remember_columns(columns, target, now=now)
    audit.record(
        Tag.ROSTER_IMPORT,
        by=by,
        on=batch,
        now=now,
        file=batch.file_sha256,
        rows=checked.rows,
        new=applied.new,
        matched=applied.matched,
        refused=len(checked.refused),
        duplicates=len(checked.duplicates),
    )
    return batch


def remembered_columns(columns: Columns, target: Target) -> Columns:
    """The guess, or what this organisation said of the same table the last time."""
    kept = ColumnMapping.objects.filter(path=target.path, work_unit=target.work_unit, header_key=columns.key).first()
    if kept is None or len(kept.columns["fields"]) != len(columns.fields):
        return columns
    return columns.meaning(kept.columns["fields"])


def remember_columns(columns: Columns, target: Target, *, now: datetime) -> None:
    """Keep what the columns of this table mean, for the next file of the same organisation."""
    ColumnMapping.objects.update_or_create(
        path=target.path,
        work_unit=target.work_unit,
        header_key=columns.key,
        defaults={"columns": {"fields": list(columns.fields)}, "used_at": now},
    )


def unknown_units(rows: Iterable[Row], columns: Columns, target: Target, *, now: datetime) -> list[str]:
    """Names in the unit column that no unit bears, each once, in the order of the file."""
    at = columns.position("work_unit")
    if at < 0 or target.work_unit:
        return []
    units = known.load(target, now=now).units
    found: dict[str, str] = {}
    for _number, row in rows:
        text = row[at].strip() if at < len(row) else ""
        if text and not words.is_blank(text) and not words.is_error(text):
            plain = words.plain_value(text)
            if plain and plain not in units:
                found.setdefault(plain, text)
    return list(found.values())


def add_units(names: Iterable[str], target: Target, *, by: Actor, now: datetime) -> None:
    """Add work units a file names, overseen at the district that the list belongs to, where `by` may do that."""
    place = target.community
    if place is None:
        return
    for name in names:
        node = place
        while node.parent and by.can(Permission.UNIT_EDIT, node.parent.path) and node.level != Level.DISTRICT:
            node = node.parent
        add_work_unit(name=name[:120], node=node, by=by, now=now)


def prepare(*, alone: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL work_mem = '64MB'")
        # Compiling these statements costs more than running them.
        cursor.execute("SET LOCAL jit = off")
        if alone:
            cursor.execute(ONE_AT_A_TIME)


def may_link(target: Target, by: Actor) -> bool:
    """A liaison's list does not take over members of other lists: a worker's word does (J1)."""
    return target.work_unit is None or by.can(Permission.ROSTER_EDIT, target.work_unit.path)


def applied_before(sha256: str, target: Target) -> RosterBatch | None:
    return RosterBatch.objects.filter(
        state=BatchState.APPLIED,
        file_sha256=sha256,
        district_code=target.district_code,
        community=target.community,
        work_unit=target.work_unit,
        is_expected=target.is_expected,
    ).first()


def _already_done(batch: RosterBatch) -> RosterImport:
    accepted = batch.new_count + batch.matched_count
    return RosterImport(batch.file_sha256, batch.row_count, accepted=accepted, already_done=accepted, is_applied=True)


def _result(sha256: str, checked: Checked, columns: Columns) -> RosterImport:
    problems = checked.problems
    if not checked.rows:
        problems = [Problem(columns.header_row, "", "no_rows", sentence("no_rows", {}))]
    refused = b""
    if checked.refused:
        refused = refused_workbook(
            columns, checked.refused, problems, row_word=_("Row"), reason_word=pgettext("row", "What is wrong")
        )
    return RosterImport(
        sha256,
        checked.rows,
        accepted=checked.good,
        new=checked.good - checked.matched,
        matched=checked.matched,
        duplicates=checked.duplicates,
        problems=problems,
        remarks=checked.remarks,
        refused_file=refused,
    )


def _new_batch(
    sheet: RosterSheet,
    target: Target,
    columns: Columns,
    checked: Checked,
    *,
    file_name: str,
    by: Actor,
    now: datetime,
) -> RosterBatch:
    return RosterBatch(
        id=new_id(),
        district_code=target.district_code,
        community=target.community,
        work_unit=target.work_unit,
        path=target.path,
        is_expected=target.is_expected,
        file_name=file_name[:NAME_LENGTH],
        file_sha256=sheet.sha256,
        columns=columns.as_json(),
        row_count=checked.rows,
        read_at=now,
        read_by=by.user_id,
    )
