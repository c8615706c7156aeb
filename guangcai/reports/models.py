"""Which forms make "three forms and one file", and what was printed and waits to be fetched."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from guangcai.core.crypto import EncryptedTextField
from guangcai.core.scoping import PathField, ancestors
from guangcai.orgs.facts import CommunityFact
from guangcai.orgs.models import Node
from guangcai.reports.enums import FormCode, Part

if TYPE_CHECKING:
    from guangcai.core.actor import Actor

BUNDLE_PURPOSE = "reports.form_bundle.content"


class FormSetQuerySet(models.QuerySet["FormSet"]):
    def at(self, path: str) -> "FormSet | None":
        """The set in force at `path`: of the nearest owner at or above it."""
        return self.filter(path__in=ancestors(path)).order_by("-path").prefetch_related("lines").first()


class FormSet(models.Model):
    """三表一档 of a place (A47). The documents name it and say nothing of what it holds: the district decides."""

    node = models.OneToOneField(Node, models.PROTECT, related_name="+")
    path = PathField(editable=False)
    source = models.CharField(max_length=120, blank=True)
    set_at = models.DateTimeField()
    set_by = models.UUIDField(null=True)

    objects = FormSetQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.node_id)

    @property
    def codes(self) -> list[FormCode]:
        """Its forms in their order, the three first."""
        return [FormCode(line.form) for line in self.lines.all()]


class FormSetLine(models.Model):
    form_set = models.ForeignKey(FormSet, models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    form = models.CharField(max_length=12, choices=FormCode.choices)
    part = models.CharField(max_length=4, choices=Part.choices)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["form_set", "form"], name="form_once_in_a_set"),
            models.UniqueConstraint(fields=["form_set", "position"], name="form_set_position_once"),
            models.UniqueConstraint(fields=["form_set"], condition=Q(part=Part.FILE), name="form_set_has_one_file"),
        ]

    def __str__(self) -> str:
        return f"{self.form_set_id} {self.form}"


class FormBundleQuerySet(models.QuerySet["FormBundle"]):
    def visible_to(self, actor: "Actor") -> Self:
        """Only whoever asked for it: it leaves the house in his name."""
        return self.filter(asked_by=actor.user_id) if actor.user_id else self.none()


class FormBundle(CommunityFact):
    """A printed set of a whole community, sealed, until it is fetched or a day old. `content`: a zip in base64."""

    year = models.PositiveSmallIntegerField()
    asked_by = models.UUIDField()
    asked_at = models.DateTimeField()
    made_at = models.DateTimeField(null=True, blank=True)
    content = EncryptedTextField(purpose=BUNDLE_PURPOSE, blank=True)

    objects = FormBundleQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.pk)
