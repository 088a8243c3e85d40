"""Sealing of secrets at rest: Fernet, the first key seals, every key opens (so that keys can be rotated)."""

from __future__ import annotations

import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from kernel.errors import Unavailable

NO_KEY = "A tenant's credentials cannot be read: none of FERNET_KEYS fits. Add the key they were sealed with."


def seal(secret: bytes) -> str:
    return _fernet().encrypt(secret).decode()


def unseal(sealed: str) -> bytes:
    """Raises Unavailable if none of the keys fits."""
    try:
        return _fernet().decrypt(sealed.encode())
    except InvalidToken:
        raise Unavailable(NO_KEY) from None


def key_of(sealed: str) -> str | None:
    """The key that opens it; None: none of ours does."""
    for key in settings.FERNET_KEYS:
        try:
            Fernet(key).decrypt(sealed.encode())
        except InvalidToken:
            continue
        return str(key)
    return None


def opens(sealed: str) -> bool:
    """Whether one of the keys fits."""
    return key_of(sealed) is not None


def fingerprint(key: str) -> str:
    """Tells keys apart and gives none away."""
    return hashlib.sha256(f"plantrace backup {key}".encode()).hexdigest()[:16]


def reseal(sealed: str) -> str:
    """The same secret under the first key."""
    return seal(unseal(sealed))


def _fernet() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.FERNET_KEYS])
