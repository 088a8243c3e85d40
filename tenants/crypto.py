"""Sealing of secrets at rest: Fernet, the first key seals, every key opens (so that keys can be rotated)."""

from __future__ import annotations

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from kernel.errors import Unavailable


def seal(secret: bytes) -> str:
    return _fernet().encrypt(secret).decode()


def unseal(sealed: str) -> bytes:
    """Raises Unavailable if none of the keys fits."""
    try:
        return _fernet().decrypt(sealed.encode())
    except InvalidToken:
        raise Unavailable(
            "A tenant's credentials cannot be read: none of FERNET_KEYS fits. Add the key they were sealed with."
        ) from None


def opens(sealed: str) -> bool:
    """Whether one of the keys fits."""
    try:
        _fernet().decrypt(sealed.encode())
    except InvalidToken:
        return False
    return True


def reseal(sealed: str) -> str:
    """The same secret under the first key."""
    return seal(unseal(sealed))


def _fernet() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.FERNET_KEYS])
