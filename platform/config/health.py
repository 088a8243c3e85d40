"""Health probes: is the process alive, and which parts of the platform are up."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, TimeoutError
from contextlib import suppress
from typing import Any, cast

import msgspec
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from access.credentials import named_tenants
from config import alarm_metrics, outgoing_metrics, queue_metrics
from config.processes import DEMO_PROCESSES, PROCESSES
from kernel.errors import Unavailable
from kernel.tenancy import TenantConnection
from runtime.supervisor import ProgramStatus, Supervisor, SupervisorDown
from stores.documents import server as documents
from stores.redis import server as redis
from tenants import queries as tenants
from tenants.drivers.local.names import tenant_of_program
from tenants.usage import exposition
from web import stores
from web.caller import Caller
from web.clock import now_ms
from web.requires import public, requires
from web.respond import json_response
from web.views import get

# Not relevant to a tenant's users.
OPERATOR_PARTS = frozenset({"tenant databases", "reconciler", *(each.name for each in DEMO_PROCESSES)})
CHECK_TIMEOUT_S = 1.5
TTL_S = 1.0
MAX_AGE_S = 3.0  # up to which nobody waits for a check that is under way


class Part(msgspec.Struct, frozen=True):
    """One part of the platform. `needed`: without it no request can be served."""

    name: str
    state: str
    detail: str = ""
    needed: bool = False


_checks = ThreadPoolExecutor(8, thread_name_prefix="health")
_checking = threading.Lock()
_last: tuple[float, list[Part]] = (float("-inf"), [])


@get
@public
def healthz(request: HttpRequest) -> HttpResponse:
    """Liveness: the process answers."""
    return json_response({"alive": True})


@get
@public
def readyz(request: HttpRequest) -> HttpResponse:
    """Readiness: the state of each part; 503 if a needed one is down.

    Lists the parts that concern the caller's tenant; for an operator who names no tenant, all parts.
    """
    parts = parts_for(request)
    ready = all(part.state == "up" for part in parts if part.needed)
    return json_response({"ready": ready, "parts": parts}, 200 if ready else 503)


@get
@requires("operate", tenant=False)
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus metrics, for an operator's token."""
    text = generate_latest(_counts()) + exposition()
    with suppress(Unavailable):  # without Redis the other figures are needed most
        now = now_ms()
        text += queue_metrics.exposition(now) + alarm_metrics.exposition(now) + outgoing_metrics.exposition(now)
    return HttpResponse(text, content_type=CONTENT_TYPE_LATEST)


def _counts() -> Collector:
    """Of all web processes of this host, if they have a folder for them."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    return cast(Collector, MultiProcessCollector(CollectorRegistry()))  # type: ignore[no-untyped-call]


def parts_for(request: HttpRequest) -> list[Part]:
    """The parts that concern the caller."""
    parts = current_parts()
    caller: Caller | None = getattr(request, "caller", None)
    tenant: TenantConnection | None = getattr(request, "tenant", None)
    if caller is not None and caller.operator and not named_tenants(request):
        return parts
    mine = [part for part in parts if part.name not in OPERATOR_PARTS]
    return [*mine, _tenant_database(tenant)] if caller is not None and tenant is not None else mine


def _tenant_database(tenant: TenantConnection) -> Part:
    """As last known to this process: the database is queried on another thread, so a silent one delays nobody."""
    if stores.share(tenant.id, tenant.influx_url).answers():
        return Part("tenant database", "up")
    return Part("tenant database", "down", "does not answer")


def current_parts() -> list[Part]:
    """All parts, checked by one request at a time, once a second at most. Takes at most 2 s."""
    global _last
    when, parts = _last
    age = time.monotonic() - when
    if age <= TTL_S or not _checking.acquire(blocking=age > MAX_AGE_S):
        return parts
    try:
        if _last[0] == when:  # else somebody has checked while we waited
            parts = check_parts()
            _last = time.monotonic(), parts
        return _last[1]
    finally:
        _checking.release()


def check_parts() -> list[Part]:
    checks: dict[str, Callable[[], object]] = {
        "redis": lambda: redis.ping(settings.REDIS_URL),
        "documents": lambda: documents.ping(settings.MONGODB_URI),
    }
    if not settings.CONTROL_URL:
        checks = {"database": _check_database, **checks}
    futures = {name: _checks.submit(check) for name, check in checks.items()}
    programs = _checks.submit(_programs)
    parts = [_outcome(name, future) for name, future in futures.items()]
    if settings.CONTROL_URL:
        return [*parts, _control_plane()]
    try:
        return parts + programs.result(CHECK_TIMEOUT_S)
    except (SupervisorDown, TimeoutError):
        return [*parts, Part("supervisor", "down", "does not answer")]


def _control_plane() -> Part:
    """Not needed: without it new callers are rejected, but taking every pod out of service would help nobody."""
    from config.pod.control import pod_tenant

    up = pod_tenant().is_control_plane_up()
    return Part("control plane", "up" if up else "down", "" if up else "does not answer")


def _outcome(name: str, future: Any) -> Part:
    try:
        future.result(CHECK_TIMEOUT_S)
    except (TimeoutError, Unavailable):
        return Part(name, "down", "does not answer", needed=True)
    except Exception as error:
        return Part(name, "down", type(error).__name__, needed=True)
    return Part(name, "up", needed=True)


def _programs() -> list[Part]:
    """Our processes as supervisord reports them; the tenants' databases as one part that does not name them."""
    if not (settings.EMBEDDED_REDIS or settings.EMBEDDED_DOCUMENTS or Supervisor(settings.HOME).socket.exists()):
        return []
    statuses = Supervisor(settings.HOME).statuses()
    ours = {each.program: each.name for each in (*PROCESSES, *DEMO_PROCESSES) if each.in_readyz}
    parts = [_part(ours[status.name], status) for status in statuses if status.name in ours]
    serving = _serving()
    databases = [status for status in statuses if tenant_of_program(status.name) in serving]
    down = sum(not (status.up or status.state == "STARTING") for status in databases)
    detail = f"{len(databases) - down} of {len(databases)} up"
    return [*parts, Part("tenant databases", "down" if down else "up", detail)]


def _serving() -> set[str]:
    """Tenants whose database should run, which excludes those being provisioned and failed ones."""
    try:
        return tenants.serving()
    except DatabaseError:
        return set()  # reported as a part of its own


def _part(name: str, status: ProgramStatus) -> Part:
    return Part(name, "up" if status.up else "down", "" if status.up else status.state.lower())


def _check_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
