"""Photos of a request: what was found, and what was done (docs/adr/0029)."""

import base64
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from guangcai.cases.enums import ASSIGNED, StepKind
from guangcai.cases.models.case import Case
from guangcai.cases.models.step import CaseStep
from guangcai.core.crypto import EncryptedTextField
from guangcai.core.facts import Fact

if TYPE_CHECKING:
    from guangcai.core.actor import Actor

PURPOSE = "cases.photo.content"
MOST = 3


class CasePhotoQuerySet(models.QuerySet["CasePhoto"]):
    def visible_to(self, actor: "Actor") -> Self:
        """Of cases the actor sees: all to the desk, the street and the asker; what the asker sent, to whoever has the
        job while he has it, unless the item hides the asker. What shows the work, to all who see the case.

        Whoever the case complains of sees none, as he does not see the case.
        """
        from guangcai.cases.models.asker import Asker  # cycle: both point to cases

        seen = Case.objects.visible_to(actor)
        whole = Q(step__case__in=Case.objects.of_area(actor).values("pk"))
        whole |= Q(step__case__in=seen.filter(state__in=ASSIGNED, item__hides_asker=False).values("pk"))
        if actor.member_id is not None:
            own = Asker.objects.filter(member=actor.member_id).values("case")
            whole |= Q(step__case__in=seen.filter(pk__in=own).values("pk"))
        return self.filter(whole | Q(step__kind=StepKind.DONE, step__case__in=seen.values("pk")))


class CasePhoto(Fact):
    """One photo of the step it came with: raising or doing. Sealed; taken away whole, see commands.photos.

    content: a JPEG of core.photos in base64, so that it rotates with the other sealed columns.
    """

    step = models.ForeignKey(CaseStep, models.PROTECT, related_name="photos")
    number = models.PositiveSmallIntegerField()
    content = EncryptedTextField(purpose=PURPOSE)
    added_at = models.DateTimeField()

    objects = CasePhotoQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district_code", "step", "number"], name="case_photo_once"),
            models.CheckConstraint(condition=Q(number__gte=1, number__lte=MOST), name="case_photo_three_at_most"),
        ]

    def __str__(self) -> str:
        return f"photo {self.number} of {self.step_id}"

    @property
    def jpeg(self) -> bytes:
        return base64.b64decode(self.content)
