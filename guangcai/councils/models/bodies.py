"""Bodies, who sits in them, and what they publish month by month."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse

from guangcai.core.crypto import EncryptedTextField
from guangcai.core.facts import Fact
from guangcai.core.permissions import Permission
from guangcai.core.scoping import PathField, ancestors, under
from guangcai.councils.enums import BodyKind, BodyRole, PartyClass, RecordKind
from guangcai.orgs.models import Node, WorkUnit

if TYPE_CHECKING:
    from guangcai.core.actor import Actor

PARTY_PURPOSE = "councils.body_member.party"


class RequiredParty(models.Model):
    """A class of party without which a kind of body is not complete (A26); a row each."""

    kind = models.CharField(max_length=12, choices=BodyKind.choices)
    party = models.CharField(max_length=10, choices=PartyClass.choices)
    source = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["kind", "id"]
        constraints = [models.UniqueConstraint(fields=["kind", "party"], name="required_party_once")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.party}"


class BodyQuerySet(models.QuerySet["Body"]):
    def visible_to(self, actor: "Actor") -> Self:
        """Bodies of one's area, those above it that cover it, and those in which one's unit sits."""
        paths = actor.paths_with(Permission.COUNCIL_VIEW)
        above = {node for path in paths for node in ancestors(path)}
        units = actor.units_with(Permission.PROPOSAL_ANSWER)
        sits = Exists(BodyMember.objects.open().filter(body=OuterRef("pk"), work_unit__in=units))
        return self.filter(under("path", paths) | Q(path__in=above) | (sits if units else Q(pk__in=[])))

    def live(self) -> Self:
        return self.filter(ended_on=None)


class Body(Fact):
    """A council, a meeting of units or a committee, at the node it serves: a district, street or community."""

    node = models.ForeignKey(Node, models.PROTECT, related_name="+")
    path = PathField(editable=False)
    kind = models.CharField(max_length=12, choices=BodyKind.choices)
    name = models.CharField(max_length=60)
    purpose = models.CharField(max_length=500)
    set_up_on = models.DateField()
    added_at = models.DateTimeField()
    added_by = models.UUIDField(null=True)
    ended_on = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.UUIDField(null=True, blank=True)
    end_reason = models.CharField(max_length=200, blank=True)

    objects = BodyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name="") & ~Q(purpose=""), name="body_named"),
            models.UniqueConstraint(
                fields=["district_code", "node", "name"], condition=Q(ended_on=None), name="body_named_once"
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None, ended_at=None, end_reason="")
                | (Q(ended_on__gte=F("set_up_on"), ended_at__isnull=False) & ~Q(end_reason="")),
                name="body_ended_whole",
            ),
        ]
        indexes = [models.Index(fields=["path"], name="body_by_path")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("councils:body", args=[self.pk])


class BodyMemberQuerySet(models.QuerySet["BodyMember"]):
    def open(self) -> Self:
        return self.filter(until=None)


class BodyMember(Fact):
    """Somebody sits in a body from a day to a day: a member, a work unit, or a named party. Exactly one of the three.

    `party`: whom he speaks for. `party_name` is sealed: a residents' delegate is a person.
    """

    body = models.ForeignKey(Body, models.PROTECT, related_name="seats")
    member = models.ForeignKey("members.Member", models.PROTECT, null=True, blank=True, related_name="+")
    work_unit = models.ForeignKey(WorkUnit, models.PROTECT, null=True, blank=True, related_name="+")
    party = models.CharField(max_length=10, choices=PartyClass.choices)
    party_name = EncryptedTextField(purpose=PARTY_PURPOSE, blank=True)
    role = models.CharField(max_length=10, choices=BodyRole.choices, default=BodyRole.MEMBER)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    added_at = models.DateTimeField()
    added_by = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.UUIDField(null=True, blank=True)

    objects = BodyMemberQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(member=None) | Q(work_unit=None), name="seat_of_one"),
            models.UniqueConstraint(
                fields=["district_code", "body", "member"], condition=Q(until=None), name="seat_once_a_member"
            ),
            models.UniqueConstraint(
                fields=["district_code", "body", "work_unit"], condition=Q(until=None), name="seat_once_a_unit"
            ),
            models.UniqueConstraint(
                fields=["district_code", "body"], condition=Q(until=None, role=BodyRole.CHAIR), name="body_one_chair"
            ),
            models.CheckConstraint(
                condition=Q(until=None, ended_at=None) | Q(until__gte=F("since"), ended_at__isnull=False),
                name="seat_ended_whole",
            ),
        ]
        indexes = [models.Index(fields=["body"], condition=Q(until=None), name="seat_open_by_body")]

    def __str__(self) -> str:
        return f"{self.party} in {self.body_id}"


class BodyRecord(Fact):
    """What a body publishes for a month: its menu of activities (A34) or what a survey found (A35). Never changed."""

    body = models.ForeignKey(Body, models.PROTECT, related_name="records")
    kind = models.CharField(max_length=8, choices=RecordKind.choices)
    # First day of the month it is for.
    month = models.DateField()
    text = models.CharField(max_length=2000)
    published_at = models.DateTimeField()
    published_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district_code", "body", "kind", "month"], name="body_record_once_a_month"),
            models.CheckConstraint(condition=~Q(text="") & Q(month__day=1), name="body_record_of_a_month"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.month} of {self.body_id}"
