"""Sensitive columns: sealed with AES-256-GCM under a key outside the database, found through a blind index.

The key ring is settings.GUANGCAI_KEYS, `1:base64,2:base64`: the last key seals, every key opens, the first makes the
blind indexes (docs/adr/0010). A token is bound to its row and purpose, so a cell copied to another row does not open.
Rotation, rewriting rows and indexes: core.reseal.
"""

import base64
import binascii
import os
from functools import lru_cache
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import models
from django.db.models.query_utils import DeferredAttribute

NONCE_BYTES = 12
KEY_BYTES = 32
# Ids take two bytes of a token.
MOST_KEY_ID = 1 << 16


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
    The key's id stands in front, "1:9f86d0...": core.reseal finds what an older key made.
    """
    if not value:
        return ""
    key_id, keyed = _index_key(settings.GUANGCAI_KEYS, purpose)
    digest = keyed.copy()
    digest.update(value.encode())
    return f"{key_id}:{digest.finalize().hex()}"


def current_key_id() -> int:
    """The id of the key that seals now."""
    return _current_cipher()[0]


def index_key_id() -> int:
    """The id of the key that makes blind indexes now."""
    return next(iter(_ring(settings.GUANGCAI_KEYS)))


def _bound_to(row_id: UUID | str, purpose: str) -> bytes:
    return f"{purpose}:{row_id}".encode()


@lru_cache
def _ring(text: str) -> dict[int, bytes]:
    """Key id -> key, in the order of the setting. Raises ImproperlyConfigured, never with a key in the message."""
    ring: dict[int, bytes] = {}
    for part in text.split(","):
        key_id, _, key = part.strip().partition(":")
        if not key_id.isdecimal() or not 0 < int(key_id) < MOST_KEY_ID or int(key_id) in ring:
            raise ImproperlyConfigured("GUANGCAI_KEYS: every key needs its own number before a colon")
        try:
            ring[int(key_id)] = base64.b64decode(key, validate=True)
        except binascii.Error:
            ring[int(key_id)] = b""
    if any(len(key) != KEY_BYTES for key in ring.values()):
        raise ImproperlyConfigured("GUANGCAI_KEYS must be `id:base64` pairs of 32-byte keys, separated by commas")
    return ring


@lru_cache
def _ciphers_of(text: str) -> dict[int, AESGCM]:
    return {key_id: AESGCM(key) for key_id, key in _ring(text).items()}


def _ciphers() -> dict[int, AESGCM]:
    return _ciphers_of(settings.GUANGCAI_KEYS)


@lru_cache
def _last_of(text: str) -> tuple[int, AESGCM]:
    return list(_ciphers_of(text).items())[-1]


def _current_cipher() -> tuple[int, AESGCM]:
    return _last_of(settings.GUANGCAI_KEYS)


@lru_cache
def _index_key(text: str, purpose: str) -> tuple[int, HMAC]:
    """The key's id, and a digest that has taken in the key: a copy of it costs a third of a new one."""
    key_id, first_key = next(iter(_ring(text).items()))
    key = HKDF(SHA256(), KEY_BYTES, salt=None, info=f"index:{purpose}".encode()).derive(first_key)
    return key_id, HMAC(key, SHA256())


class Sealed(bytes):
    """A token as read from the database, not opened yet: a list that shows no phone pays for none."""

    def __str__(self) -> str:
        return "****"

    __repr__ = __str__


class _SealedAttribute(DeferredAttribute):
    """Opens the token whenever the attribute is read, with the row's own key as associated data.

    The token stays on the instance: saving a row whose phone nobody changed writes the same token again.
    """

    field: "EncryptedTextField"

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        value = super().__get__(instance, owner)
        return open_sealed(value, _key_of(instance), self.field.purpose) if isinstance(value, Sealed) else value

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


def _key_of(instance: models.Model) -> UUID | str:
    """The primary key in its one written form, whatever form the program was given."""
    key = instance.pk
    if key is None:
        raise ValueError(f"{instance._meta.label} has no primary key yet: nothing can be sealed for it")
    return instance._meta.pk.to_python(key) if isinstance(key, str) else key


class EncryptedTextField(models.Field):
    """Text that is sealed at rest. On an instance it reads and writes as `str`; `save()` and `bulk_create()` seal it.

    Limits: `values()`, `values_list()` and raw SQL give tokens, to be opened with `open_sealed(token, pk, purpose)`;
    `update()`, `bulk_update()` and COPY take tokens, made by `seal(text, pk, purpose)`, and refuse text. It cannot be
    searched, only `__isnull`: keep a blind index beside it. A copy of a row under another key has to read the text
    from the first and assign it to the second. `purpose` is stored in no row but must never change.
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

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise FieldError(f"{self.name} is sealed and cannot be compared: look it up by its blind index")
        return super().get_lookup(lookup_name)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return None if value is None else Sealed(value)

    def pre_save(self, model_instance: models.Model, add: bool) -> bytes | None:
        value = model_instance.__dict__.get(self.attname, "")
        if value is None or isinstance(value, Sealed):
            return value
        return seal(str(value), _key_of(model_instance), self.purpose)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if isinstance(value, str) and value:
            raise TypeError(f"{self.name} takes tokens here: seal(text, pk, {self.purpose!r})")
        return None if value is None else connection.Database.Binary(bytes(value or b""))

    def value_to_string(self, obj: models.Model) -> str:
        raise TypeError("Sealed columns are not written out as text: use `guangcai backup`")
