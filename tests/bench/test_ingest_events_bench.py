"""What an event costs our processes, beside the same values sent as line protocol."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from catalog.operations import bulk_upsert
from ingest.events.operations import take_events
from ingest.events.schema import FieldSchema
from ingest.events.type_models import NewSchema
from ingest.events.types import put
from ingest.letters import Origin
from ingest.sources.influxdb.operations import take_lines
from kernel.tenancy import TenantConnection
from runtime.home import Home
from tests.bench.publishing import publish
from tests.bench.query.installation import settle
from tests.ingest.conftest import Plant, drain

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]
BATCH, BATCHES, MACHINES = 500, 40, 20
FIELDS = ("temperature", "pressure", "speed", "torque", "level", "count")
MAX_RATIO = 2.0
T = 1_770_000_000_000
TYPE = "cycle.done"


def values(k: int) -> dict[str, float]:
    return {name: round((k * 7 + place) % 997 / 7, 3) for place, name in enumerate(FIELDS)}


def event(k: int) -> bytes:
    own = {"ts": T + 50 * k, "type": TYPE, "device": f"M-{k % MACHINES}", "firmware": "2.4.1"}
    return json.dumps({**own, **values(k)}).encode()


def lines(k: int, site: str) -> list[str]:
    return [f"{site},sensor=M-{k % MACHINES}.{name} value={value} {T + 50 * k}" for name, value in values(k).items()]


def measured(tenant: TenantConnection, take: Callable[[int], None]) -> tuple[float, float]:
    """CPU of accepting and of writing 1,000 events (ms): the median of the batches."""
    accepting, writing = [], []
    for number in range(BATCHES):
        began = time.process_time()
        take(number * BATCH)
        accepted = time.process_time()
        drain(tenant)
        accepting.append(accepted - began)
        writing.append(time.process_time() - accepted)
    per_thousand = 1_000 / BATCH * 1_000
    return float(np.median(accepting)) * per_thousand, float(np.median(writing)) * per_thousand


def test_cpu_of_events_beside_line_protocol(home: Home, plant: Plant) -> None:
    unlimited = replace(plant.tenant.limits, events_per_s=1_000_000, samples_per_s=10_000_000)
    tenant, site = replace(plant.tenant, limits=unlimited), plant.slug
    tags = [f"M-{machine}.{name}" for machine in range(MACHINES) for name in FIELDS]
    bulk_upsert(tenant, "sensors", [{"site": site, "tag": tag, "name": tag, "interval_s": 1.0} for tag in tags])
    schema = NewSchema({name: FieldSchema("number") for name in FIELDS})
    put(tenant, TYPE, schema, None, "bench", T)
    batches = {first: [event(first + k) for k in range(BATCH)] for first in range(0, BATCH * BATCHES, BATCH)}
    bodies = {
        first: "\n".join(line for k in range(BATCH) for line in lines(first + k, site)).encode() for first in batches
    }
    settle(home.path, print)

    def send_events(first: int) -> None:
        assert take_events(tenant, batches[first], time.time_ns(), Origin("events")).accepted == BATCH

    def send_lines(first: int) -> None:
        assert take_lines(tenant, bodies[first], 1_000_000, time.time_ns()).refused == 0

    of_events, of_lines = measured(tenant, send_events), measured(tenant, send_lines)
    ratio = sum(of_events) / sum(of_lines)
    publish(
        {
            "ingest-events": f"1,000 events of {len(FIELDS)} numbers, with a schema, in batches of {BATCH}, take"
            f" {of_events[0]:.0f} ms of processor time to accept and {of_events[1]:.0f} ms to write; the same values as"
            f" line protocol ({len(FIELDS)} samples each) {of_lines[0]:.0f} and {of_lines[1]:.0f} ms. An event costs"
            f" {ratio:.2f} times as much (budget {MAX_RATIO:.0f}). This is our own time, without Redis and InfluxDB."
        },
        1,
    )
    assert ratio <= MAX_RATIO
