"""Marks on a checklist of an office: done on a day, with a note."""

from django.db import models
from django.db.models import Q

from guangcai.orgs.facts import CommunityFact
from guangcai.pledges.models.templates import Item


class ChecklistMark(CommunityFact):
    """One item of the office's checklist, done by whoever held the office that year (A97). Done or not done: no score.

    Taken back: the row stays and says when.
    """

    item = models.ForeignKey(Item, models.PROTECT, related_name="checklist_marks")
    # The user who held the office (accounts.User.id).
    held_by = models.UUIDField()
    year = models.PositiveSmallIntegerField()
    done_on = models.DateField()
    note = models.CharField(max_length=200)
    marked_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district_code", "community", "held_by", "item", "year"],
                condition=Q(withdrawn_at=None),
                name="checklist_marked_once",
            ),
            models.CheckConstraint(condition=~Q(note=""), name="checklist_mark_has_note"),
        ]
        indexes = [models.Index(fields=["path", "year"], name="checklist_mark_by_path")]

    def __str__(self) -> str:
        return f"{self.item_id} {self.held_by} {self.year}"
