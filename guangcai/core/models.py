"""Tables that belong to no context: the audit trail, and what the leaf modules keep."""

from django.db import models

from guangcai.core.enums import Channel, JobState
from guangcai.core.ids import new_id
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


class Job(models.Model):
    """A piece of background work as people see it: how far it is, how it ended. procrastinate runs it (core.jobs).

    `arguments` and `result` hold ids and counts, never names or phones.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=60)
    started_by = models.UUIDField(null=True)
    path = PathField(blank=True)
    arguments = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=JobState.choices, default=JobState.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    message = models.CharField(max_length=200, blank=True)
    result = models.JSONField(default=dict)
    # Rows that were refused, as a workbook in the file storage.
    refused_file = models.UUIDField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    queued_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[JobState.DONE, JobState.FAILED], ended_at__isnull=False)
                | models.Q(state__in=[JobState.WAITING, JobState.RUNNING], ended_at=None),
                name="job_ended_when_over",
            ),
        ]
        indexes = [models.Index(fields=["started_by", "-queued_at"], name="job_by_starter")]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}: {self.state}"


class Outbox(models.Model):
    """A message to one person, written with the change it tells of and sent afterwards (core.notify).

    Sent at least once: `id` goes with it, so that a gateway can leave out what it has already sent. `recipient` and
    `parameters` are ids, dates and numbers; the address is looked up when the message leaves.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    recipient = models.UUIDField(null=True)
    template = models.CharField(max_length=60)
    parameters = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    send_after = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)
    # The kind of the last failure, never its text: gateways repeat the phone in it.
    last_error = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(sent_at=None) | models.Q(given_up_at=None), name="outbox_sent_or_given_up"
            ),
        ]
        indexes = [
            models.Index(
                fields=["send_after"],
                name="outbox_to_send",
                condition=models.Q(sent_at=None, given_up_at=None),
            ),
            # What another system has taken and what waits for it, among all that ever left.
            models.Index(
                fields=["recipient", "sent_at"], name="outbox_calls", condition=models.Q(channel=Channel.HOOK)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.template} {self.id}"


class Sent(models.Model):
    """What a program sent under an id of its own, and the row it made (core.once).

    A keyed digest, because the content may name people: it tells whether the same is sent again, also after somebody
    has changed the row.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    row_id = models.UUIDField()
    digest = models.CharField(max_length=80)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.id)
