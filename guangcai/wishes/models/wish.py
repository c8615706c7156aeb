"""A wish, its steps, and apart from both whoever made it."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from guangcai.core.crypto import EncryptedTextField
from guangcai.core.kinds import KeptKind
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.members.models import ServiceKind
from guangcai.orgs.enums import ClaimOrder
from guangcai.orgs.facts import CommunityFact
from guangcai.wishes.enums import WishChannel, WishEnd, WishState

if TYPE_CHECKING:
    from guangcai.core.actor import Actor

CODE_PURPOSE = "wishes.asker.code"
CODE_BYTES = 12
# How long an opened name stays open for the one who opened it.
OPEN_FOR: Final = timedelta(minutes=15)
ON_THE_WALL = (WishState.PUBLISHED, WishState.CLAIMED, WishState.FULFILLED, WishState.CONFIRMED)


class WishKind(KeptKind):
    """A kind of wish. `service_kind`: what work for such a wish counts as."""

    service_kind = models.ForeignKey(ServiceKind, models.PROTECT, related_name="+")


class WishQuerySet(models.QuerySet["Wish"]):
    def visible_to(self, actor: "Actor") -> Self:
        """Published ones of one's area; those one has claimed; every one for the desk."""
        from guangcai.wishes.models.claim import WishClaim  # cycle: claims point to wishes

        seen = under("path", actor.paths_with(Permission.WISH_VIEW)) & Q(state__in=ON_THE_WALL)
        seen |= under("path", actor.paths_with(Permission.WISH_EDIT))
        if actor.member_id is not None:
            seen |= Q(Exists(WishClaim.objects.filter(wish=OuterRef("pk"), member=actor.member_id)))
        return self.filter(seen)

    def on_wall(self) -> Self:
        """What anybody may read, without signing in."""
        return self.filter(state__in=(WishState.PUBLISHED, WishState.CLAIMED))

    def open(self) -> Self:
        return self.exclude(state__in=(WishState.CONFIRMED, WishState.ENDED))


class Wish(CommunityFact):
    """A small wish. It holds no word that tells whose it is: those stand, sealed, in its WishAsker.

    `title` and `words` are empty until the desk has verified the wish and written them for everybody to read. `state`
    repeats the last WishStep, so that lists need no join (`guangcai verify` proves it). from_kind, from_id: what it
    grew out of in another room, `care.need` and the key of a ticked need.
    """

    channel = models.CharField(max_length=8, choices=WishChannel.choices)
    from_kind = models.CharField(max_length=30, blank=True)
    from_id = models.UUIDField(null=True, blank=True)
    collected_at = models.DateTimeField()
    collected_by = models.UUIDField(null=True)
    state = models.CharField(max_length=10, choices=WishState.choices, default=WishState.COLLECTED)
    state_since = models.DateTimeField()
    kind = models.ForeignKey(WishKind, models.PROTECT, null=True, blank=True, related_name="wishes")
    title = models.CharField(max_length=40, blank=True)
    words = models.CharField(max_length=300, blank=True)
    # Most members who do it together; 1 is one alone.
    people = models.PositiveSmallIntegerField(default=1)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.UUIDField(null=True, blank=True)
    # The rule in force when the wish was published: claims are judged by what was announced.
    claim_order = models.CharField(max_length=12, choices=ClaimOrder.choices, blank=True)
    claims_until = models.DateTimeField(null=True, blank=True)
    allotted_at = models.DateTimeField(null=True, blank=True)
    # The lot: the seed is kept back, its seal is published with the wish, the seed when the lot is drawn.
    lot_seed = models.BinaryField(null=True, blank=True)
    lot_seal = models.CharField(max_length=64, blank=True)
    end_reason = models.CharField(max_length=12, choices=WishEnd.choices, blank=True)
    # What the wisher is told; no word of it is published.
    end_note = models.CharField(max_length=200, blank=True)

    objects = WishQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=(WishState.COLLECTED, WishState.ENDED))
                | (Q(kind__isnull=False) & ~Q(title="") & ~Q(words="")),
                name="wish_verified_whole",
            ),
            models.CheckConstraint(
                condition=Q(published_at=None, claim_order="") | (Q(published_at__isnull=False) & ~Q(claim_order="")),
                name="wish_published_with_order",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=ON_THE_WALL) | Q(published_at__isnull=False), name="wish_on_wall_published"
            ),
            models.CheckConstraint(
                condition=~Q(claim_order=ClaimOrder.LOT) | (Q(lot_seed__isnull=False) & ~Q(lot_seal="")),
                name="wish_lot_sealed",
            ),
            models.CheckConstraint(
                condition=(Q(state=WishState.ENDED) & ~Q(end_reason=""))
                | (~Q(state=WishState.ENDED) & Q(end_reason="")),
                name="wish_ended_whole",
            ),
            models.CheckConstraint(condition=Q(people__gte=1, people__lte=10), name="wish_people"),
            models.CheckConstraint(
                condition=Q(from_kind="", from_id=None) | (~Q(from_kind="") & Q(from_id__isnull=False)),
                name="wish_origin_whole",
            ),
            models.UniqueConstraint(
                fields=["district_code", "from_kind", "from_id"],
                condition=Q(from_id__isnull=False),
                name="wish_once_per_origin",
            ),
        ]
        indexes = [
            models.Index(fields=["path", "state", "-state_since"], name="wish_by_path"),
            models.Index(fields=["path", "-collected_at"], name="wish_by_collection"),
        ]

    def __str__(self) -> str:
        return self.title or f"wish {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("wishes:wish", args=[self.pk])

    @property
    def is_collecting(self) -> bool:
        """Claims are collected and not served yet."""
        return self.claims_until is not None and self.allotted_at is None

    def is_over(self, now: datetime) -> bool:
        """Claims were collected until a moment that is past, and wait to be served: who comes now is late."""
        return self.is_collecting and self.claims_until is not None and self.claims_until <= now


