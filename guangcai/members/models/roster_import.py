"""A roster file on its way in: read, checked row by row, mended in place, applied whole."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from guangcai.core.crypto import EncryptedTextField
from guangcai.core.facts import Fact
from guangcai.core.permissions import Permission
from guangcai.core.scoping import PathField, under
from guangcai.members.enums import BatchState, RosterFileKind
from guangcai.orgs.models import Node, WorkUnit

if TYPE_CHECKING:
    from guangcai.core.actor import Actor

CELLS_PURPOSE = "members.roster_row.cells"
FILE_PURPOSE = "members.roster_file.content"


class ColumnMapping(models.Model):
    """Which column of an organisation's own table means what: remembered from its last file."""

    path = PathField()
    work_unit = models.ForeignKey(WorkUnit, models.PROTECT, null=True, blank=True, related_name="+")
    # The headers of the file, joined: the same table next time is recognised by them.
    header_key = models.CharField(max_length=64)
    columns = models.JSONField()
    used_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["path", "work_unit", "header_key"], nulls_distinct=False, name="column_mapping_once"
            )
        ]

    def __str__(self) -> str:
        return self.header_key


class RosterBatchQuerySet(models.QuerySet["RosterBatch"]):
    def visible_to(self, actor: "Actor") -> "RosterBatchQuerySet":
        area = under("path", actor.paths_with(Permission.ROSTER_IMPORT))
        units = actor.units_with(Permission.UNIT_ROSTER_IMPORT)
        return self.filter(area | Q(work_unit__in=units))


class RosterBatch(Fact):
    """One file for one community or one work unit. Applied once: file hash + target is the batch key."""

    community = models.ForeignKey(Node, models.PROTECT, null=True, blank=True, related_name="+")
    work_unit = models.ForeignKey(WorkUnit, models.PROTECT, null=True, blank=True, related_name="+")
    path = PathField()
    # A list of people who will report in to the community, such as on a launch day.
    is_expected = models.BooleanField(default=False)
    file_name = models.CharField(max_length=200)
    file_sha256 = models.CharField(max_length=64)
    columns = models.JSONField(default=dict)
    state = models.CharField(max_length=12, choices=BatchState.choices)
    row_count = models.PositiveIntegerField(default=0)
    new_count = models.PositiveIntegerField(default=0)
    matched_count = models.PositiveIntegerField(default=0)
    problem_count = models.PositiveIntegerField(default=0)
    duplicate_count = models.PositiveIntegerField(default=0)
    skipped_count = models.PositiveIntegerField(default=0)
    # What to do with names of work units nobody knows: name -> id of a unit, or 0 for "add it".
    unit_choices = models.JSONField(default=dict)
    job = models.UUIDField(null=True, blank=True)
    read_at = models.DateTimeField()
    read_by = models.UUIDField(null=True)
    applied_at = models.DateTimeField(null=True, blank=True)
    applied_by = models.UUIDField(null=True, blank=True)

    objects = RosterBatchQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(community=None, work_unit__isnull=False) | Q(community__isnull=False, work_unit=None),
                name="roster_batch_of_community_or_unit",
            ),
            models.CheckConstraint(
                condition=Q(is_expected=False) | Q(community__isnull=False), name="roster_batch_expected_in_community"
            ),
            models.UniqueConstraint(
                fields=["district_code", "file_sha256", "community", "work_unit", "is_expected"],
                condition=Q(state=BatchState.APPLIED),
                nulls_distinct=False,
                name="roster_batch_applied_once",
            ),
            models.CheckConstraint(
                condition=Q(state=BatchState.APPLIED, applied_at__isnull=False)
                | (~Q(state=BatchState.APPLIED) & Q(applied_at=None)),
                name="roster_batch_applied_when",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name


class RosterFile(Fact):
    """A file that belongs to a batch, sealed, in base64: what was sent, until it is read, and the refused rows."""

    batch = models.ForeignKey(RosterBatch, models.CASCADE, related_name="files")
    kind = models.CharField(max_length=8, choices=RosterFileKind.choices)
    content = EncryptedTextField(purpose=FILE_PURPOSE)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district_code", "batch", "kind"], name="roster_file_once_per_kind")
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.batch_id}"


class RosterRow(Fact):
    """One row of a waiting file, sealed; removed when the batch is applied or discarded."""

    batch = models.ForeignKey(RosterBatch, models.CASCADE, related_name="waiting_rows")
    number = models.PositiveIntegerField()
    cells = EncryptedTextField(purpose=CELLS_PURPOSE)
    problems = models.JSONField(default=list)
    match = models.ForeignKey("members.Member", models.SET_NULL, null=True, blank=True, related_name="+")
    # Why `match` may be the same person: guangcai.members.roster_import.matching.Why.
    why = models.CharField(max_length=30, blank=True)
    # None: nobody decided yet; True: the same person; False: another person of the same name.
    is_same_person = models.BooleanField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district_code", "batch", "number"], name="roster_row_number_once")
        ]
        ordering = ["number"]

    def __str__(self) -> str:
        return f"row {self.number}"
