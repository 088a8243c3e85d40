"""A small plant of acme's, and none of the work that other tests left."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from catalog import operations as catalog
from catalog.kinds import SITES
from catalog.operations import bulk_upsert
from catalog.snapshot import snapshot_of
from kernel.tenancy import TenantConnection
from tests.ingest.devices_world import forget_devices
from tests.work.cases import T
from web import stores
from web.stores import documents
from work.campaigns.repository import CAMPAIGNS, REPLACED
from work.campaigns.repository import DEVICES as CAMPAIGN_DEVICES
from work.campaigns.repository import HISTORY as CAMPAIGN_HISTORY
from work.cases import repository
from work.cases.notes import NOTES
from work.plans.repository import HISTORY as PLAN_HISTORY
from work.plans.repository import MEMBERS, PLANS

HISTORIES = (repository.HISTORY, PLAN_HISTORY, CAMPAIGN_HISTORY)
ClientFor = Callable[..., Client]
CASES, MAINTENANCE, CAMPAIGN = "/api/v1/cases", "/api/v1/maintenance-plans", "/api/v1/campaigns"


@dataclass(frozen=True)
class Works:
    """Chiller CH-1 contains pump P-1; P-2 stands alone."""

    tenant: TenantConnection
    site: str
    slug: str
    assets: dict[str, str]
    sensors: dict[str, str]


@dataclass
class Clock:
    now: int = T


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The time of requests."""
    made = Clock()
    for name in ("case_views", "plan_views", "campaign_views", "reliability_views"):
        monkeypatch.setattr(f"work.http.{name}.now_ms", lambda: made.now)
    return made


@pytest.fixture
def works(acme: TenantConnection) -> Iterator[Works]:
    forget_work(acme)
    slug = f"works-{secrets.token_hex(4)}"
    bulk_upsert(acme, "sites", [{"slug": slug, "name": "Works", "timezone": "Europe/Berlin"}])
    assets = [
        {"site": slug, "tag": "CH-1", "name": "Chiller", "type": "chiller"},
        {"site": slug, "tag": "P-1", "name": "Its pump", "type": "pump", "parent": "CH-1"},
        {"site": slug, "tag": "P-2", "name": "Feed pump", "type": "pump"},
    ]
    bulk_upsert(acme, "assets", assets[:1])
    bulk_upsert(acme, "assets", assets[1:])
    counter = {"site": slug, "asset": "P-2", "kind": "counter", "interval_s": 60}
    sensors = [
        {"site": slug, "tag": "P1-STS", "name": "State", "asset": "P-1", "kind": "discrete", "interval_s": 60},
        {**counter, "tag": "P2-H", "name": "Hours", "unit": "h"},
        {**counter, "tag": "P2-N", "name": "Starts"},
    ]
    bulk_upsert(acme, "sensors", sensors)
    snapshot = snapshot_of(acme)
    site = snapshot.site(slug)
    assert site is not None
    yield Works(
        acme,
        site.id,
        slug,
        {asset.tag: asset.id for asset in snapshot.assets.values() if asset.site == site.id},
        {sensor.tag: sensor.id for sensor in snapshot.sensors.values() if sensor.site == site.id},
    )
    forget_work(acme)
    if (left := snapshot_of(acme).sites.get(site.id)) is not None:
        catalog.delete(acme, SITES, left.id, cascade=True)


@pytest.fixture
def engineer(client_for: ClientFor, acme: TenantConnection) -> Client:
    return client_for("engineer", acme)


@pytest.fixture
def viewer(client_for: ClientFor, acme: TenantConnection) -> Client:
    return client_for("viewer", acme)


@pytest.fixture
def place(tmp_path: Any, settings: Any) -> Iterator[str]:
    """Where files are."""
    settings.EVENT_ATTACHMENTS = str(tmp_path / "attachments")
    stores.attachments.cache_clear()
    yield settings.EVENT_ATTACHMENTS
    stores.attachments.cache_clear()


def forget_work(tenant: TenantConnection) -> None:
    for collection in (PLANS, CAMPAIGNS):
        collection.delete_where(tenant, lambda _: True)
    repository.delete_where(tenant, lambda _: True, lambda _: None)
    for name in (NOTES, MEMBERS, CAMPAIGN_DEVICES, REPLACED, *(each.name for each in HISTORIES)):
        documents(tenant).delete_ids(name, [str(each["_id"]) for each in documents(tenant).find(name)])
    forget_devices(tenant)


def send(client: Client, method: str, path: str, body: Any, status: int = 200) -> Any:
    response = getattr(client, method)(path, body, content_type="application/json")
    assert response.status_code == status, response.content
    return response.json()


def open_case(client: Client, works: Works, tag: str = "P-1", **more: Any) -> dict[str, Any]:
    body = {"title": "Vibration", "asset": works.assets[tag], **more}
    return dict(send(client, "post", CASES, body, 201))


def content_of(case: dict[str, Any]) -> dict[str, Any]:
    """What a client sends to leave it as it is."""
    same = (
        "title", "description", "kind", "priority", "alarm", "due", "failure", "downtime", "suppress", "what_was_done",
        "state", "began", "ended", "revision",
    )  # fmt: skip
    ids = {name: case[name] and case[name]["id"] for name in ("asset", "sensor", "device", "assigned")}
    return {**{name: case[name] for name in same}, **ids}


def change(client: Client, case: dict[str, Any], status: int = 200, **more: Any) -> Any:
    """By default its times follow from the state."""
    body = {**content_of(case), **({"began": None, "ended": None} if "state" in more else {}), **more}
    return send(client, "put", f"{CASES}/{case['id']}", body, status)


def numbers(client: Client, query: str = "") -> list[int]:
    response = client.get(f"{CASES}{query}")
    assert response.status_code == 200, response.content
    return [each["number"] for each in response.json()["results"]]
