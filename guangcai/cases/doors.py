"""What the open doors of cases allow: how often a stranger may write or try a code, and when to ring first.

Pure: no database, no clock. The page and the exchange dialect count with the same limits.
"""

import json
from datetime import timedelta
from functools import lru_cache
from importlib.resources import files
from typing import Final

from django.utils.translation import gettext_lazy as _

from guangcai.accounts.rules import Limit
from guangcai.core.errors import RuleBroken

# A whole stairwell behind one network address still asks freely; one phone is one household.
RAISED_OF_ADDRESS: Final = Limit("case:raise:address", 60, timedelta(days=1))
RAISED_OF_PHONE: Final = Limit("case:raise:phone", 8, timedelta(days=1))
# Codes that follow nothing, counted by address: 100 an hour against 50 bits.
CODES_OF_ADDRESS: Final = Limit("case:code:address", 100, timedelta(hours=1))
# A hotline hands over what it heard; a run-away loop does not bury the desks.
EXCHANGED_OF_KEY: Final = Limit("case:exchange:key", 2000, timedelta(hours=1))
# How long a browser that showed a code may read and answer without showing it again.
CODE_HOLDS: Final = timedelta(minutes=30)


def check_not_flooding(*, of_address: int, of_phone: int) -> None:
    """Raises RuleBroken(code="too_many") when one address or one phone asked too much in a day. Says whom to ring."""
    if of_address > RAISED_OF_ADDRESS.most or of_phone > RAISED_OF_PHONE.most:
        words = _("Too many requests from here today. Ring your community, or come to its desk.")
        raise RuleBroken(words, code="too_many")


def is_guessing(wrong_codes: int) -> bool:
    return wrong_codes > CODES_OF_ADDRESS.most


@lru_cache(maxsize=1)
def _words() -> dict[str, list[str]]:
    shipped = json.loads((files("guangcai.cases") / "data" / "emergencies.json").read_text("utf-8"))
    return dict(shipped["words"])


def numbers_for(text: str) -> list[str]:
    """The emergency numbers that the words call for, in the order 110, 119, 120; none for everyday words."""
    return sorted(number for number, words in _words().items() if any(word in text for word in words))
