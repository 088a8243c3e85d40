"""The caller and the tenant of a request, set by the middleware."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Literal, Protocol

from kernel.errors import BadRequest, Unauthorized
from kernel.tenancy import TenantConnection


class Role(IntEnum):
    """A person's role inside one tenant; a higher one may do all that a lower one may."""

    viewer = 1
    engineer = 2
    admin = 3


@dataclass(frozen=True, slots=True)
class Caller:
    user_id: int
    username: str
    role: Role | None
    scopes: frozenset[str]
    operator: bool
    via: Literal["session", "token"]
    token: str = ""  # its id
    device: str = ""  # the id of the device that the token is bound to


class HasCaller(Protocol):
    caller: Caller | None
    tenant: TenantConnection | None


def caller_of(request: object) -> Caller:
    """The caller; works with Django's requests and DRF's. Raises Unauthorized if nobody signed in."""
    caller: Caller | None = getattr(request, "caller", None)
    if caller is None:
        raise Unauthorized("Sign in, or send `Authorization: Bearer <token>`.")
    return caller


def tenant_of(request: object) -> TenantConnection:
    """The tenant the request is for. Raises BadRequest if the request names none and the caller has several."""
    tenant: TenantConnection | None = getattr(request, "tenant", None)
    if tenant is None:
        if (error := getattr(request, "tenant_unavailable", None)) is not None:  # suspended, or not ready yet
            raise error
        raise BadRequest(
            "The request names no tenant: send `X-Plantrace-Tenant: <slug>` or `?tenant=<slug>`.", slug="tenant-missing"
        )
    return tenant
