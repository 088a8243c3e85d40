"""What the token of a device may do: write samples of the device's asset, and send heartbeats within their limits."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from catalog import operations as catalog
from catalog.snapshot import snapshot_of
from ingest.dead_letters import operations as dead_letters
from ingest.devices import heartbeat_rates
from ingest.letters import Origin
from ingest.operations import Taken
from ingest.sources.influxdb.operations import take_lines
from kernel.errors import BadRequest, TooManyRequests
from kernel.tenancy import TenantConnection
from stores.redis.client import redis_client
from stores.redis.limits import PREFIX
from tests.conftest import ClientFor
from tests.ingest.devices_world import DEVICES, OWN, bound_client, call, forget_devices, new_device, send
from tests.ingest.mapping_world import T, letters, map_by, rule
from tests.ingest.sources_world import clean, prepare
from web.stores import streams

HEARTBEAT = f"{OWN}/heartbeat"


@dataclass
class World:
    """A press with a motor below it, and another press; a sensor of each, and one of no asset."""

    tenant: TenantConnection
    row: Any
    engineer: Client
    assets: dict[str, str]

    def device(self, **members: Any) -> str:
        return str(new_device(self.engineer, **members)["id"])

    def write(self, device: str, *tags: str) -> Taken:
        lines = "\n".join(f"harbour,sensor={tag} value=1 {T}" for tag in tags)
        return take_lines(self.tenant, lines.encode(), 1, time.time_ns(), Origin("influxdb", device=device))


@pytest.fixture
def world(acme: TenantConnection, tenant_rows: dict[str, Any], client_for: ClientFor) -> Iterator[World]:
    prepare(acme)
    forget_devices(acme)
    forget_limits()
    items: list[dict[str, Any]] = [{"site": "harbour", "tag": tag, "name": tag} for tag in ("P-1", "P-2")]
    catalog.bulk_upsert(acme, "assets", items)
    catalog.bulk_upsert(acme, "assets", [{"site": "harbour", "tag": "M-1", "name": "Motor", "parent": "P-1"}])
    sensors = {"P1-T": "P-1", "M1-T": "M-1", "P2-T": "P-2"}
    catalog.bulk_upsert(
        acme, "sensors", [{"site": "harbour", "tag": tag, "asset": asset} for tag, asset in sensors.items()]
    )
    assets = {asset.tag: id for id, asset in snapshot_of(acme).assets.items()}
    yield World(acme, tenant_rows["acme"], client_for("engineer", acme), assets)
    forget_devices(acme)
    forget_limits()
    clean(acme)


def forget_limits() -> None:
    redis: Any = redis_client(settings.REDIS_URL)
    for key in redis.scan_iter(match=f"{PREFIX}heartbeats*"):
        redis.delete(key)


def test_a_device_writes_what_belongs_to_its_asset_or_to_none(world: World) -> None:
    device = world.device(asset=world.assets["P-1"])
    taken = world.write(device, "P1-T", "M1-T", "P2-T", "TT-1")
    assert (taken.stored, taken.refused) == (3, 1)
    assert "P2-T belongs to P-2" in taken.refusals[0].reason
    assert [letter.item for letter in letters(world.tenant)] == [f"harbour,sensor=P2-T value=1 {T}".encode()]


def test_a_device_without_an_asset_writes_everything(world: World) -> None:
    assert world.write(world.device(), "P1-T", "P2-T").stored == 2


def test_a_rule_leads_no_device_to_another_asset(world: World) -> None:
    device = world.device(asset=world.assets["P-1"])
    map_by(world.tenant, rules=[rule("m", "harbour", "{field}")])
    line = f"m P1-T=1,P2-T=2 {T}".encode()
    taken = take_lines(world.tenant, line, 1, time.time_ns(), Origin("influxdb", device=device))
    assert (taken.stored, "P2-T" in taken.refusals[0].reason) == (1, True)


def test_a_replay_stores_nothing_that_its_device_could_not_have_written(world: World) -> None:
    device = world.device(asset=world.assets["P-1"])
    world.write(device, "P2-T")
    [kept] = streams().dead_letters.page(world.tenant.prefix, 10)
    with pytest.raises(BadRequest, match="P2-T belongs to P-2"):
        dead_letters.replay(world.tenant, kept.id, None, time.time_ns())
    assert dead_letters.replay_many(world.tenant, [kept.id], time.time_ns()).letters == 0
    path = f"{DEVICES}/{device}"
    call(world.engineer, "PATCH", path, {"asset": world.assets["P-2"], "revision": 1})
    assert dead_letters.replay_many(world.tenant, [kept.id], time.time_ns()).letters == 1


def test_the_token_of_a_device_is_what_restricts_it(world: World) -> None:
    client = bound_client(world.row, world.device(asset=world.assets["P-1"]))
    refused = client.post("/write", f"harbour,sensor=P2-T value=1 {T}", content_type="text/plain")
    assert (refused.status_code, "belongs to P-2" in refused.content.decode()) == (400, True)
    answer = world.engineer.post("/write", f"harbour,sensor=P2-T value=1 {T}", content_type="text/plain")
    assert answer.status_code == 204


@pytest.fixture
def few_heartbeats(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat_rates, "MAX_OF_DEVICE", 3)


@pytest.mark.usefixtures("few_heartbeats")
def test_heartbeats_of_a_device_are_limited_before_they_are_read(world: World) -> None:
    client = bound_client(world.row, world.device())
    other = bound_client(world.row, world.device())
    for _ in range(heartbeat_rates.MAX_OF_DEVICE):
        call(client, "POST", HEARTBEAT, {})
    refused = client.generic("POST", HEARTBEAT, b"{not json", content_type="application/json")
    assert (refused.status_code, json.loads(refused.content)["type"]) == (429, "/problems/rate-limit")
    assert 1 <= int(refused["Retry-After"]) <= heartbeat_rates.DEVICE_WINDOW_S
    call(other, "POST", HEARTBEAT, {})


@pytest.mark.usefixtures("few_heartbeats")
def test_heartbeats_that_a_gateway_sends_for_a_device_are_limited_too(world: World) -> None:
    for _ in range(heartbeat_rates.MAX_OF_DEVICE):
        call(world.engineer, "POST", HEARTBEAT, {"device": "Press 7"})
    assert send(world.engineer, "POST", HEARTBEAT, {"device": "Press 7"}).status_code == 429
    call(world.engineer, "POST", HEARTBEAT, {"device": "Press 8"})


def test_heartbeats_of_a_tenant_are_limited_and_no_other_tenant_s(world: World, rival: TenantConnection) -> None:
    def slow(tenant: TenantConnection) -> TenantConnection:
        return replace(tenant, limits=replace(tenant.limits, heartbeats_per_s=1))

    for k in range(heartbeat_rates.TENANT_WINDOW_S):
        heartbeat_rates.take(slow(world.tenant), f"g{k}")
    with pytest.raises(TooManyRequests) as refused:
        heartbeat_rates.take(slow(world.tenant), "g99")
    assert 1 <= refused.value.extra["retry_after"] <= heartbeat_rates.TENANT_WINDOW_S
    heartbeat_rates.take(slow(rival), "g99")


def test_a_heartbeat_has_a_small_body(world: World) -> None:
    client = bound_client(world.row, world.device())
    body = json.dumps({"firmware": "x" * 20_000})
    assert client.generic("POST", HEARTBEAT, body, content_type="application/json").status_code == 413
