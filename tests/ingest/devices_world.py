"""Devices of a tenant, and clients that send as one of them."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from typing import Any

from django.test import Client

from access.models import ApiToken, User
from access.operations import tokens
from kernel.tenancy import TenantConnection
from web import clock

DEVICES, OWN = "/api/v1/devices", "/api/v1/device"
DeviceClient = Callable[[str], Client]


def call(client: Client, method: str, path: str, body: Any = None, status: int = 200) -> Any:
    answer = send(client, method, path, body)
    assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.content!r}"
    return json.loads(answer.content) if answer.content else None


def send(client: Client, method: str, path: str, body: Any = None) -> Any:
    data = b"" if body is None else json.dumps(body).encode()
    return client.generic(method, path, data, content_type="application/json")


def new_device(engineer: Client, **members: Any) -> dict[str, Any]:
    body = {"name": f"M-{secrets.token_hex(4)}", **members}
    return dict(call(engineer, "POST", DEVICES, body, 201))


def bound_token(row: Any, device: str, role: str = "engineer") -> tuple[ApiToken, str]:
    """Of somebody for whom `client_for` was called."""
    user = User.objects.get(username=f"{role}.{row.slug}")
    return tokens.issue(user, row, ["ingest"], "device", None, clock.now(), device)


def bound_client(row: Any, device: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {bound_token(row, device)[1]}"})


def forget_devices(tenant: TenantConnection) -> None:
    from ingest.fleet import registry
    from web.stores import device_commands, documents

    known = list(registry.registry_of(tenant).by_id)
    for id in known:
        device_commands().forget_device(tenant.prefix, id, 0)
    with documents(tenant).exclusive(registry.SCOPE), registry.log_of(tenant).changing(None):
        documents(tenant).delete_ids(registry.COLLECTION, known)
