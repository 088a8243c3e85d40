"""The audit trail: stores what is reported to `web.audit`, and searches it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from access.models import AuditEntry
from kernel.errors import BadRequest
from tenants.models import Tenant
from web.address import client_address
from web.audit import audited
from web.pods.messages import AuditEvent

PLATFORM = ("tenant.", "release.", "rollout.", "session.", "user.", "operator.", "disk.", "cluster.", "backup.")
OF_PODS = ("tenant.backup", "tenant.restore")  # those that a tenant's own process may report
MAX_DELAY = timedelta(days=7)  # of an event that a pod could not deliver at once
SECRET_WORDS = ("password", "secret", "token", "credential", "authorization")


@dataclass(frozen=True, slots=True)
class Filter:
    """Search criteria; empty fields do not filter."""

    user: str = ""
    action: str = ""
    target: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before_id: int | None = None


def connect() -> None:
    audited.connect(store, dispatch_uid="access.trail")


def store(
    sender: object,
    request: HttpRequest | None,
    username: str,
    tenant: str | None,
    action: str,
    target: str,
    detail: dict[str, Any],
    **_: object,
) -> None:
    """Receiver of `web.audit.audited`."""
    caller = getattr(request, "caller", None)
    connection = getattr(request, "tenant", None)
    slug = tenant or ""
    AuditEntry.objects.create(
        username=(username or (_themselves(target, detail) if request is not None else ""))[:150],
        via=caller.via if caller else "",
        address=client_address(_plain(request)) if request is not None else "",
        tenant=connection.id if connection is not None and connection.slug == slug else _id_of(slug),
        tenant_slug=slug,
        action=action,
        target=target[:200],
        detail=without_secrets(detail),
    )


def store_of_pod(tenant: Tenant, event: AuditEvent, now: datetime) -> None:
    """Store an event reported by a tenant's own pod about that tenant. Raises BadRequest if a pod may not report it."""
    if event.action.startswith(PLATFORM) and event.action not in OF_PODS:
        raise BadRequest(f"A tenant's pod may not report {event.action[:64]}.")
    AuditEntry.objects.create(
        at=min(now, max(now - MAX_DELAY, datetime.fromtimestamp(event.at / 1000, UTC))),
        username=event.username[:150],
        via=event.via,
        address=event.address[:45],
        tenant=tenant.id,
        tenant_slug=tenant.slug,
        action=event.action[:64],
        target=event.target[:200],
        detail=without_secrets(event.detail),
    )


def of_tenant(tenant_id: str) -> QuerySet[AuditEntry]:
    return AuditEntry.objects.filter(tenant=tenant_id)


def of_platform() -> QuerySet[AuditEntry]:
    """What operators may see: life cycles of tenants and sign-ins, nothing from inside a tenant."""
    wanted = Q()
    for prefix in PLATFORM:
        wanted |= Q(action__startswith=prefix)
    return AuditEntry.objects.filter(wanted)


def matching(entries: QuerySet[AuditEntry], wanted: Filter) -> QuerySet[AuditEntry]:
    """Newest first. `action` is complete, or a prefix that ends with a dot."""
    if wanted.user:
        entries = entries.filter(username=wanted.user.lower())
    if wanted.action.endswith("."):
        entries = entries.filter(action__startswith=wanted.action)
    elif wanted.action:
        entries = entries.filter(action=wanted.action)
    if wanted.target:
        entries = entries.filter(target=wanted.target)
    if wanted.since:
        entries = entries.filter(at__gte=wanted.since)
    if wanted.until:
        entries = entries.filter(at__lt=wanted.until)
    if wanted.before_id is not None:
        entries = entries.filter(id__lt=wanted.before_id)
    return entries.order_by("-id")


def without_secrets(value: Any) -> Any:
    """The detail without the values of secrets, in case a caller forgot to remove them."""
    if isinstance(value, dict):
        return {k: "…" if _is_secret(k) else without_secrets(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [without_secrets(item) for item in value]
    return value


def _is_secret(key: str) -> bool:
    return any(word in key.lower() for word in SECRET_WORDS)


def _themselves(target: str, detail: dict[str, Any]) -> str:
    """The actor if nobody is signed in yet: signing in, joining and setting a password are about oneself."""
    return str(detail.get("user") or target)


def _id_of(slug: str) -> str:
    return str(Tenant.objects.filter(slug=slug).values_list("id", flat=True).first() or "") if slug else ""


def _plain(request: Any) -> HttpRequest:
    plain: HttpRequest = getattr(request, "_request", request)
    return plain
