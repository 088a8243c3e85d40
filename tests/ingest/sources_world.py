"""Sources that a test names, with tokens that their tenant has."""

from __future__ import annotations

import json
import time
from typing import Any

from django.test import Client

from access.models import ApiToken, Membership
from catalog import operations as catalog
from ingest.letters import Origin
from ingest.mapping import recent
from ingest.named_sources import repository
from ingest.operations import Taken
from ingest.sources.influxdb.operations import take_lines
from kernel.tenancy import TenantConnection
from tests.ingest.mapping_world import forget
from web.stores import documents, streams

URL = "/api/v1/sources"
GATEWAY, OTHER = "k4m8x2p9qwz", "k5m8x2p9qwz"  # tokens
SAMPLE = "harbour,sensor=TT-1 value=1 "


def prepare(tenant: TenantConnection) -> None:
    """The site `harbour` with one sensor, and no sources."""
    clean(tenant)
    recent._kept_at.clear()
    catalog.bulk_upsert(tenant, "sites", [{"slug": "harbour", "name": "Harbour", "timezone": "UTC"}])
    catalog.bulk_upsert(tenant, "sensors", [{"site": "harbour", "tag": "TT-1", "unit": "°C"}])


def clean(tenant: TenantConnection) -> None:
    documents(tenant).delete_many(repository.COLLECTION, {})
    forget(tenant)
    redis: Any = streams()._redis
    for part in ("ingest:backoff:", "flow:turned_away:"):
        for key in redis.scan_iter(match=f"{tenant.prefix}{part}*"):
            redis.delete(key)


def ensure_tokens(tenant: TenantConnection, *ids: str) -> None:
    """Of some member."""
    user = Membership.objects.filter(tenant_id=tenant.id).select_related("user")[0].user
    for id in ids:
        if not ApiToken.objects.filter(id=id).exists():
            ApiToken.objects.create(user, None, "pt_", id=id, tenant_id=tenant.id, scopes=["ingest"])  # type: ignore[no-untyped-call]


def send(client: Client, method: str, path: str, body: Any = None, status: int = 200) -> Any:
    response = client.generic(method, path, json.dumps(body), content_type="application/json")
    assert response.status_code == status, response.content
    return response.json() if response.content else None


def create(client: Client, name: str = "Press line 4", **more: Any) -> Any:
    return send(client, "POST", URL, {"name": name, "kind": "influxdb", "tokens": [GATEWAY], **more}, 201)


def write(tenant: TenantConnection, line: str, token: str = GATEWAY) -> Taken:
    return take_lines(tenant, line.encode(), 1, time.time_ns(), Origin("influxdb", token=token))


def flow_of_source(client: Client, id: str) -> Any:
    (found,) = [each for each in client.get("/api/v1/flow").json()["sources"] if each["id"] == id]
    return found
