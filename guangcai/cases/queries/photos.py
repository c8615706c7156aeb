"""Which photos of a case one reader sees, without their content."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from guangcai.cases.enums import StepKind
from guangcai.cases.models import Case, CasePhoto
from guangcai.core.actor import Actor


@dataclass(frozen=True)
class PhotoShown:
    """Where a photo is read and what it shows, in words for whoever does not see it."""

    url: str
    words: str


def photos_for(case: Case, actor: Actor) -> list[PhotoShown]:
    """What the actor may see. One statement."""
    return _shown(CasePhoto.objects.visible_to(actor).filter(step__case=case), "cases:photo")


def photos_of_code(case: Case) -> list[PhotoShown]:
    """All of them, for whoever follows the case by its code. One statement."""
    return _shown(CasePhoto.objects.filter(step__case=case), "cases:public_photo")


def _shown(rows: "QuerySet[CasePhoto]", address: str) -> list[PhotoShown]:
    found = rows.order_by("step__number", "number").values_list("pk", "step__kind", "number")
    return [PhotoShown(reverse(address, args=[key]), _words(kind, number)) for key, kind, number in found]


def _words(kind: str, number: int) -> str:
    words = _("Photo %(number)d of the work") if kind == StepKind.DONE else _("Photo %(number)d of the request")
    return words % {"number": number}
