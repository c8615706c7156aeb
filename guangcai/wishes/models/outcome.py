"""What became of a wish: what was done, what the wisher says, and his thanks."""

from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from guangcai.core.crypto import EncryptedTextField
from guangcai.orgs.facts import CommunityFact
from guangcai.wishes.enums import Said
from guangcai.wishes.models.claim import WishClaim
from guangcai.wishes.models.wish import Wish


class WishFulfilment(CommunityFact):
    """What was done for a wish on a day. Appended; after "not yet" there is another one."""

    wish = models.ForeignKey(Wish, models.PROTECT, related_name="fulfilments")
    claim = models.ForeignKey(WishClaim, models.PROTECT, related_name="+")
    done_on = models.DateField()
    # May name people: read by the desk, the wisher and whoever did it.
    what = EncryptedTextField(purpose="wishes.fulfilment.what")
    told_at = models.DateTimeField()
    told_by = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["wish", "told_at"], name="wish_fulfilments")]

    def __str__(self) -> str:
        return f"{self.wish_id} {self.done_on}"


class WishAnswer(CommunityFact):
    """The wisher's word on one fulfilment: it came true, or not yet. Appended; nobody speaks for him."""

    wish = models.ForeignKey(Wish, models.PROTECT, related_name="answers")
    fulfilment = models.OneToOneField(WishFulfilment, models.PROTECT, related_name="answer")
    came_true = models.BooleanField()
    said = models.CharField(max_length=4, choices=Said.choices)
    words = EncryptedTextField(purpose="wishes.answer.words", blank=True)
    at = models.DateTimeField()
    by = models.UUIDField(null=True)

    def __str__(self) -> str:
        return f"{self.wish_id} {self.came_true}"


class ThanksQuerySet(models.QuerySet["WishThanks"]):
    def published(self) -> Self:
        """Read by somebody else, and the wisher still agrees."""
        agreed = ThanksConsent.objects.filter(thanks=OuterRef("pk"), withdrawn_at=None)
        return self.filter(Exists(agreed), published_at__isnull=False)


class WishThanks(CommunityFact):
    """A few words of thanks. Shown to others when the wisher agreed and a second person has read them."""

    wish = models.OneToOneField(Wish, models.PROTECT, related_name="thanks")
    words = models.CharField(max_length=200)
    written_at = models.DateTimeField()
    written_by = models.UUIDField(null=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.UUIDField(null=True, blank=True)

    objects = ThanksQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(words=""), name="wish_thanks_say_something"),
            models.CheckConstraint(
                condition=Q(published_at=None) | Q(written_by=None) | ~Q(published_by=models.F("written_by")),
                name="wish_thanks_second_reader",
            ),
        ]

    def __str__(self) -> str:
        return f"thanks of {self.wish_id}"


class ThanksConsent(CommunityFact):
    """The wisher agreed that his thanks are read by others; until he withdraws it."""

    thanks = models.ForeignKey(WishThanks, models.PROTECT, related_name="consents")
    given_on = models.DateField()
    # How it was said: with the code, on the doorstep, on paper.
    how = models.CharField(max_length=60)
    noted_at = models.DateTimeField()
    noted_by = models.UUIDField(null=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district_code", "thanks"], condition=Q(withdrawn_at=None), name="wish_thanks_one_consent"
            ),
            models.CheckConstraint(condition=~Q(how=""), name="wish_thanks_consent_how"),
        ]

    def __str__(self) -> str:
        return f"{self.thanks_id} {self.given_on}"
