"""One rule for the name of a person, wherever it is written: in a list, on a slip at the door, at the desk."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guangcai.core.errors import RuleBroken
from guangcai.members.roster_import.cells import read_name
from guangcai.members.roster_import.problems import CellProblem

# Where a field has no row to take out, it says so in its own words.
SENTENCES: Final[dict[str, Promise]] = {
    "name_missing": _("Give the name of the person."),
    "name_header": _("This is the header of a list, not a name: write the name."),
    "name_several": _("These are several names: write one person at a time."),
}


def fit_name(text: str) -> str:
    """The name, cleaned as a roster keeps it. Raises RuleBroken(field="name") with the code that a list would get."""
    try:
        return read_name(text)
    except CellProblem as problem:
        words = SENTENCES.get(problem.code, problem.message)
        raise RuleBroken(words, field="name", code=problem.code) from None
