"""What the platform knows about a device is read by it over one endpoint, and by nobody else's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from msgspec.structs import replace

from ingest.devices.facts import MAX_KEPT, TTL_MS, facts_of, set_device_facts
from ingest.devices.known_facts import Arrivals, SensorFacts
from ingest.fleet.registry import Device, find
from kernel.tenancy import TenantConnection
from tests.conftest import ClientFor
from tests.ingest.conftest import Plant, drain
from tests.ingest.devices_world import DEVICES, OWN, bound_client, call, forget_devices, new_device
from web.clock import now_ms
from web.stores import streams


@pytest.fixture
def engineer(acme: TenantConnection, client_for: ClientFor) -> Iterator[Client]:
    forget_devices(acme)
    yield client_for("engineer", acme)
    forget_devices(acme)
    for kept in streams().dead_letters.page(acme.prefix, 1):
        streams().dead_letters.remove_until(acme.prefix, kept.id)


def test_a_device_reads_the_values_of_its_asset_and_what_it_sent_wrongly(
    acme: TenantConnection, engineer: Client, plant: Plant, tenant_rows: dict[str, Any]
) -> None:
    asset = call(engineer, "POST", "/api/v1/assets", {"site": plant.site, "tag": "P-9"}, 201)["id"]
    sensor = plant.sensor("TT-101")
    call(engineer, "PATCH", f"/api/v1/sensors/{sensor.id}", {"asset": asset, "revision": sensor.revision})
    device, other = new_device(engineer, asset=asset), new_device(engineer)
    own, stranger = (bound_client(tenant_rows["acme"], each["id"]) for each in (device, other))
    now = now_ms()
    lines = "\n".join(f"{plant.slug},sensor=TT-101 value={k} {(now - 60_000 * k) * 1_000_000}" for k in (1, 2, 6))
    wrong = f"{plant.slug},sensor=TT-404 value=1 {now}000000"
    for client, body in ((own, lines), (own, wrong), (stranger, wrong)):
        client.generic("POST", "/write", body.encode(), content_type="text/plain")
    events = [{"ts": now, "type": f"t-{plant.slug}", "device": device["name"], "n": "many"}]
    schema = {"fields": {"n": {"type": "number"}}}
    call(engineer, "PUT", f"/api/v1/event-types/t-{plant.slug}", schema)
    call(own, "POST", "/api/v1/events", events, 202)
    drain(acme)
    facts = call(own, "GET", f"{OWN}/facts")
    [fact] = facts["sensors"]
    assert (fact["sensor"], fact["unit"], fact["v"], fact["count"]) == (sensor.id, "°C", 1, 3)
    assert (fact["min"], fact["max"], fact["mean"], fact["stale"]) == (1, 6, 3, False)
    arrivals = facts["arrivals"]
    assert (arrivals["dead_letters"], arrivals["overflowing_events"], arrivals["overflowing_fields"]) == (
        1, 1, {"n": 1},
    )  # fmt: skip
    assert "TT-404" in arrivals["newest"][0]["reason"]
    assert call(stranger, "GET", f"{OWN}/facts")["sensors"] == []
    assert call(engineer, "GET", f"{DEVICES}/{device['id']}/facts") == facts


def test_other_packages_add_facts_of_their_own(engineer: Client) -> None:
    class Consumables:
        def facts(self, tenant: TenantConnection, device: Device, now: int) -> dict[str, int]:
            return {device.name: 3}

    device = new_device(engineer)
    try:
        set_device_facts({"consumables": Consumables()})
        facts = call(engineer, "GET", f"{DEVICES}/{device['id']}/facts")
    finally:
        set_device_facts({"sensors": SensorFacts(), "arrivals": Arrivals()})
    assert facts == {"consumables": {device["name"]: 3}}


def test_facts_are_computed_again_only_when_they_may_have_changed(acme: TenantConnection, engineer: Client) -> None:
    class Counted:
        calls = 0

        def facts(self, tenant: TenantConnection, device: Device, now: int) -> int:
            self.calls += 1
            return self.calls

    counted, now, site = Counted(), now_ms(), None
    device = find(acme, new_device(engineer)["id"])
    try:
        set_device_facts({"counted": counted})
        found = [facts_of(acme, device, now + k)["counted"] for k in (0, 1, TTL_MS - 1, TTL_MS)]
        assert found == [1, 1, 1, 2], "for ten seconds"
        site = call(engineer, "POST", "/api/v1/sites", {"slug": "facts", "name": "F", "timezone": "UTC"}, 201)
        assert facts_of(acme, device, now + TTL_MS)["counted"] == 3, "the catalog has changed"
        other = replace(device, note="moved")
        assert facts_of(acme, other, now + TTL_MS)["counted"] == 4
        for k in range(MAX_KEPT):
            facts_of(acme, replace(device, id=f"d{k}"), now + TTL_MS)
        assert facts_of(acme, other, now + TTL_MS)["counted"] == MAX_KEPT + 5, "the memory for them is bounded"
    finally:
        set_device_facts({"sensors": SensorFacts(), "arrivals": Arrivals()})
        if site:
            call(engineer, "DELETE", f"/api/v1/sites/{site['id']}", None, 204)
