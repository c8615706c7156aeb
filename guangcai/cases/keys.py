"""What a case is found by: its number, the asker's phone, and the code the asker follows it with."""

import secrets
from datetime import datetime
from typing import Final

from django.utils.timezone import localdate

from guangcai.cases.models.asker import CODE_PURPOSE, PHONE_PURPOSE
from guangcai.core.crypto import blind_index
from guangcai.core.database import prepared
from guangcai.core.phones import normalise

# No letters or digits that are taken for one another when read aloud.
LETTERS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
CODE_LENGTH: Final = 10


def take_number(now: datetime) -> str:
    """The next number of the district, 26-000417. Never waits for another intake; a rollback leaves a gap."""
    with prepared() as cursor:
        cursor.execute("SELECT nextval('cases_case_number')")
        return f"{localdate(now):%y}-{int(cursor.fetchone()[0]):06d}"


def new_code() -> str:
    """A code to follow a case with: 50 bits, not to be guessed, to be read aloud."""
    return "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))


def code_key(code: str) -> str:
    """The blind index of a code as typed: case, spaces and dashes do not matter."""
    plain = "".join(sign for sign in code.upper() if sign.isalnum())
    return blind_index(plain, CODE_PURPOSE)


def phone_key(phone: str) -> str:
    """The blind index of an asker's phone; `phone` in any notation, "" for none."""
    return blind_index(normalise(phone), PHONE_PURPOSE) if phone else ""
