"""Tables that belong to no context: the audit trail, and what the leaf modules keep."""

from django.db import models

from guangcai.core.scoping import PathField


class AuditEvent(models.Model):
    """One line of the audit trail. Lane, number and hashes are set by the database, never by the program."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    tag = models.CharField(max_length=60)
    actor_id = models.UUIDField(null=True)
    actor_roles = models.CharField(max_length=200)
    subject_type = models.CharField(max_length=60, blank=True)
    subject_id = models.CharField(max_length=60, blank=True)
    path = PathField(blank=True)
    details = models.JSONField(default=dict)
    lane = models.SmallIntegerField(default=0, editable=False)
    number = models.BigIntegerField(default=0, editable=False)
    prev_hash = models.BinaryField(default=b"", editable=False)
    hash = models.BinaryField(default=b"", editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lane", "number"], name="audit_number_once_per_lane")]
        indexes = [
            models.Index(fields=["path", "-at"], name="audit_by_path"),
            models.Index(fields=["subject_type", "subject_id"], name="audit_by_subject"),
            models.Index(fields=["actor_id", "-at"], name="audit_by_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.tag} {self.subject_type}:{self.subject_id}"


class Installation(models.Model):
    """The one row that says what this database is: a demo, or a real district."""

    only = models.BooleanField(primary_key=True, default=True)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(only=True), name="installation_is_one_row")]

    def __str__(self) -> str:
        return "demo" if self.is_demo else "real"
