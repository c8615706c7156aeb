"""Who sits in a studio: the roster, from a day to a day."""

from django.db import models
from django.db.models import Q

from guangcai.commitments.models import Commitment, CommitmentQuerySet
from guangcai.members.models import Occupation
from guangcai.studios.models.studio import Studio


class RotaPlace(Commitment):
    """A member sits in a studio: he offers to, the desk confirms, either side ends it (docs/adr/0018).

    background: what residents are told of him, a type and never more (A22): lawyer, doctor, teacher.
    """

    studio = models.ForeignKey(Studio, models.PROTECT, related_name="rota")
    background = models.ForeignKey(Occupation, models.PROTECT, related_name="+")

    objects = CommitmentQuerySet.as_manager()

    class Meta(Commitment.Meta):
        abstract = False
        constraints = [
            *Commitment.Meta.constraints,
            models.UniqueConstraint(
                fields=["district_code", "studio", "member"], condition=Q(ended_at=None), name="rota_place_once"
            ),
        ]
        indexes = [models.Index(fields=["member", "-offered_at"], name="rota_place_by_member")]

    def __str__(self) -> str:
        return f"{self.member_id} in {self.studio_id}"
