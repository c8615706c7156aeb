"""What a member can do, against what is asked for: pure checks that every room offering something to do shares."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from guangcai.core.errors import RuleBroken


@dataclass(frozen=True)
class SkillHeld:
    """A skill a member has; `expires_on` None never expires."""

    name: str
    needs_certificate: bool = False
    certificate: str = ""
    expires_on: date | None = None


def check_skill(name: str, held: Iterable[SkillHeld], *, on: date) -> None:
    """Order 685 art 16: where the law asks for a qualification, nobody serves without it.

    Raises RuleBroken with code no_skill, no_certificate or certificate_expired.
    """
    skill = next((one for one in held if one.name == name), None)
    if skill is None:
        raise RuleBroken(_("The skill “%(skill)s” is needed for this.") % {"skill": name}, code="no_skill")
    if skill.needs_certificate and not skill.certificate:
        words = _("A certificate for “%(skill)s” is needed for this.") % {"skill": name}
        raise RuleBroken(words, code="no_certificate")
    if skill.expires_on is not None and skill.expires_on < on:
        words = _("Your certificate for “%(skill)s” runs out before that day.") % {"skill": name}
        raise RuleBroken(words, code="certificate_expired")
