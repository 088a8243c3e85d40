"""A tenant's resource usage, measured on its own stores and shown to operators only."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kernel.tenancy import TenantConnection
from tenants import usage
from tests.conftest import ClientFor
from tests.historian.plant import START, add_sensors
from tests.historian.test_ladder_work import send, writer_of
from tests.stopping import stopped
from tests.waiting import wait_until
from web.stores import streams

pytestmark = pytest.mark.django_db


def test_disk_series_and_flow_are_measured(acme: TenantConnection, tenant_rows: dict[str, Any]) -> None:
    row, now = tenant_rows["acme"], timezone.now()
    before = usage.measure(row, now)
    sensors = add_sensors(acme, {"tag": "ONE"}, {"tag": "TWO"})
    for sensor in sensors:
        send(acme, sensor, [(START + k * 60_000, float(k), 0) for k in range(100)])
    writer_of(acme).drain(lambda: True)
    after = usage.measure(row, now + timedelta(seconds=50))
    assert after.series == before.series + 2
    assert after.sensors == before.sensors + 2
    assert after.samples == before.samples + 200
    assert after.samples_per_s == pytest.approx(4.0)
    assert after.disk_bytes > before.disk_bytes
    assert (after.waiting, after.last_data is not None) == (0, True)


def test_usage_is_in_the_operators_list_and_in_prometheus(
    client_for: ClientFor, acme: TenantConnection, tenant_rows: dict[str, Any], settings: Any
) -> None:
    usage.measure_all(timezone.now())
    operator: Client = client_for("operator")
    listed = {each["slug"]: each for each in operator.get("/api/v1/tenants").json()["results"]}
    assert listed["acme"]["usage"]["series"] >= 0
    settings.ALLOWED_HOSTS = [
        "testserver",
        "localhost",
        "10.42.0.7",
        "[10.42.0.7]",
    ]  # of a pod
    scraped = operator.get("/metrics", headers={"host": "10.42.0.7:8000"}).content.decode()
    assert 'plantrace_tenant_disk_bytes{tenant="acme"}' in scraped
    assert client_for("admin", acme).get("/metrics").status_code == 403


def test_dead_letters_are_counted_for_prometheus(
    client_for: ClientFor, acme: TenantConnection, tenant_rows: dict[str, Any]
) -> None:
    row, now = tenant_rows["acme"], timezone.now()
    before = usage.measure(row, now)
    device: Client = client_for("engineer", acme)
    device.post("/write", "nowhere,sensor=s value=1\nnonsense", content_type="text/plain")
    after = usage.measure(row, now)
    assert after.dead_letters == before.dead_letters + 2
    assert after.dead_letters_dropped == before.dead_letters_dropped
    scraped = client_for("operator").get("/metrics").content.decode()
    assert f'plantrace_tenant_dead_letters_total{{tenant="acme"}} {float(after.dead_letters)}' in scraped
    assert 'plantrace_tenant_dead_letters_dropped_total{tenant="acme"}' in scraped
    assert f'plantrace_tenant_left_out_total{{tenant="acme"}} {float(after.left_out)}' in scraped


def test_the_queue_is_exposed_for_the_autoscaler_of_writers(
    client_for: ClientFor, acme: TenantConnection, rival: TenantConnection
) -> None:
    def figures() -> dict[str, float]:
        lines = client_for("operator").get("/metrics").content.decode().splitlines()
        pairs = (line.split() for line in lines if line.startswith("plantrace_ingest_"))
        return {name.removeprefix("plantrace_ingest_"): float(value) for name, value in pairs}

    before = figures()
    streams().append(rival, [(5, b"not a batch")])
    try:
        after = figures()
        assert after["waiting_samples"] > before["waiting_samples"]
        assert after["busy_tenants"] >= 1
        wait_until(lambda: figures()["lag_seconds"] > after["lag_seconds"] >= 0)
        writers = figures()["writers"]
        streams().writer_lease.register()
        assert figures()["writers"] == writers + 1
    finally:
        streams().writer_lease.unregister()
        streams().commit(rival.prefix, streams().read(rival.prefix, 100))


def test_a_tenant_whose_database_is_down_keeps_its_usage(
    servers: Any, acme: TenantConnection, tenant_rows: dict[str, Any]
) -> None:
    first = usage.measure(tenant_rows["acme"], timezone.now())
    servers.stop_program(f"influx-{acme.id}")
    try:
        usage.measure_all(timezone.now())
    finally:
        servers.start_program(f"influx-{acme.id}")
    tenant_rows["acme"].refresh_from_db()
    assert tenant_rows["acme"].usage.at == first.at


def test_an_unresponsive_database_delays_only_its_own_usage(
    servers: Any, acme: TenantConnection, tenant_rows: dict[str, Any]
) -> None:
    now = timezone.now()
    usage.measure_all(now)
    with stopped(servers.status(f"influx-{acme.id}").pid):
        assert usage.measure_all(now + timedelta(seconds=60)) == len(tenant_rows) - 1
    tenant_rows["rival"].refresh_from_db()
    assert tenant_rows["rival"].usage.at == now + timedelta(seconds=60)
