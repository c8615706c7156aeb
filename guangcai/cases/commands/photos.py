"""Photos of requests: kept with the step they came with, taken away when nobody needs them any more."""

import base64
from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from guangcai.cases import rules
from guangcai.cases.models import Case, CasePhoto, CaseStep
from guangcai.cases.models.photo import MOST
from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import RuleBroken
from guangcai.core.photos import Photo


def keep_photos(step: CaseStep, photos: Sequence[Photo], *, now: datetime) -> None:
    """Keep the photos of a step that was just taken. Raises RuleBroken(field="photos") for more than three."""
    if len(photos) > MOST:
        words = _("At most %(number)d photos: choose those that show it best.") % {"number": MOST}
        raise RuleBroken(words, field="photos", code="photos_many")
    for number, photo in enumerate(photos, start=1):
        CasePhoto.objects.create(
            step=step,
            district_code=step.district_code,
            number=number,
            content=base64.b64encode(photo.jpeg).decode(),
            added_at=now,
        )


def take_photos_away(case: Case) -> int:
    """All photos of one case; how many."""
    return CasePhoto.objects.filter(step__case=case).delete()[0]


def forget_photos(*, by: Actor, now: datetime) -> int:
    """Take the photos of cases that ended 90 days ago away, for good; how many. For the nightly job. Harmless twice."""
    over = CasePhoto.objects.filter(step__case__ended_at__lt=now - rules.PHOTOS_KEPT)
    count = over.delete()[0]
    if count:
        audit.record(Tag.CASE_PHOTOS_FORGET, by=by, now=now, photos=count)
    return count
