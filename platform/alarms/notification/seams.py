"""What notification needs of other packages: interfaces that `config` connects."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple, Protocol

from kernel.seams import Seam
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


members = Seam[Members]("members of tenants")
secrets = Seam[Secrets]("encryption of secrets")
