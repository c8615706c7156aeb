"""A member's pledge of a year: what he takes on, what he has marked as done, what the community found."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse

from guangcai.commitments.enums import EndReason
from guangcai.commitments.models import Commitment, CommitmentQuerySet
from guangcai.core.crypto import EncryptedTextField
from guangcai.core.facts import Fact
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.members.models import ServiceKind
from guangcai.pledges.enums import Finding, Measure, PledgeState
from guangcai.pledges.models.templates import Template, Version

if TYPE_CHECKING:
    from datetime import date

    from guangcai.core.actor import Actor

# Ended as planned, so that the community still looks at it.
BY_TERM = Q(end_reason=EndReason.TERM_OVER)


class PledgeQuerySet(CommitmentQuerySet):
    def visible_to(self, actor: "Actor") -> Self:
        """One's own, those of the community whose desk one is, and public ones of one's area."""
        own = Q(member_id=actor.member_id) if actor.member_id else Q(pk__in=[])
        desk = under("path", actor.paths_with(Permission.PLEDGE_EDIT))
        return self.filter(own | desk | (Q(is_public=True) & under("path", actor.paths_with(Permission.PLEDGE_VIEW))))

    def kept_by(self, actor: "Actor") -> Self:
        """One's own, and those of one's desk: with fulfilment and review."""
        own = Q(member_id=actor.member_id) if actor.member_id else Q(pk__in=[])
        return self.filter(own | under("path", actor.paths_with(Permission.PLEDGE_EDIT)))

    def standing(self) -> Self:
        """Not given up and not merged away: under way, or over with its year."""
        return self.filter(Q(ended_at=None) | BY_TERM)

    def to_review(self, on: "date") -> Self:
        """Over, and nobody has looked at it yet."""
        return self.filter(Q(ended_at=None, until__lt=on) | BY_TERM, review=None)


class Pledge(Commitment):
    """Made by the member himself, so it holds from the day on which he makes it until its year is over (A57).

    public: the community's members read his name and the text. Otherwise only he and the desk do.
    """

    template = models.ForeignKey(Template, models.PROTECT, related_name="pledges")
    version = models.ForeignKey(Version, models.PROTECT, related_name="pledges")
    year = models.PositiveSmallIntegerField()
    is_public = models.BooleanField(default=False)

    objects = PledgeQuerySet.as_manager()

    class Meta(Commitment.Meta):
        abstract = False
        constraints = [
            *Commitment.Meta.constraints,
            models.UniqueConstraint(
                fields=["district_code", "member", "template", "year"],
                condition=Q(ended_at=None),
                name="pledge_once_a_year",
            ),
            models.CheckConstraint(condition=Q(until__isnull=False), name="pledge_has_due_day"),
        ]
        indexes = [
            models.Index(fields=["path", "year"], name="pledge_by_path"),
            models.Index(fields=["member", "-year"], name="pledge_by_member"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.template_id} {self.year}"

    def get_absolute_url(self) -> str:
        return reverse("pledges:pledge", args=[self.pk])

    @property
    def outcome(self) -> "PledgeReview | None":
        """The community's review, None before it."""
        return getattr(self, "review", None)

    def state_on(self, day: "date") -> PledgeState:
        """Read from the rows; asks for the review, which lists load along."""
        if self.outcome is not None:
            return PledgeState.REVIEWED
        if self.ended_at is not None and self.end_reason != EndReason.TERM_OVER:
            return PledgeState.ENDED
        is_over = self.ended_at is not None or (self.until is not None and self.until < day)
        return PledgeState.TO_REVIEW if is_over else PledgeState.RUNNING


class PledgeLine(Fact):
    """One thing pledged, in the words of the day on which it was pledged. times: services wanted, when it is drawn
    from the ledger."""

    pledge = models.ForeignKey(Pledge, models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=120)
    measure = models.CharField(max_length=4, choices=Measure.choices)
    kind = models.ForeignKey(ServiceKind, models.PROTECT, null=True, blank=True, related_name="+")
    times = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["pledge", "position", "district_code"], name="pledge_line_position_once"),
            models.CheckConstraint(condition=~Q(text="") & Q(times__gte=1), name="pledge_line_whole"),
            models.CheckConstraint(
                condition=Q(measure=Measure.KIND, kind__isnull=False) | (~Q(measure=Measure.KIND) & Q(kind=None)),
                name="pledge_line_measure_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pledge_id} {self.position}"


class PledgeMark(Fact):
    """The member says that a line is done, with a note. Taken back: the row stays and says when."""

    line = models.ForeignKey(PledgeLine, models.PROTECT, related_name="marks")
    done_on = models.DateField()
    note = models.CharField(max_length=200)
    marked_at = models.DateTimeField()
    marked_by = models.UUIDField(null=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["line", "district_code"], condition=Q(withdrawn_at=None), name="pledge_line_marked_once"
            ),
            models.CheckConstraint(condition=~Q(note=""), name="pledge_mark_has_note"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None) | Q(withdrawn_at__isnull=False),
                name="pledge_mark_withdrawn_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.done_on}"


REVIEW_WORDS_PURPOSE = "pledges.pledge_review.words"
REVIEW_ANSWER_PURPOSE = "pledges.pledge_review.answer"


class PledgeReview(Fact):
    """What the community found at the end, in words; the member may answer once."""

    pledge = models.OneToOneField(Pledge, models.PROTECT, related_name="review")
    finding = models.CharField(max_length=10, choices=Finding.choices)
    words = EncryptedTextField(purpose=REVIEW_WORDS_PURPOSE, blank=True)
    reviewed_at = models.DateTimeField()
    reviewed_by = models.UUIDField(null=True)
    answer = EncryptedTextField(purpose=REVIEW_ANSWER_PURPOSE, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by=None) | Q(answered_at__isnull=False),
                name="pledge_review_answered_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pledge_id} {self.finding}"
