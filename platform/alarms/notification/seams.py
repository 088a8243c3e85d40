"""What notification needs of other packages: interfaces that `config` connects."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple, Protocol

from kernel.tenancy import TenantConnection


class Contact(NamedTuple):
    """A member who may be told; `email` empty: none is known. `id`: of the membership."""

    id: str
    user_id: int
    username: str
    name: str
    email: str


class Members(Protocol):
    def contacts(self, tenant: TenantConnection, ids: Collection[str]) -> dict[str, Contact]:
        """Of those that are active members of the tenant, by id. Raises Unavailable."""

    def everybody(self, tenant: TenantConnection) -> list[Contact]:
        """All active members of the tenant. Raises Unavailable."""


class Secrets(Protocol):
    """Encryption with the installation's keys."""

    def encrypt(self, secret: bytes) -> str: ...

    def decrypt(self, encrypted: str) -> bytes:
        """Raises Unavailable if none of the keys fits."""


_members: Members | None = None
_secrets: Secrets | None = None


def set_members(value: Members) -> None:
    """Call once per process."""
    global _members
    _members = value


def members() -> Members:
    if _members is None:
        raise RuntimeError("No members: config's AppConfig sets them.")
    return _members


def set_secrets(value: Secrets) -> None:
    """Call once per process."""
    global _secrets
    _secrets = value


def secrets() -> Secrets:
    if _secrets is None:
        raise RuntimeError("No encryption of secrets: config's AppConfig sets it.")
    return _secrets
