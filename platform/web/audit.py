"""Who changed what. Views report it here; `access` stores it."""

from __future__ import annotations

from typing import Any

import msgspec
from django.dispatch import Signal

# Arguments: request (or None), username, tenant (slug or None), action, target, detail (plain values).
audited = Signal()


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
        target=_without_nul(str(target)),
        detail=_without_nul(msgspec.to_builtins(detail or {}, str_keys=True, enc_hook=str)),
    )


def _without_nul(value: Any) -> Any:
    """What was done is done, so the trail takes it; PostgreSQL takes no NUL in any text."""
    if isinstance(value, str):
        return value.replace("\0", "�")
    if isinstance(value, dict):
        return {_without_nul(name): _without_nul(inner) for name, inner in value.items()}
    return [_without_nul(item) for item in value] if isinstance(value, list) else value
