"""Programmes of aid and what they came to: counts on a day, with their source (A70, A71, A72)."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse

from guangcai.core.kinds import KeptKind
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.orgs.facts import CommunityFact

if TYPE_CHECKING:
    from guangcai.core.actor import Actor


class AidKind(KeptKind):
    """A kind of programme: hardship aid, employment aid, student aid, job station ..."""


class AidMeasure(KeptKind):
    """What an outcome counts: households, certificates, placements, students. unit: the measure word."""

    unit = models.CharField(max_length=10)
    # People in need: shown in bands to everybody but their desk. Talks held and leaflets are not.
    counts_people = models.BooleanField(default=True)


class AidProgrammeQuerySet(models.QuerySet["AidProgramme"]):
    def visible_to(self, actor: "Actor") -> Self:
        """Of the area whose figures one may read; exact for its desk, in bands for everybody else."""
        paths = (*actor.paths_with(Permission.STATISTICS_VIEW), *actor.paths_with(Permission.WISH_EDIT))
        return self.filter(under("path", paths))


class AidProgramme(CommunityFact):
    """A programme a community runs, from a day on until it ends."""

    kind = models.ForeignKey(AidKind, models.PROTECT, related_name="programmes")
    title = models.CharField(max_length=40)
    run_by = models.CharField(max_length=60)
    since = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    added_at = models.DateTimeField()
    added_by = models.UUIDField(null=True)

    objects = AidProgrammeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district_code", "community", "title"], condition=Q(ended_on=None), name="programme_title_once"
            ),
            models.CheckConstraint(condition=~Q(title="") & ~Q(run_by=""), name="programme_named"),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=models.F("since")), name="programme_forward"
            ),
        ]
        indexes = [models.Index(fields=["path", "kind"], name="programme_by_path")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("wishes:programme", args=[self.pk])


class AidOutcomeQuerySet(models.QuerySet["AidOutcome"]):
    def visible_to(self, actor: "Actor") -> Self:
        """Of the communities whose desk the actor runs: everybody else reads sums, in bands."""
        return self.filter(under("path", actor.paths_with(Permission.WISH_EDIT)))

    def standing(self) -> Self:
        """Those no later row corrects; a correction to 0 takes the first back."""
        return self.filter(correction=None)


class AidOutcome(CommunityFact):
    """So many of something on a day, and where the number comes from. Appended; corrected by a row that names it."""

    programme = models.ForeignKey(AidProgramme, models.PROTECT, related_name="outcomes")
    measure = models.ForeignKey(AidMeasure, models.PROTECT, related_name="+")
    on = models.DateField()
    count = models.PositiveIntegerField()
    source = models.CharField(max_length=80)
    noted_at = models.DateTimeField()
    noted_by = models.UUIDField(null=True)
    corrects = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="correction")
    reason = models.CharField(max_length=200, blank=True)

    objects = AidOutcomeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(source=""), name="outcome_has_source"),
            models.CheckConstraint(
                condition=Q(corrects=None, reason="", count__gt=0) | (Q(corrects__isnull=False) & ~Q(reason="")),
                name="outcome_correction_says_why",
            ),
            models.CheckConstraint(condition=~Q(corrects=models.F("id")), name="outcome_corrects_another"),
        ]
        indexes = [models.Index(fields=["path", "on"], name="outcome_by_path")]

    def __str__(self) -> str:
        return f"{self.programme_id} {self.on}"
