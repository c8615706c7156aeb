"""Who asked, kept apart from what was asked (docs/adr/0022)."""

from django.db import models
from django.db.models import Q

from guangcai.cases.models.case import Case
from guangcai.core.crypto import EncryptedTextField
from guangcai.core.facts import Fact
from guangcai.members.models import Member

PHONE_PURPOSE = "cases.asker.phone"
CODE_PURPOSE = "cases.asker.code"


class Asker(Fact):
    """The one who asked, in a table of his own. No list, search, export or figure of cases joins it.

    Read through queries.askers alone: by the desk of the community (masked; the full phone with phone_open, logged),
    by whoever has the job while he has it, by the asker himself; by an overseer with a reason, logged. Never by whoever
    the case complains of, and not by whoever does it when the item hides the asker.

    code: what the asker follows his case with; only its blind index is looked up. told: messages sent, two at most.
    """

    case = models.OneToOneField(Case, models.PROTECT, related_name="asker")
    name = EncryptedTextField(purpose="cases.asker.name", blank=True)
    phone = EncryptedTextField(purpose=PHONE_PURPOSE, blank=True)
    phone_index = models.CharField(max_length=80, blank=True)
    flat = EncryptedTextField(purpose="cases.asker.flat", blank=True)
    member = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+")
    wants_word = models.BooleanField(default=True)
    told = models.PositiveSmallIntegerField(default=0)
    code = EncryptedTextField(purpose=CODE_PURPOSE, blank=True)
    code_index = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(told__lte=2), name="asker_told_twice_at_most"),
            models.UniqueConstraint(
                fields=["district_code", "code_index"], condition=~Q(code_index=""), name="asker_code_once"
            ),
        ]
        indexes = [models.Index(fields=["phone_index"], condition=~Q(phone_index=""), name="asker_by_phone")]

    def __str__(self) -> str:
        return f"asker of {self.case_id}"
