"""A pod's client of the control plane."""

from __future__ import annotations

from functools import cache
from types import NoneType
from typing import Any, TypeVar

import msgspec
import requests
from django.conf import settings

from kernel.errors import BadRequest, Conflict, NotFound, PlantraceError, TooLarge, Unauthorized, Unavailable
from kernel.tenancy import TenantConnection
from web.pods.messages import (
    ArchiveKey,
    ArchiveSignature,
    AuditEvent,
    CallerQuery,
    CallerResponse,
    Filled,
    Held,
    Hold,
    RestoredShards,
    RestoreStart,
    TenantResponse,
    Verdict,
)
from web.pods.reach import AWAY, NoAnswer, Reach

T = TypeVar("T")
CONNECT_TIMEOUT_S, READ_TIMEOUT_S = 1.0, 3.0
SLOW_TIMEOUT_S = 60.0  # for what waits for InfluxDB
REVOKED = "service-token"  # the problem that says so


class Revoked(Unavailable):
    """The control plane does not accept the service token (any more)."""


class ControlPlane:
    """Raises Unavailable; Revoked among it."""

    def __init__(self, url: str, token: str, timeout_s: float = READ_TIMEOUT_S) -> None:
        self._url, self._timeout_s = f"{url}/internal/v1", timeout_s
        self._session = requests.Session()
        self._session.trust_env = False  # never through a proxy of the environment
        self._session.headers["Authorization"] = f"Bearer {token}"
        self._reach = Reach()  # of the questions that threads of requests ask

    def tenant(self) -> TenantResponse:
        with self._reach.question():
            return self._request("GET", "tenant", TenantResponse)

    def caller(self, query: CallerQuery) -> CallerResponse:
        """Raises Unauthorized for an unknown credential, NotFound if it gives no access to this tenant."""
        with self._reach.question():
            return self._request("POST", "callers", CallerResponse, query)

    def audit(self, event: AuditEvent) -> None:
        with self._reach.question():
            self._request("POST", "audit", NoneType, event)

    def hold(self) -> Held:
        """Raises Conflict while something is under way with the tenant."""
        return self._request("POST", "lease", Held)

    def renew(self, owner: str) -> None:
        """Raises Conflict if the hold was lost."""
        self._request("PUT", "lease", NoneType, Hold(owner))

    def release(self, owner: str) -> None:
        self._request("DELETE", "lease", NoneType, Hold(owner))

    def archive_key(self) -> ArchiveKey:
        return self._request("GET", "archive-key", ArchiveKey)

    def judge(self, signature: ArchiveSignature) -> str:
        """Why the archive was not made by this installation; empty if it was."""
        return self._request("POST", "archive-signature", Verdict, signature).why

    def start_restore(self, start: RestoreStart) -> None:
        """The tenant is closed and empty. Raises Conflict if it has data."""
        self._request("POST", "restore/start", NoneType, start, SLOW_TIMEOUT_S)

    def check_filled(self, restored: RestoredShards) -> Filled:
        return self._request("POST", "restore/filled", Filled, restored, SLOW_TIMEOUT_S)

    def end_restore(self, owner: str) -> None:
        self._request("POST", "restore/end", NoneType, Hold(owner))

    def _request(self, method: str, path: str, type_: type[T], body: Any = None, timeout_s: float = 0.0) -> T:
        content = None if body is None else msgspec.json.encode(body)
        headers = {"Content-Type": "application/json"} if content is not None else {}
        try:
            response = self._session.request(
                method, f"{self._url}/{path}", data=content, headers=headers,
                timeout=(CONNECT_TIMEOUT_S, timeout_s or self._timeout_s), allow_redirects=False,
            )  # fmt: skip
        except requests.RequestException as error:
            raise NoAnswer() from error
        if response.status_code >= 300:
            raise _refusal(response)
        try:
            return msgspec.json.decode(response.content or b"null", type=type_)
        except msgspec.MsgspecError as error:
            raise Unavailable(f"The control plane's response is not valid: {error}") from error


_ERRORS = {error.status: error for error in (BadRequest, NotFound, Conflict, TooLarge)}


class Problem(msgspec.Struct):
    type: str = ""
    detail: str = ""


def _refusal(response: requests.Response) -> PlantraceError:
    try:
        body = msgspec.json.decode(response.content, type=Problem)
    except msgspec.MsgspecError:
        body = Problem()
    slug = body.type.rpartition("/")[2] or None
    match response.status_code:
        case 401 if slug == REVOKED:
            return Revoked(body.detail, retry_after=2)
        case 401:
            return Unauthorized(body.detail, slug=slug)
        case status if status in _ERRORS:
            return _ERRORS[status](body.detail, slug=slug)
        case _:
            return Unavailable(body.detail or AWAY, retry_after=2)


@cache
def control_plane() -> ControlPlane:
    """One for each process of a tenant's own."""
    return ControlPlane(settings.CONTROL_URL, settings.CONTROL_TOKEN)


def own_connection(tenant: TenantResponse) -> TenantConnection:
    """With the InfluxDB users of this process's environment."""
    users = settings.INFLUXDB_USERS
    assert users is not None  # the settings see to that in a tenant's own process
    reader, writer = users
    return TenantConnection(
        id=tenant.id,
        slug=tenant.slug,
        name=tenant.name,
        influx_url=tenant.influx_url,
        reader=reader,
        writer=writer,
        limits=tenant.limits,
        disk=tenant.disk,
    )
