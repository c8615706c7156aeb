"""Templates of pledges and checklists: what exists by name, and the items that an owner has written down."""

from collections.abc import Iterable
from typing import Self

from django.db import models
from django.db.models import Q

from guangcai.core.kinds import Kind
from guangcai.core.scoping import PathField, ancestors
from guangcai.members.models import ServiceKind
from guangcai.orgs.models import Node
from guangcai.pledges.enums import Measure, TemplateForm


class Template(Kind):
    """A pledge or a checklist by its name (A55, A56, A57, A97). Without a version that has items it is not offered."""

    form = models.CharField(max_length=10, choices=TemplateForm.choices)
    # What the documents say of it, for whoever fills it in.
    remark = models.CharField(max_length=200, blank=True)


class VersionQuerySet(models.QuerySet["Version"]):
    def valid_at(self, paths: Iterable[str]) -> Self:
        """Versions of every owner at or above one of `paths`."""
        return self.filter(path__in={above for path in paths for above in ancestors(path)})


class Version(models.Model):
    """The items of a template as one owner wrote them, from a year on. Never changed: other items are a new version.

    The nearest owner at or above a community wins; of his versions the newest that has begun.
    """

    template = models.ForeignKey(Template, models.PROTECT, related_name="versions")
    node = models.ForeignKey(Node, models.PROTECT, related_name="+")
    path = PathField(editable=False)
    number = models.PositiveSmallIntegerField()
    since_year = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=120, blank=True)
    made_at = models.DateTimeField()
    made_by = models.UUIDField(null=True)

    objects = VersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["template", "node", "number"], name="pledge_version_number_once"),
        ]
        indexes = [models.Index(fields=["path"], name="pledge_version_by_path")]

    def __str__(self) -> str:
        return f"{self.template_id} {self.node_id} {self.number}"


class Item(models.Model):
    """One item of a version, with what its fulfilment is drawn from."""

    version = models.ForeignKey(Version, models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=120)
    measure = models.CharField(max_length=4, choices=Measure.choices, default=Measure.NOTE)
    kind = models.ForeignKey(ServiceKind, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "position"], name="pledge_item_position_once"),
            models.CheckConstraint(condition=~Q(text=""), name="pledge_item_has_text"),
            models.CheckConstraint(
                condition=Q(measure=Measure.KIND, kind__isnull=False) | (~Q(measure=Measure.KIND) & Q(kind=None)),
                name="pledge_item_measure_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.text
