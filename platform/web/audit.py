"""Who changed what. Views tell it here; `access` stores it."""

from __future__ import annotations

from typing import Any

from django.dispatch import Signal

audited = Signal()  # arguments: request (or None), username, tenant (slug or None), action, target, detail


def audit(
    request: object | None,
    action: str,
    target: str = "",
    detail: dict[str, Any] | None = None,
    *,
    tenant: str | None = None,
) -> None:
    """Record `action` (such as `sensor.update`) on `target` (an id). Without a request the platform itself did it."""
    caller = getattr(request, "caller", None)
    connection = getattr(request, "tenant", None)
    audited.send(
        sender=None,
        request=request,
        username=caller.username if caller else "",
        tenant=tenant or (connection.slug if connection else None),
        action=action,
        target=target,
        detail=detail or {},
    )
