"""What a member does for a living, can do, wants to do, and has agreed to."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from guangcai.core.facts import Fact
from guangcai.core.kinds import Kind
from guangcai.members.enums import DayPart


class Occupation(models.Model):
    """An occupational group as the district counts it (S1)."""

    code = models.SlugField(max_length=30, unique=True)
    name = models.CharField(max_length=40, unique=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name


class ServiceKind(Kind):
    """A kind of service: what members offer, what entries are counted by (A09, editable)."""


class SkillKind(models.Model):
    """A skill; some may be used only with a certificate in force (Order 685 art 16)."""

    code = models.SlugField(max_length=30, unique=True)
    name = models.CharField(max_length=40, unique=True)
    needs_certificate = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name


class Skill(Fact):
    """A member's skill with its certificate."""

    member = models.ForeignKey("members.Member", models.PROTECT, related_name="skills")
    kind = models.ForeignKey(SkillKind, models.PROTECT, related_name="+")
    certificate = models.CharField(max_length=80, blank=True)
    expires_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district_code", "member", "kind"], name="skill_once_per_member")
        ]

    def __str__(self) -> str:
        return f"{self.kind}"


class Intention(Fact):
    """A kind of service a member offers, and when he can."""

    member = models.ForeignKey("members.Member", models.PROTECT, related_name="intentions")
    kind = models.ForeignKey(ServiceKind, models.PROTECT, related_name="+")
    times = ArrayField(models.CharField(max_length=20, choices=DayPart.choices), default=list, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district_code", "member", "kind"], name="intention_once_per_member")
        ]

    def __str__(self) -> str:
        return f"{self.kind}"

    @property
    def time_words(self) -> str:
        """The times as people read them, in the order of the week."""
        return " · ".join(str(part.label) for part in DayPart if part in self.times)


class PrivacyNotice(models.Model):
    """The text a person agreed to, by version: what is kept, why, how long, who sees it."""

    version = models.CharField(max_length=20, unique=True)
    text = models.TextField()
    since = models.DateField(unique=True)

    def __str__(self) -> str:
        return self.version


class Consent(Fact):
    """A member agreed to a notice (Order 67 art 6: entry by the organisation needs consent), until withdrawn."""

    member = models.ForeignKey("members.Member", models.PROTECT, related_name="consents")
    notice = models.ForeignKey(PrivacyNotice, models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    given_by = models.UUIDField(null=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district_code", "member", "notice"],
                condition=Q(withdrawn_at=None),
                name="consent_once_per_notice",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None) | Q(withdrawn_at__isnull=False),
                name="consent_withdrawn_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.notice}"
