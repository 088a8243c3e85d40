"""The keys that sign archives. Each is derived from one of FERNET_KEYS, which cannot be recovered from it.

A rotation must not disown old archives, so what is derived from a key is stored, encrypted, when something is signed
with it and when keys are rotated. Each tenant's archives have a key of their own: one of the tenant's pods can have
it, and cannot forge another tenant's.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from kernel.errors import Unavailable
from runtime.signing import SigningKey
from tenants import crypto
from tenants.models import ArchiveKey

INSTALLATION = "installation"


def of_tenant(tenant: str) -> str:
    """The purpose that a tenant's archives are signed for, by its id."""
    return f"tenant {tenant}"


def signing_key(purpose: str) -> SigningKey:
    """The newest, for that purpose; it stays known even if FERNET_KEYS change."""
    root = _derived(settings.FERNET_KEYS[0])
    _keep(root)
    return _for(root, purpose)


def known_keys(purpose: str, kept: bool = True) -> dict[str, SigningKey]:
    """All keys that may have signed for that purpose, by id. `kept`: with those no longer in FERNET_KEYS."""
    roots = [*map(_derived, settings.FERNET_KEYS), *(_kept() if kept else ())]
    return {key.id: key for key in (_for(root, purpose) for root in roots)}


def keep_all() -> None:
    """Everything derived from FERNET_KEYS stays known after a key is removed."""
    for key in settings.FERNET_KEYS:
        _keep(_derived(key))


def _derived(fernet_key: str) -> bytes:
    material = base64.urlsafe_b64decode(fernet_key)
    return HKDF(SHA256(), 32, salt=None, info=b"plantrace archives").derive(material)


def _for(root: bytes, purpose: str) -> SigningKey:
    secret = hmac.new(root, purpose.encode(), hashlib.sha256).digest()
    return SigningKey(_id(root), secret)


def _id(root: bytes) -> str:
    return hashlib.sha256(b"plantrace archive key " + root).hexdigest()[:16]


def _keep(root: bytes) -> None:
    if not ArchiveKey.objects.filter(pk=_id(root)).exists():
        encrypted_key = crypto.encrypt(base64.b64encode(root))
        ArchiveKey.objects.get_or_create(id=_id(root), defaults={"encrypted_key": encrypted_key})


def _kept() -> Iterable[bytes]:
    for row in ArchiveKey.objects.all():
        try:
            yield base64.b64decode(crypto.decrypt(row.encrypted_key))
        except Unavailable:
            continue  # its archives cannot be verified until the key is back; all others can
