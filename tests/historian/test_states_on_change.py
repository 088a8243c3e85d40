"""States of sensors that report on change: read from samples or rows, whichever are fewer."""

from __future__ import annotations

import numpy as np
import pytest

from historian.queries import read_samples
from historian.shape.series import Line
from ingest.bulk import BulkWriter
from kernel.tenancy import TenantConnection
from kernel.times import HOUR, MINUTE, SECOND, TimeRange
from tests.historian.plant import NOW, START, add_sensors
from tests.historian.test_ladder_work import settle

pytestmark = pytest.mark.django_db
STATES = {"0": "Stopped", "1": "Running"}


def read(tenant: TenantConnection, interval_s: float, step_ms: int, hours: int) -> tuple[Line, list[tuple[int, float]]]:
    """A state every `step_ms` of a sensor whose interval is said to be `interval_s`; and its changes."""
    [sensor] = add_sensors(tenant, {"kind": "discrete", "states": STATES, "interval_s": interval_s})
    assert sensor.sampling == "on_change"
    t = START + np.arange(0, hours * HOUR, step_ms, dtype=np.int64)
    v = ((t - START) // (20 * MINUTE) % 2).astype(np.float64)
    with BulkWriter(tenant) as bulk:
        bulk.add(sensor.site, sensor.id, t, v)
    settle(tenant, NOW)
    answer = read_samples(tenant, sensor, TimeRange(START, START + hours * HOUR), 400, now_ms=NOW)
    assert isinstance(answer, Line)
    return answer, [(START + k * 20 * MINUTE, float(k % 2)) for k in range(3 * hours)]


def test_a_state_every_minute_is_read_from_its_samples(tenant: TenantConnection) -> None:
    answer, changes = read(tenant, 60.0, MINUTE, 10)
    assert answer.rung == "raw"
    assert list(zip(answer.t, answer.v, strict=True)) == changes


def test_a_state_that_comes_far_more_often_than_its_interval_is_read_from_rows(tenant: TenantConnection) -> None:
    answer, changes = read(tenant, 3600.0, SECOND, 4)
    assert answer.rung == "1m"
    assert answer.samples == 4 * 3600
    assert list(zip(answer.t, answer.v, strict=True)) == changes
