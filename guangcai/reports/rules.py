"""What holds for sets of forms: pure checks."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from guangcai.core.errors import RuleBroken

THREE = 3


def check_set(*, forms: Sequence[str], files: Sequence[str]) -> None:
    """Raises RuleBroken unless there are three different forms and one file. Source: A47."""
    if len(forms) != THREE:
        words = _("Choose exactly three forms: %(number)d are chosen.") % {"number": len(forms)}
        raise RuleBroken(words, code="three_forms")
    if len(files) != 1:
        words = _("Choose exactly one file: %(number)d are chosen.") % {"number": len(files)}
        raise RuleBroken(words, code="one_file")


def check_chosen(*, has_set: bool) -> None:
    if not has_set:
        raise RuleBroken(_("The district has not chosen the forms of the set yet."), code="no_set")
