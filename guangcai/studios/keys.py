"""The code a number is followed with: made from the number's id, so that a slip can be printed again and none is kept.

Only its hash is stored, to look it up by.
"""

from hashlib import sha256
from typing import Final
from uuid import UUID

from django.utils.crypto import salted_hmac

from guangcai.cases.keys import CODE_LENGTH, LETTERS

SALT: Final = "guangcai.studios.ticket"


def code_of(ticket: UUID) -> str:
    """Ten signs, 49 bits: not to be guessed within the limits of the open door."""
    digest = salted_hmac(SALT, ticket.hex, algorithm="sha256").digest()
    return "".join(LETTERS[byte % len(LETTERS)] for byte in digest[:CODE_LENGTH])


def hash_of(code: str) -> str:
    """As it is stored. Case, spaces and dashes do not matter."""
    plain = "".join(sign for sign in code.upper() if sign.isalnum())
    return sha256(plain.encode()).hexdigest()
