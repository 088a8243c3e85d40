"""Encryption of secrets at rest with Fernet: the first key encrypts, every key decrypts, so keys can be rotated."""

from __future__ import annotations

import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from kernel.errors import Unavailable

NO_KEY = "A tenant's credentials cannot be read: none of FERNET_KEYS fits. Add the key they were encrypted with."


def encrypt(secret: bytes) -> str:
    return _fernet().encrypt(secret).decode()


def decrypt(encrypted: str) -> bytes:
    """Raises Unavailable if none of the keys fits."""
    try:
        return _fernet().decrypt(encrypted.encode())
    except InvalidToken:
        raise Unavailable(NO_KEY) from None


def key_of(encrypted: str) -> str | None:
    """The key that decrypts it; None: none of ours does."""
    for key in settings.FERNET_KEYS:
        try:
            Fernet(key).decrypt(encrypted.encode())
        except InvalidToken:
            continue
        return str(key)
    return None


def can_decrypt(encrypted: str) -> bool:
    """Whether one of the keys fits."""
    return key_of(encrypted) is not None


def fingerprint(key: str) -> str:
    """Identifies a key without revealing it."""
    return hashlib.sha256(f"plantrace backup {key}".encode()).hexdigest()[:16]


def reencrypt(encrypted: str) -> str:
    """The same secret under the first key."""
    return encrypt(decrypt(encrypted))


def _fernet() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.FERNET_KEYS])
