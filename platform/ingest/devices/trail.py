"""Steps of commands in the audit trail. Each step notes in Redis, as it happens, that its entry is missing, so one that
its own process did not write is written by the worker: a kill in between repeats an entry, and never loses one.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from django.db import Error
from django.http import HttpRequest

from ingest.devices.models import Command
from kernel.errors import Unavailable
from kernel.tenancy import TenantConnection
from stores.redis.device_commands import StoredCommand
from stores.redis.devices import UNAUDITED_MS
from web.audit import audit
from web.stores import device_commands

log = logging.getLogger(__name__)


def write(
    request: HttpRequest, tenant: TenantConnection, step: str, commands: Sequence[Command], **detail: Any
) -> None:
    """Raises nothing: what happened has happened, and the worker writes what is missing."""
    if not commands:
        return
    try:
        for each in commands:
            own = {"device": each.device, "kind": each.kind, **detail}
            audit(request, f"device-command.{step}", each.id, own)
        device_commands().set_audited(tenant.prefix, [(step, each.id) for each in commands])
    except (Error, Unavailable):
        log.exception("%saudit entries of commands are written later", tenant.prefix)


def write_missing(tenant: TenantConnection, now: int) -> None:
    while steps := device_commands().unaudited(tenant.prefix, now - UNAUDITED_MS):
        known = {each.id: each for each in device_commands().find(tenant.prefix, [id for _, id, _ in steps])}
        for step, id, at in steps:
            audit(None, f"device-command.{step}", id, {"at": at, **_detail(step, known.get(id))}, tenant=tenant.slug)
        device_commands().set_audited(tenant.prefix, [(step, id) for step, id, _ in steps])


def _detail(step: str, command: StoredCommand | None) -> dict[str, Any]:
    """Without a command its device was removed meanwhile."""
    if command is None:
        return {}
    detail: dict[str, Any] = {"device": command.device, "kind": command.kind}
    if step == "send":
        detail |= {"author": command.author, "parameters": command.parameters, "expires": command.expires}
    if step == "acknowledge":
        detail |= {"outcome": command.outcome, "result": command.result, "late": command.late is not None}
    return detail
