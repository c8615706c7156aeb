"""Proposals, what units promise for them, and what became of it (A29, J7)."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from guangcai.core.crypto import EncryptedTextField
from guangcai.core.facts import Fact
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.councils.enums import MatterKind, PledgeKind, ProposalState, Verdict
from guangcai.councils.models.bodies import BodyMember
from guangcai.councils.models.meetings import Meeting
from guangcai.orgs.facts import CommunityFact
from guangcai.orgs.models import WorkUnit

if TYPE_CHECKING:
    from guangcai.core.actor import Actor

PROPOSER_PURPOSE = "councils.proposal.proposer"
OWNER_PURPOSE = "councils.pledge_owner.person"
# States that were never open to the community: only those who deal with them and the proposer see them.
UNSCREENED = (ProposalState.RAISED, ProposalState.REFUSED)


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def visible_to(self, actor: "Actor") -> Self:
        """Screened ones of one's area; all of it for the desk; one's own; those put to a body one's unit sits in."""
        area = under("path", actor.paths_with(Permission.COUNCIL_VIEW)) & ~Q(state__in=UNSCREENED)
        desk = under("path", actor.paths_with(Permission.COUNCIL_EDIT))
        own = Q(proposer_id=actor.member_id) if actor.member_id else Q(pk__in=[])
        return self.filter(area | desk | own | self._of_units(actor))

    def _of_units(self, actor: "Actor") -> Q:
        units = actor.units_with(Permission.PROPOSAL_ANSWER)
        if not units:
            return Q(pk__in=[])
        seats = BodyMember.objects.open().filter(body=OuterRef("meeting__body"), work_unit__in=units)
        pledged = JointPledge.objects.filter(proposal=OuterRef("pk"), work_unit__in=units)
        return Q(Exists(pledged)) | (Q(Exists(seats)) & ~Q(state__in=UNSCREENED))


class Proposal(CommunityFact):
    """Somebody proposes something to the community. `state` is an index: its steps are the truth.

    `proposer`: the member; a resident's name and phone are sealed. `raised_from`: the matter it came from, by kind and
    key; the rooms it lies in are others. `meeting`: where it was tabled last. `round`: how often it was called done.
    """

    title = models.CharField(max_length=80)
    text = models.CharField(max_length=1000)
    proposer = models.ForeignKey("members.Member", models.PROTECT, null=True, blank=True, related_name="+")
    proposer_name = EncryptedTextField(purpose=PROPOSER_PURPOSE, blank=True)
    proposer_phone = EncryptedTextField(purpose=PROPOSER_PURPOSE, blank=True)
    raised_at = models.DateTimeField()
    raised_by = models.UUIDField(null=True)
    raised_from_kind = models.CharField(max_length=10, choices=MatterKind.choices, blank=True)
    raised_from_id = models.UUIDField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=ProposalState.choices, default=ProposalState.RAISED)
    meeting = models.ForeignKey(Meeting, models.PROTECT, null=True, blank=True, related_name="proposals")
    round = models.PositiveSmallIntegerField(default=0)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(title="") & ~Q(text=""), name="proposal_says_something"),
            models.CheckConstraint(
                condition=Q(raised_from_kind="", raised_from_id=None)
                | (~Q(raised_from_kind="") & Q(raised_from_id__isnull=False)),
                name="proposal_source_whole",
            ),
            models.UniqueConstraint(
                fields=["district_code", "raised_from_kind", "raised_from_id"],
                condition=Q(raised_from_id__isnull=False),
                name="proposal_once_a_source",
            ),
            models.CheckConstraint(
                condition=Q(meeting__isnull=False) | Q(state__in=["raised", "accepted", "refused", "dropped"]),
                name="proposal_tabled_in_a_meeting",
            ),
        ]
        indexes = [models.Index(fields=["path", "state", "-raised_at"], name="proposal_by_path")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("councils:proposal", args=[self.pk])


class ProposalStep(Fact):
    """One move of a proposal; `note` is told to the proposer. Append-only: a trigger refuses UPDATE and DELETE."""

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="steps")
    old = models.CharField(max_length=10, choices=ProposalState.choices, blank=True)
    new = models.CharField(max_length=10, choices=ProposalState.choices)
    note = models.CharField(max_length=500, blank=True)
    meeting = models.ForeignKey(Meeting, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    by = models.UUIDField(null=True)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(new__in=["refused", "dropped"]) | ~Q(note=""), name="step_ends_with_reason"
            ),
            models.CheckConstraint(
                condition=~Q(new="tabled", old="accepted") | Q(meeting__isnull=False), name="step_tabled_in_a_meeting"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.old} > {self.new}"


