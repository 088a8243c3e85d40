"""The ~1000 best points of ever longer ranges of one sensor, beside InfluxQL's own aggregates on the same samples.

Through the whole of Django, but in one process, so without the web server and its socket.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np
import pytest
from django.test import Client

from catalog.models import Sensor
from kernel.tenancy import TenantConnection
from kernel.times import DAY, MINUTE, TimeRange
from stores.timeseries import RAW, Window, select
from tests.historian.plant import START, add_sensors
from web.stores import reader, writer

pytestmark = [pytest.mark.bench, pytest.mark.timeout(1200)]
SAMPLES = 3 * 365 * 1440
RANGES = {"1 day": 1, "7 days": 7, "30 days": 30, "90 days": 90, "1 year": 365, "3 years": 3 * 365}
POINTS = 1000
PATIENCE_S = 3.0  # for each figure


def test_query_of_any_range(client_for: Callable[..., Client], acme: TenantConnection) -> None:
    sensors = add_sensors(acme, *({"tag": f"TT-{number}"} for number in range(8)))
    for number, sensor in enumerate(sensors):
        load(acme, sensor, SAMPLES if number == 0 else 1440, number)
    client = client_for("viewer", acme)
    print(f"\n{'range':>8} {'samples':>10} {'minmax':>16} {'band':>16} {'InfluxQL mean':>16} {'4 selectors':>16}  ms")
    for name, days in RANGES.items():
        span = TimeRange(START + SAMPLES * MINUTE - days * DAY, START + SAMPLES * MINUTE)
        figures = [
            measured(lambda span=span: ask(client, sensors[0], span, "auto")),
            measured(lambda span=span: ask(client, sensors[0], span, "band")),
            measured(lambda span=span: aggregate(acme, sensors[0], span, 'mean("value")')),
            measured(lambda span=span: aggregate(acme, sensors[0], span, SELECTORS)),
        ]
        print(f"{name:>8} {days * 1440:>10,} " + " ".join(f"{median:7.1f} ({p95:6.1f})" for median, p95 in figures))
        if days == 1:
            assert figures[0][0] < figures[3][0]
    span = TimeRange(START, START + DAY)
    body = {"sensors": [sensor.id for sensor in sensors], "start": span.start, "end": span.end, "points": POINTS}
    median, p95 = measured(lambda: post(client, body))
    print(f"8 sensors, 1 day: {median:.1f} ({p95:.1f}) ms")


SELECTORS = 'min("value"),max("value"),first("value"),last("value")'


def load(tenant: TenantConnection, sensor: Sensor, samples: int, seed: int) -> None:
    values = (20 + np.cumsum(np.random.default_rng(seed).normal(0, 0.02, samples))).round(3).tolist()
    for place in range(0, samples, 50_000):
        lines = "\n".join(
            f"{sensor.site},sensor={sensor.id} value={value!r},quality=0i {START + (place + number) * MINUTE}"
            for number, value in enumerate(values[place : place + 50_000])
        )
        writer(tenant).write_lines(RAW, lines.encode(), "ms")


def ask(client: Client, sensor: Sensor, span: TimeRange, method: str) -> None:
    query = {"start": span.start, "end": span.end, "points": POINTS, "method": method}
    answer = client.get(f"/api/v1/sensors/{sensor.id}/samples", query)
    assert answer.status_code == 200, answer.content


def post(client: Client, body: dict[str, object]) -> None:
    assert client.post("/api/v1/samples/query", body, content_type="application/json").status_code == 200


def aggregate(tenant: TenantConnection, sensor: Sensor, span: TimeRange, columns: str) -> None:
    rest = f"GROUP BY time({span.width // POINTS}ms)"
    [series] = reader(tenant).read([select(columns, sensor.site, Window.of(span), sensors=[sensor.id], rest=rest)])
    assert len(series[0].values) >= POINTS


def measured(call: Callable[[], None]) -> tuple[float, float]:
    """Median and 95th percentile in ms."""
    call()
    took: list[float] = []
    until = time.perf_counter() + PATIENCE_S
    while len(took) < 3 or (len(took) < 200 and time.perf_counter() < until):
        began = time.perf_counter()
        call()
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took), sorted(took)[int(len(took) * 0.95)]