class WishAsker(CommunityFact):
    """Whoever made a wish, how to reach him and what he said in his own words: sealed, opened one by one.

    `code` follows the wish without an account: 96 random bits, found by its blind index.
    """

    wish = models.OneToOneField(Wish, models.PROTECT, related_name="asker")
    name = EncryptedTextField(purpose="wishes.asker.name", blank=True)
    phone = EncryptedTextField(purpose="wishes.asker.phone", blank=True)
    address = EncryptedTextField(purpose="wishes.asker.address", blank=True)
    said = EncryptedTextField(purpose="wishes.asker.said")
    code = EncryptedTextField(purpose=CODE_PURPOSE)
    code_index = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district_code", "code_index"], name="wish_code_once"),
            models.CheckConstraint(condition=~Q(code_index=""), name="wish_has_code"),
        ]
        indexes = [models.Index(fields=["code_index"], name="wish_by_code")]

    def __str__(self) -> str:
        return f"asker of {self.wish_id}"


class WishStep(CommunityFact):
    """One move of a wish: the truth of which `Wish.state` is the index. Appended, never changed."""

    wish = models.ForeignKey(Wish, models.PROTECT, related_name="steps")
    old = models.CharField(max_length=10, choices=WishState.choices, blank=True)
    new = models.CharField(max_length=10, choices=WishState.choices)
    at = models.DateTimeField()
    by = models.UUIDField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(old=models.F("new")), name="wish_step_moves")]
        indexes = [models.Index(fields=["wish", "at"], name="wish_steps")]

    def __str__(self) -> str:
        return f"{self.wish_id} {self.old} > {self.new}"


class WishOpeningQuerySet(models.QuerySet["WishOpening"]):
    def fresh(self) -> Self:
        """Openings that still show the asker: a right by the clock, so the clock is read here."""
        return self.filter(opened_at__gt=timezone.now() - OPEN_FOR)


class WishOpening(CommunityFact):
    """Somebody opened who made a wish; the audit trail has the same line."""

    wish = models.ForeignKey(Wish, models.PROTECT, related_name="openings")
    opened_at = models.DateTimeField()
    opened_by = models.UUIDField()

    objects = WishOpeningQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["wish", "opened_by", "-opened_at"], name="wish_opened_by")]

    def __str__(self) -> str:
        return f"{self.wish_id} {self.opened_at:%Y-%m-%d %H:%M}"