class JointPledgeQuerySet(models.QuerySet["JointPledge"]):
    def visible_to(self, actor: "Actor") -> Self:
        """Promises are public in the community; a unit sees its own."""
        units = actor.units_with(Permission.PROPOSAL_ANSWER)
        return self.filter(under("path", actor.paths_with(Permission.COUNCIL_VIEW)) | Q(work_unit__in=units))

    def live(self) -> Self:
        return self.filter(withdrawn_at=None)

    def open(self) -> Self:
        """Promised and not done, of a proposal that goes on."""
        return self.filter(withdrawn_at=None, done_on=None).exclude(proposal__state=ProposalState.DROPPED)


class JointPledge(CommunityFact):
    """A unit promises something for a proposal until a day: one unit an item. The day is never moved.

    Done: the local day, what was done in words, and how much of what. Withdrawn: with a reason that everybody reads.
    """

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="pledges")
    work_unit = models.ForeignKey(WorkUnit, models.PROTECT, related_name="joint_pledges")
    kind = models.CharField(max_length=8, choices=PledgeKind.choices)
    item = models.CharField(max_length=120)
    due_on = models.DateField()
    made_at = models.DateTimeField()
    made_by = models.UUIDField(null=True)
    done_on = models.DateField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.UUIDField(null=True, blank=True)
    evidence = models.CharField(max_length=1000, blank=True)
    quantity = models.PositiveIntegerField(null=True, blank=True)
    measure = models.CharField(max_length=20, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.UUIDField(null=True, blank=True)
    withdraw_reason = models.CharField(max_length=200, blank=True)

    objects = JointPledgeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district_code", "proposal", "item"],
                condition=Q(withdrawn_at=None, done_on=None),
                name="joint_pledge_item_once",
            ),
            models.CheckConstraint(condition=~Q(item=""), name="joint_pledge_says_what"),
            models.CheckConstraint(
                condition=Q(done_on=None, done_at=None, evidence="", quantity=None)
                | (Q(done_on__isnull=False, done_at__isnull=False, withdrawn_at=None) & ~Q(evidence="")),
                name="joint_pledge_done_whole",
            ),
            models.CheckConstraint(
                condition=Q(quantity=None, measure="") | (Q(quantity__gt=0) & ~Q(measure="")),
                name="joint_pledge_quantity_whole",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdraw_reason="")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdraw_reason="")),
                name="joint_pledge_withdrawn_with_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["work_unit", "due_on"], name="joint_pledge_by_unit"),
            models.Index(fields=["path", "due_on"], name="joint_pledge_by_path"),
        ]

    def __str__(self) -> str:
        return self.item


class PledgeOwner(Fact):
    """Who answers for a promise in the unit, from a moment on: the newest row is the owner. Sealed: a person."""

    pledge = models.ForeignKey(JointPledge, models.PROTECT, related_name="owners")
    name = EncryptedTextField(purpose=OWNER_PURPOSE)
    phone = EncryptedTextField(purpose=OWNER_PURPOSE, blank=True)
    since = models.DateTimeField()
    named_by = models.UUIDField(null=True)

    class Meta:
        ordering = ["since", "id"]

    def __str__(self) -> str:
        return f"owner of {self.pledge_id}"


class PledgeProgress(Fact):
    """A note on how far a promise has come. Append-only."""

    pledge = models.ForeignKey(JointPledge, models.PROTECT, related_name="progress")
    note = models.CharField(max_length=500)
    at = models.DateTimeField()
    by = models.UUIDField(null=True)

    class Meta:
        ordering = ["at", "id"]
        constraints = [models.CheckConstraint(condition=~Q(note=""), name="progress_says_something")]

    def __str__(self) -> str:
        return f"progress of {self.pledge_id}"


class Judgement(Fact):
    """What the proposer (no `seat`) or a residents' delegate thinks of what was done. Append-only, once a round."""

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="judgements")
    round = models.PositiveSmallIntegerField()
    seat = models.ForeignKey(BodyMember, models.PROTECT, null=True, blank=True, related_name="+")
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    note = models.CharField(max_length=500, blank=True)
    # How he said so, when somebody else wrote it down for him.
    asked = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    by = models.UUIDField(null=True)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["district_code", "proposal", "round"],
                condition=Q(seat=None),
                name="judged_once_by_proposer",
            ),
            models.UniqueConstraint(
                fields=["district_code", "proposal", "round", "seat"],
                condition=Q(seat__isnull=False),
                name="judged_once_by_delegate",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verdict} on {self.proposal_id}"


class MatterLink(CommunityFact):
    """An explicit link from a proposal to what else belongs to the matter. It changes nothing on either side."""

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="links")
    kind = models.CharField(max_length=10, choices=MatterKind.choices)
    target_id = models.UUIDField()
    label = models.CharField(max_length=120)
    added_at = models.DateTimeField()
    added_by = models.UUIDField(null=True)

    class Meta:
        ordering = ["added_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["district_code", "proposal", "kind", "target_id"], name="matter_linked_once"
            ),
            models.CheckConstraint(condition=~Q(label=""), name="matter_link_named"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.label}"
