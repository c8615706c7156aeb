"""A round of matching: what the program proposes, and what the desk decides about each pair."""

from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.urls import reverse

from guangcai.activities.models import Shift
from guangcai.care.models import Household
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.invitations.enums import Decision, Subject
from guangcai.orgs.facts import CommunityFact
from guangcai.posts.models import Post

if TYPE_CHECKING:
    from guangcai.core.actor import Actor

# Exactly one of the three is wanted by a row.
ONE_NEED = (
    Q(post__isnull=False, shift=None, household=None)
    | Q(post=None, shift__isnull=False, household=None)
    | Q(post=None, shift=None, household__isnull=False)
)


class RoundQuerySet(models.QuerySet["Round"]):
    def visible_to(self, actor: "Actor") -> Self:
        """Rounds of the communities for which the actor asks people."""
        return self.filter(under("path", actor.paths_with(Permission.INVITATION_EDIT)))

    def open(self) -> Self:
        return self.filter(closed_at=None)


class Round(CommunityFact):
    """One community, one subject, at one moment: proposals, reviewed by a person and then sent or dropped.

    `sent` tells which of the two. One open round a subject, so that two desks review the same one.
    """

    subject = models.CharField(max_length=12, choices=Subject.choices)
    made_at = models.DateTimeField()
    made_by = models.UUIDField(null=True)
    # Whom the program could choose from.
    members = models.PositiveIntegerField()
    needs = models.PositiveIntegerField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.UUIDField(null=True, blank=True)
    sent = models.PositiveIntegerField(null=True, blank=True)

    objects = RoundQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district_code", "community", "subject"], condition=Q(closed_at=None), name="round_one_open"
            ),
            models.CheckConstraint(condition=Q(closed_at__isnull=False) | Q(sent=None), name="round_sent_is_closed"),
        ]
        indexes = [models.Index(fields=["path", "-made_at"], name="round_by_path")]

    def __str__(self) -> str:
        return f"{self.community} {self.subject}"

    def get_absolute_url(self) -> str:
        return reverse("invitations:round", args=[self.pk])


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def visible_to(self, actor: "Actor") -> Self:
        return self.filter(under("path", actor.paths_with(Permission.INVITATION_EDIT)))

    def pairs(self) -> Self:
        """With somebody to ask."""
        return self.filter(member__isnull=False)

    def left_out(self) -> Self:
        """Needs for which nobody was found; `why` names the rule."""
        return self.filter(member=None)


class Proposal(CommunityFact):
    """Ask this member for this need, and why; or nobody, and which rule binds. Never an assignment.

    `why` is the sentence in the language of the installation: what was read when it was decided. A pinned pair was
    chosen by a person: it is kept whatever it costs when the rest is proposed anew.
    """

    # The unique constraint below begins with it and serves as its index.
    round = models.ForeignKey(Round, models.CASCADE, related_name="proposals", db_index=False)
    post = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="+")
    shift = models.ForeignKey(Shift, models.PROTECT, null=True, blank=True, related_name="+")
    household = models.ForeignKey(Household, models.PROTECT, null=True, blank=True, related_name="+")
    member = models.ForeignKey("members.Member", models.PROTECT, null=True, blank=True, related_name="+")
    # The smaller the more urgent; of households the tier.
    urgency = models.PositiveSmallIntegerField(default=0)
    points = models.PositiveIntegerField(default=0)
    why = models.CharField(max_length=200)
    is_pinned = models.BooleanField(default=False)
    decision = models.CharField(max_length=8, choices=Decision.choices, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.UUIDField(null=True, blank=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=ONE_NEED, name="proposal_one_need"),
            models.CheckConstraint(
                condition=Q(decision="", decided_at=None) | (~Q(decision="") & Q(decided_at__isnull=False)),
                name="proposal_decided_when",
            ),
            models.CheckConstraint(
                condition=Q(member__isnull=False) | Q(decision="", is_pinned=False), name="proposal_of_nobody"
            ),
            models.UniqueConstraint(
                fields=["round", "member", "post", "shift", "household", "district_code"],
                nulls_distinct=False,
                name="proposal_pair_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} for {self.need_id}"

    @property
    def need_id(self) -> UUID:
        found = self.post_id or self.shift_id or self.household_id
        assert found is not None  # the constraint proposal_one_need
        return found

    @property
    def pair(self) -> tuple[UUID, UUID]:
        """(need, member) of a row with somebody to ask."""
        assert self.member_id is not None
        return self.need_id, self.member_id
