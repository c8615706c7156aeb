"""The plate of a member who shows that he serves (A54), and what residents write under it."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse

from guangcai.core.crypto import EncryptedTextField
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.orgs.facts import CommunityFact
from guangcai.teams.enums import FeedbackTone

if TYPE_CHECKING:
    from guangcai.core.actor import Actor

PHONE_PURPOSE = "teams.feedback.phone"
CODE_BYTES = 12


class PlateQuerySet(models.QuerySet["Plate"]):
    def in_use(self) -> Self:
        return self.filter(withdrawn_at=None)


class Plate(CommunityFact):
    """A member hangs his plate out, by his own choice only, until he takes it in. A new one has a new code."""

    member = models.ForeignKey("members.Member", models.PROTECT, related_name="+")
    # Of 96 random bits: nobody finds a plate that he has not seen.
    code = models.CharField(max_length=2 * CODE_BYTES)
    since = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = PlateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district_code", "code"], name="plate_code_once"),
            models.UniqueConstraint(
                fields=["district_code", "member"], condition=Q(withdrawn_at=None), name="plate_once_a_member"
            ),
            models.CheckConstraint(condition=~Q(code=""), name="plate_has_code"),
        ]
        indexes = [models.Index(fields=["code"], name="plate_by_code")]

    def __str__(self) -> str:
        return f"plate {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("teams:public_plate", args=[self.code])


class PlateFeedbackQuerySet(models.QuerySet["PlateFeedback"]):
    def visible_to(self, actor: "Actor") -> Self:
        """Of the communities whose complaints and suggestions the actor reads."""
        return self.filter(under("path", actor.paths_with(Permission.SUGGESTION_READ)))

    def told_to(self, member_id: object) -> Self:
        """What the desk has read, for the member it speaks of: nobody finds an insult on his phone unread."""
        return self.filter(plate__member=member_id, seen_at__isnull=False)

    def open(self) -> Self:
        return self.filter(seen_at=None)


class PlateFeedback(CommunityFact):
    """What a resident wrote under a plate, without an account. `phone` is sealed and freely given."""

    plate = models.ForeignKey(Plate, models.PROTECT, related_name="feedback")
    tone = models.CharField(max_length=8, choices=FeedbackTone.choices)
    text = models.CharField(max_length=1000)
    phone = EncryptedTextField(purpose=PHONE_PURPOSE, blank=True)
    written_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)
    seen_by = models.UUIDField(null=True, blank=True)
    # What became of it; the member reads it too.
    note = models.CharField(max_length=500, blank=True)

    objects = PlateFeedbackQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="plate_feedback_says_something"),
            models.CheckConstraint(
                condition=Q(seen_at=None, seen_by=None, note="") | Q(seen_at__isnull=False),
                name="plate_feedback_seen_whole",
            ),
        ]
        indexes = [models.Index(fields=["path", "-written_at"], name="plate_feedback_by_path")]

    def __str__(self) -> str:
        return f"feedback {self.pk}"
