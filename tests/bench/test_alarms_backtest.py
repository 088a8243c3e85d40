"""Budget: a back-test of a rule over a year of minutes.

BENCH_SCALE shortens the year (0.02: a dry run); only a full run rewrites docs/benchmarks.md.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence

import numpy as np
import pytest

from alarms import backtest
from alarms.rules.models import (
    Applies,
    Armed,
    Deviation,
    Expression,
    Frozen,
    Limit,
    OutOfRange,
    Rate,
    RuleContent,
    Stale,
    Trigger,
)
from catalog.models import Sensor
from ingest.bulk import BulkWriter
from kernel.tenancy import TenantConnection
from kernel.times import DAY, MINUTE, TimeRange
from tests.bench.publishing import publish
from tests.bench.query.bars import at_most
from tests.bench.query.data import END
from tests.bench.query.report import bars, table
from tests.historian.plant import add_sensors
from tests.historian.test_ladder_work import settle

pytestmark = [pytest.mark.bench, pytest.mark.django_db, pytest.mark.timeout(1800)]
SCALE = float(os.environ.get("BENCH_SCALE", "1"))
DAYS, REPEATS, MAX_MS = max(int(365 * SCALE), 2), 5, 1_000.0
SPAN = TimeRange(END - DAYS * DAY, END)


def test_a_year_of_minutes(acme: TenantConnection) -> None:
    value, running = sensors = add_sensors(acme, {"unit": "°C", "range": (-50.0, 90.0)}, {"kind": "discrete"})
    v = _write(acme, sensors)
    high, common = np.percentile(v, [99.9, 90]).tolist()
    rules: dict[str, tuple[Trigger, Armed | None]] = {
        "high limit, rarely exceeded": (Limit(side="high", limit=high), None),
        "high limit, exceeded a tenth of the time": (Limit(side="high", limit=common, deadband=0.2), None),
        "the same without deadband": (Limit(side="high", limit=common), None),
        "deviation from a number": (Deviation(set_point=float(np.median(v)), limit=4.0, deadband=0.5), None),
        "out of range or of bad quality": (OutOfRange(), None),
        "high limit, armed while it runs": (
            Limit(side="high", limit=common, deadband=0.2), Armed(expression=f"{{{running.id}}} == 1", delay_s=300.0),
        ),
        "rate of change": (Rate(limit=1.0, window_s=600.0), None),
        "frozen": (Frozen(after_s=1_800.0), None),
        "stale": (Stale(after_s=300.0), None),
        "expression of two sensors": (
            Expression(expression=f"{{{value.id}}} > {common} [°C] and {{{running.id}}} == 1"), None,
        ),
    }  # fmt: skip
    rows, judged = [], []
    for what, (trigger, armed) in rules.items():
        content = RuleContent(
            name=what, applies=Applies(sensors=[value.id]), trigger=trigger, armed=armed, on_delay_s=60.0
        )
        times = []
        for _ in range(REPEATS):
            began = time.perf_counter()
            found = backtest.run(acme, content, SPAN, END)
            times.append((time.perf_counter() - began) * 1000)
            assert found.complete
        rows.append([what, f"{found.count:,}", f"{np.median(times):.0f}", f"{max(times):.0f}"])
        judged.append(at_most(f"back-test, {what}: p50", float(np.median(times)), MAX_MS, "ms"))
    names = [f"rule, {DAYS} days of minutes ({len(v):,} samples)", "alarms", "p50, ms", "longest, ms"]
    publish({"alarms-backtest": f"{table(names, rows)}\n\n{bars(judged)}"}, SCALE)
    assert all(bar.reached for bar in judged), [f"{bar.what}: {bar.found}" for bar in judged if not bar.reached]


def _write(tenant: TenantConnection, sensors: Sequence[Sensor]) -> np.ndarray:
    """A day's and a year's wave with noise, and a machine that runs by day; with their rows. Returns the first's."""
    t = END - MINUTE * np.arange(DAYS * 1440, 0, -1, dtype=np.int64)
    days = (t - END) / DAY
    noise = np.random.default_rng(1).normal(0, 0.15, len(t))
    v = np.round(20 + 6 * np.sin(2 * np.pi * days / 365) + 3 * np.sin(2 * np.pi * days) + noise, 2)
    on = ((t // (DAY // 24)) % 24 >= 6).astype(np.float64)
    with BulkWriter(tenant) as writer:
        for sensor, values in zip(sensors, (v, on), strict=True):
            for part in np.array_split(np.arange(len(t)), 20):
                writer.add(sensor.site, sensor.id, t[part], values[part])
        writer.flush()
    settle(tenant, END + 10 * MINUTE)
    return v
