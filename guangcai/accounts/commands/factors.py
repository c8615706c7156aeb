"""Second factors under a new key: allauth's table holds sealed secrets that core.reseal cannot see."""

from base64 import b64decode, b64encode

from allauth.mfa.models import Authenticator
from django.db import transaction

from guangcai.core.crypto import current_key_id, key_id_of, open_sealed, seal

PURPOSE = "accounts.authenticator"
SEALED = {Authenticator.Type.TOTP: "secret", Authenticator.Type.RECOVERY_CODES: "seed"}


def sealed_secret(text: str) -> str:
    """A secret as allauth's table keeps it. It is made before its row, so no row id binds it."""
    return b64encode(seal(text, "", PURPOSE)).decode()


def opened_secret(sealed: str) -> str:
    return open_sealed(b64decode(sealed), "", PURPOSE)


@transaction.atomic
def reseal_factors() -> int:
    """Put secrets that an old key sealed under the current one; returns how many. Safe to run again."""
    changed = 0
    for row in Authenticator.objects.select_for_update().filter(type__in=SEALED):
        name = SEALED[Authenticator.Type(row.type)]
        if key_id_of(b64decode(row.data[name])) == current_key_id():
            continue
        row.data[name] = sealed_secret(opened_secret(row.data[name]))
        row.save(update_fields=["data"])
        changed += 1
    return changed
