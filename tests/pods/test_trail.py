"""Audit events of a tenant's own process are not lost while the control plane is down."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from access.models import AuditEntry
from config.pod import control, trail
from kernel.errors import Unavailable
from kernel.tenancy import Credentials, TenantConnection
from stores.redis.outbox import BATCH_SIZE
from tenants.models import Tenant
from tenants.pod_credentials import ensure_account
from tests.waiting import wait_until
from web.pods.client import control_plane
from web.pods.messages import AuditEvent

pytestmark = pytest.mark.django_db(transaction=True)
NOBODY = "http://127.0.0.1:9"


@pytest.fixture
def process(acme: TenantConnection, settings: Any, live_server: Any) -> Iterator[Any]:
    """As if this were acme's own process; returned: what leads it to another address of the control plane."""
    settings.CONTROL_TOKEN = ensure_account(Tenant.objects.get(pk=acme.id)).token
    settings.INFLUXDB_USERS = (Credentials("reader", ""), Credentials("writer", ""))
    caches = (control_plane, control.pod_tenant, trail._outbox, trail._sender, trail._deliver_leftovers)

    def lead_to(url: str) -> None:
        settings.CONTROL_URL = url
        control_plane.cache_clear()

    for each in caches:
        each.cache_clear()
    lead_to(live_server.url)
    yield lead_to
    trail._sender().end()  # it would ask on, in all tests that follow
    for each in caches:
        each.cache_clear()


def tell(name: str) -> None:
    trail.send(None, None, "anna", "acme", "sensor.update", name, {})


def told() -> list[str]:
    return list(AuditEntry.objects.filter(action="sensor.update").order_by("id").values_list("target", flat=True))


def test_events_wait_in_the_tenants_part_of_redis_and_are_delivered_in_order(
    process: Any, live_server: Any, monkeypatch: pytest.MonkeyPatch, acme: TenantConnection
) -> None:
    monkeypatch.setattr(trail, "RETRY_S", 600.0)  # by this test's own hand
    tell("first")
    assert told() == ["first"]
    process(NOBODY)
    for name in ("second", "third"):
        tell(name)
    assert told() == ["first"]
    with pytest.raises(Unavailable):
        trail.deliver()
    process(live_server.url)
    assert trail.deliver()
    assert told() == ["first", "second", "third"]
    assert trail.deliver() and told() == ["first", "second", "third"]
    assert trail._outbox()._key.startswith(acme.prefix)


def test_the_next_process_delivers_leftover_events(
    process: Any, live_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trail, "RETRY_S", 600.0)
    assert control.pod_tenant().prefix()
    process(NOBODY)
    tell("left")
    process(live_server.url)
    trail._deliver_leftovers.cache_clear()
    tell("next")
    assert sorted(told()) == ["left", "next"]


def test_a_rejected_event_does_not_block_others(process: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trail, "RETRY_S", 600.0)
    for action, detail in (("tenant.delete", {}), ("sensor.update", {"note": "x" * 200_000})):
        trail.send(None, None, "anna", "acme", action, "refused", detail)
    tell("next")
    assert told() == ["next"]
    assert trail.deliver()


def test_several_leftover_batches_are_delivered(process: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trail, "RETRY_S", 0.05)
    left = msgspec.json.encode(AuditEvent(1, "anna", "", "", "sensor.update", "left", {}))
    for _ in range(BATCH_SIZE + 1):
        trail._outbox().put(left)
    tell("next")
    wait_until(lambda: len(told()) == BATCH_SIZE + 2)
