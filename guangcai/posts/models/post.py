"""Posts and their kinds."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from guangcai.core.kinds import Kind
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.members.enums import MemberCategory
from guangcai.members.models import ServiceKind, SkillKind
from guangcai.orgs.enums import ClaimOrder
from guangcai.orgs.facts import CommunityFact
from guangcai.posts.enums import HelperRole, HoursForm, PostEnd, PostState

if TYPE_CHECKING:
    from guangcai.core.actor import Actor


class PostText(models.Model):
    """What a post says of itself, in a kind to start from and in the post."""

    duties = models.TextField(max_length=1000, blank=True)
    place = models.CharField(max_length=120, blank=True)
    risk_note = models.CharField(max_length=500, blank=True)
    guarantee = models.CharField(max_length=500, blank=True)
    helper_role = models.CharField(max_length=10, choices=HelperRole.choices, blank=True)

    class Meta:
        abstract = True


class PostKind(Kind, PostText):  # noqa: DJ008 - Kind has __str__
    """A type of post (A09), with the words a new one begins with. `service_kind`: what its work counts as."""

    service_kind = models.ForeignKey(ServiceKind, models.PROTECT, related_name="+")
    skill = models.ForeignKey(SkillKind, models.PROTECT, null=True, blank=True, related_name="+")


class PostQuerySet(models.QuerySet["Post"]):
    def visible_to(self, actor: "Actor") -> Self:
        """Opened posts of one's area, one's own proposals; those who run posts see every one."""
        seen = under("path", actor.paths_with(Permission.POST_VIEW)) & Q(opened_at__isnull=False)
        own = Q(proposed_by=actor.user_id) if actor.user_id else Q(pk__in=[])
        return self.filter(seen | own | under("path", actor.paths_with(Permission.POST_EDIT)))

    def proposed(self) -> Self:
        return self.filter(ended_at=None, established_at=None)

    def open(self) -> Self:
        return self.filter(ended_at=None, opened_at__isnull=False)


class Post(CommunityFact, PostText):
    """A defined service role with a number of places: proposed, established, opened, ended (A08)."""

    kind = models.ForeignKey(PostKind, models.PROTECT, related_name="posts")
    title = models.CharField(max_length=60)
    places = models.PositiveSmallIntegerField()
    is_pioneer = models.BooleanField(default=False)
    # Whom it is for; blank is everybody (A10, A46).
    category = models.CharField(max_length=24, choices=MemberCategory.choices, blank=True)
    hours_form = models.CharField(max_length=8, choices=HoursForm.choices)
    hours_note = models.CharField(max_length=120, blank=True)
    minutes_wanted = models.PositiveIntegerField(null=True, blank=True)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    proposed_at = models.DateTimeField()
    proposed_by = models.UUIDField(null=True)
    proposal_reason = models.CharField(max_length=300, blank=True)
    established_at = models.DateTimeField(null=True, blank=True)
    established_by = models.UUIDField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    opened_by = models.UUIDField(null=True, blank=True)
    # The rule that was in force when the post was opened: claims are judged by what was announced.
    claim_order = models.CharField(max_length=12, choices=ClaimOrder.choices, blank=True)
    # Until then claims are collected; without it they are served as they come.
    claims_until = models.DateTimeField(null=True, blank=True)
    allotted_at = models.DateTimeField(null=True, blank=True)
    # The lot: the seed is kept back, its seal is published with the post, the seed when the lot is drawn.
    lot_seed = models.BinaryField(null=True, blank=True)
    lot_seal = models.CharField(max_length=64, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.UUIDField(null=True, blank=True)
    end_reason = models.CharField(max_length=12, choices=PostEnd.choices, blank=True)
    end_note = models.CharField(max_length=200, blank=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(places__gt=0), name="post_has_places"),
            models.CheckConstraint(
                condition=Q(opened_at=None) | Q(established_at__isnull=False), name="post_established_before_opened"
            ),
            models.CheckConstraint(
                condition=Q(opened_at=None) | ~(Q(duties="") | Q(place="") | Q(risk_note="") | Q(guarantee="")),
                name="post_opened_with_notice",
            ),
            models.CheckConstraint(
                condition=Q(opened_at=None, claim_order="") | (Q(opened_at__isnull=False) & ~Q(claim_order="")),
                name="post_opened_with_order",
            ),
            models.CheckConstraint(
                condition=~Q(claim_order=ClaimOrder.LOT) | (Q(lot_seed__isnull=False) & ~Q(lot_seal="")),
                name="post_lot_sealed",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, end_reason="") | (Q(ended_at__isnull=False) & ~Q(end_reason="")),
                name="post_ended_whole",
            ),
            models.CheckConstraint(
                condition=(Q(hours_form=HoursForm.SET) & ~Q(hours_note=""))
                | Q(
                    hours_form=HoursForm.FLEXIBLE,
                    minutes_wanted__gt=0,
                    since__isnull=False,
                    until__gte=F("since"),
                )
                | Q(hours_form=HoursForm.OPEN, minutes_wanted=None),
                name="post_hours_whole",
            ),
        ]
        indexes = [models.Index(fields=["path", "-proposed_at"], name="post_by_path")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("posts:post", args=[self.pk])

    @property
    def state(self) -> PostState:
        if self.ended_at is not None:
            return PostState.ENDED
        if self.opened_at is not None:
            return PostState.OPEN
        return PostState.ESTABLISHED if self.established_at is not None else PostState.PROPOSED

    @property
    def is_collecting(self) -> bool:
        """Claims are collected and not served yet."""
        return self.claims_until is not None and self.allotted_at is None


class PostSkill(models.Model):
    """A skill that a post asks for; with a certificate where the skill needs one (Order 685 art 16)."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="required_skills")
    skill = models.ForeignKey(SkillKind, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "skill"], name="post_skill_once")]

    def __str__(self) -> str:
        return f"{self.skill}"
