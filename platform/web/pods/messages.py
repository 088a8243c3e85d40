"""The bodies of requests and responses. Pods may be older than the control plane: new members have defaults."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from kernel.errors import Forbidden, NotFound, PlantraceError, Unavailable
from kernel.tenancy import Limits
from kernel.times import EARLIEST, LATEST

Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$", max_length=64)]
_ERRORS = {error.status: error for error in (Forbidden, NotFound, Unavailable)}


class TenantUnavailable(msgspec.Struct, frozen=True):
    """Why the tenant's data cannot be used at present."""

    status: int
    slug: str
    detail: str
    retry_after: int | None = None

    @classmethod
    def of(cls, error: PlantraceError) -> TenantUnavailable:
        return cls(error.status, error.problem, error.detail, error.extra.get("retry_after"))

    def error(self) -> PlantraceError:
        extra = {} if self.retry_after is None else {"retry_after": self.retry_after}
        return _ERRORS.get(self.status, Unavailable)(self.detail, slug=self.slug, **extra)


class TenantResponse(msgspec.Struct, frozen=True):
    """The pod's tenant. `influx_url`: empty before it has a server. `stores`: accepted samples are to be written."""

    id: str
    slug: str
    name: str
    disk: str
    limits: Limits
    influx_url: str
    stores: bool
    unavailable: TenantUnavailable | None = msgspec.field(default=None, name="shut")  # as older pods know it


class CallerQuery(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Exactly one of them: a token's digest, or the key of a session."""

    token_digest: str = ""
    session: str = ""


class CallerResponse(msgspec.Struct, frozen=True):
    """Whose credential it is and what it allows in the pod's tenant. `ends_in_s`: when it expires."""

    tenant_id: str
    tenant_slug: str
    user_id: int
    username: str
    role: str
    scopes: list[str]
    via: Literal["session", "token"]
    ends_in_s: float | None = None
    token: str = ""  # its id
    device: str = ""  # that the token is bound to


class Held(msgspec.Struct, frozen=True):
    """A hold on the tenant, so that it is not upgraded, suspended or deleted in the meantime; and its row."""

    owner: str
    state: str
    backup_endpoint: str
    release: str
    limits: dict[str, int]
    size: dict[str, int]


class Hold(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    owner: str


class ArchiveKey(msgspec.Struct, frozen=True):
    """Signs only this tenant's archives."""

    id: str
    secret: bytes

    def __repr__(self) -> str:
        return f"ArchiveKey({self.id})"


class ArchiveSignature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of an archive that says it is `tenant`'s; see `runtime.signing`."""

    tenant: str
    key_id: str
    hmac: Sha256 = msgspec.field(name="said")  # as pods of 0.1 send it
    digest: Sha256


class Verdict(msgspec.Struct, frozen=True):
    """Why the archive was not made by this installation; empty if it was."""

    why: str = ""


class RestoreStart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`backup`: the archive's id; `of`: the slug of the tenant it was taken of."""

    owner: str
    backup: Annotated[str, Meta(min_length=1, max_length=11)]
    of: Annotated[str, Meta(max_length=64)]


class RestoredShards(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    owner: str
    shards: int


class Filled(msgspec.Struct, frozen=True):
    """Whether all shards answer; a restore continues after its client has ended."""

    done: bool
    message: str = ""


class AuditEvent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """As reported to `web.audit`; `at` in epoch ms."""

    at: Annotated[int, Meta(ge=EARLIEST, le=LATEST)]
    username: str
    via: Literal["", "session", "token"]
    address: str
    action: str
    target: str
    detail: dict[str, Any]
