"""The keys that sign archives. Each follows from one of FERNET_KEYS, and does not give that away.

A rotation must not disown old archives, so what is derived from a key is stored, encrypted, when something is signed
with it and when keys are rotated. Each tenant's archives have a key of their own: a pod of the tenant's can be given
that, and forges no other's.
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
    """What a tenant's archives are signed for, by its id."""
    return f"tenant {tenant}"


def signing_key(purpose: str) -> SigningKey:
    """The newest, for that purpose; it is known from now on, whatever becomes of FERNET_KEYS."""
    root = _derived(settings.FERNET_KEYS[0])
    _keep(root)
    return _for(root, purpose)


def known_keys(purpose: str, kept: bool = True) -> dict[str, SigningKey]:
    """All that may have signed for that purpose, by id. `kept`: also by keys that are no longer in FERNET_KEYS."""
    roots = [*map(_derived, settings.FERNET_KEYS), *(_kept() if kept else ())]
    return {key.id: key for key in (_for(root, purpose) for root in roots)}


def keep_all() -> None:
    """What follows from each of FERNET_KEYS is known after it is taken away."""
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
            continue  # archives that it signed are strangers until the key is back; all others are known
