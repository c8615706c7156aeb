"""Sensitive columns: sealed with AES-256-GCM under a key outside the database, found through a blind index.

The key ring is settings.GUANGCAI_KEYS, `1:base64,2:base64`: the last key seals, every key opens (docs/adr/0010).
A token is bound to its row and purpose, so a cell copied to another row does not open.
"""

import base64
import hashlib
import hmac
import os
from functools import lru_cache
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.db.models.query_utils import DeferredAttribute

NONCE_BYTES = 12
KEY_BYTES = 32


class CannotOpen(Exception):
    """A sealed value does not open: wrong key ring, wrong row, or damaged. Never shown with its content."""


def seal(text: str, row_id: UUID | str, purpose: str) -> bytes:
    """A token of `text` for one row and purpose: key id (2 bytes), nonce (12), ciphertext. "" stays empty."""
    if not text:
        return b""
    key_id, cipher = _current_cipher()
    nonce = os.urandom(NONCE_BYTES)
    return key_id.to_bytes(2, "big") + nonce + cipher.encrypt(nonce, text.encode(), _bound_to(row_id, purpose))


def open_sealed(token: bytes, row_id: UUID | str, purpose: str) -> str:
    """The text of a token made by `seal` for the same row and purpose. Raises CannotOpen."""
    token = bytes(token)
    if not token:
        return ""
    cipher = _ciphers().get(key_id_of(token))
    if cipher is None:
        raise CannotOpen(f"no key {key_id_of(token)} in the ring for {purpose}")
    nonce, sealed = token[2 : 2 + NONCE_BYTES], token[2 + NONCE_BYTES :]
    try:
        return cipher.decrypt(nonce, sealed, _bound_to(row_id, purpose)).decode()
    except InvalidTag as broken:
        raise CannotOpen(f"{purpose} of row {row_id} does not open") from broken


def key_id_of(token: bytes) -> int:
    """The id of the key that sealed `token`."""
    return int.from_bytes(bytes(token)[:2], "big")


def blind_index(value: str, purpose: str) -> str:
    """A keyed digest of `value` for equality look-up: the same value and purpose give the same index.

    The index key is derived from the ring's first key, so that adding a key for rotation does not lose anybody.
    """
    return hmac.new(_index_key(purpose), value.encode(), hashlib.sha256).hexdigest() if value else ""


def _bound_to(row_id: UUID | str, purpose: str) -> bytes:
    return f"{purpose}:{row_id}".encode()


@lru_cache
def _ring(text: str) -> dict[int, bytes]:
    ring = {}
    for part in text.split(","):
        key_id, _, key = part.strip().partition(":")
        ring[int(key_id)] = base64.b64decode(key)
    if not ring or any(len(key) != KEY_BYTES for key in ring.values()):
        raise ImproperlyConfigured("GUANGCAI_KEYS must be `id:base64` pairs of 32-byte keys, separated by commas")
    return ring


@lru_cache
def _ciphers_of(text: str) -> dict[int, AESGCM]:
    return {key_id: AESGCM(key) for key_id, key in _ring(text).items()}


def _ciphers() -> dict[int, AESGCM]:
    return _ciphers_of(settings.GUANGCAI_KEYS)


def _current_cipher() -> tuple[int, AESGCM]:
    return list(_ciphers().items())[-1]


@lru_cache
def _derived(first_key: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"index:{purpose}".encode()).derive(first_key)


def _index_key(purpose: str) -> bytes:
    return _derived(next(iter(_ring(settings.GUANGCAI_KEYS).values())), purpose)


class Sealed(bytes):
    """A token as read from the database, not opened yet: a list that shows no phone pays for none."""


class _SealedAttribute(DeferredAttribute):
    """Opens the token when the attribute is read, with the row's own key as associated data."""

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        value = super().__get__(instance, owner)
        if isinstance(value, Sealed):
            value = instance.__dict__[self.field.attname] = open_sealed(value, instance.pk, self.field.purpose)
        return value


class EncryptedTextField(models.Field):
    """Text that is sealed at rest. On an instance it reads and writes as `str`.

    `values()` and raw SQL give tokens: open them with `open_sealed(token, pk, purpose)`. Bulk writers that bypass the
    model (COPY) seal with `seal(text, pk, purpose)`. It cannot be searched: keep a blind index beside it.
    """

    description = "Text sealed with AES-256-GCM"
    descriptor_class = _SealedAttribute
    empty_strings_allowed = True

    def __init__(self, *args: Any, purpose: str, **kwargs: Any) -> None:
        self.purpose = purpose
        kwargs.setdefault("default", "")
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "purpose": self.purpose}

    def get_internal_type(self) -> str:
        return "BinaryField"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return None if value is None else Sealed(value)

    def pre_save(self, model_instance: models.Model, add: bool) -> bytes:
        value = model_instance.__dict__.get(self.attname, "")
        return bytes(value) if isinstance(value, Sealed) else seal(value or "", model_instance.pk, self.purpose)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return connection.Database.Binary(value if isinstance(value, bytes) else b"")
