"""An invitation: somebody was asked whether he would take a post or come to a shift."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from guangcai.activities.models import Shift, SignUp
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.orgs.facts import CommunityFact
from guangcai.posts.models import Post, PostClaim

if TYPE_CHECKING:
    from guangcai.core.actor import Actor


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def visible_to(self, actor: "Actor") -> Self:
        """One's own, and those of the communities for which the actor asks people."""
        own = Q(member_id=actor.member_id) if actor.member_id else Q(pk__in=[])
        return self.filter(own | under("path", actor.paths_with(Permission.INVITATION_EDIT)))

    def waiting(self, *, now: object) -> Self:
        """Not answered, and still to be answered: the post is open, the shift has not begun, nothing was taken on."""
        claims = PostClaim.objects.live().filter(post=OuterRef("post"), member=OuterRef("member"))
        sign_ups = SignUp.objects.live().filter(shift=OuterRef("shift"), member=OuterRef("member"))
        is_wanted = Q(post__opened_at__isnull=False, post__ended_at=None) | Q(
            shift__cancelled_at=None, shift__closed_at=None, shift__starts_at__gt=now
        )
        return self.filter(is_wanted, declined_at=None).exclude(Exists(claims)).exclude(Exists(sign_ups))


class Invitation(CommunityFact):
    """Each member is asked once for the same thing. He takes it on himself where everybody does, or says no, or
    nothing: no answer counts anywhere (Order 685 art 25). A household is offered as a pairing, not here."""

    post = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="invitations")
    shift = models.ForeignKey(Shift, models.PROTECT, null=True, blank=True, related_name="invitations")
    member = models.ForeignKey("members.Member", models.PROTECT, related_name="invitations")
    # Why him, in words he reads too.
    why = models.CharField(max_length=200, blank=True)
    asked_at = models.DateTimeField()
    asked_by = models.UUIDField(null=True)
    declined_at = models.DateTimeField(null=True, blank=True)
    declined_by = models.UUIDField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(post__isnull=False, shift=None) | Q(post=None, shift__isnull=False),
                name="invitation_one_need",
            ),
            models.UniqueConstraint(fields=["district_code", "post", "member"], name="invitation_to_a_post_once"),
            models.UniqueConstraint(fields=["district_code", "shift", "member"], name="invitation_to_a_shift_once"),
            models.CheckConstraint(
                condition=Q(declined_at=None, declined_by=None) | Q(declined_at__isnull=False),
                name="invitation_declined_when",
            ),
        ]
        indexes = [models.Index(fields=["member", "-asked_at"], name="invitation_by_member")]

    def __str__(self) -> str:
        return f"{self.member_id} for {self.post_id or self.shift_id}"

    def get_absolute_url(self) -> str:
        """Where it is accepted: the post's or the shift's own page."""
        if self.post_id:
            return reverse("posts:post", args=[self.post_id])
        return reverse("activities:shift", args=[self.shift_id])
