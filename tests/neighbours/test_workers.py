"""Workers that serve all tenants skip one whose database is stopped, and do not wait for its timeouts."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest

from historian.ladder.builder import LadderBuilder
from historian.retention import settings as retention
from historian.tasks import apply_retention
from kernel.tenancy import TenantConnection
from kernel.times import DAY, HOUR, MINUTE
from stores.timeseries import NotAnswering
from tests.historian.plant import add_sensors
from tests.historian.slow_ladder import stored_samples
from tests.historian.years import Truth
from tests.stopping import stopped
from web.stores import marks, share

pytestmark = pytest.mark.django_db
MAX_WAIT_S = 15  # half of a worker's time-out, and many times what finding out takes


def now() -> int:
    return time.time_ns() // 1_000_000


def old_samples(tenant: TenantConnection) -> Truth:
    [sensor] = add_sensors(tenant, {"interval_s": 3600.0})
    t = np.arange(now() - 30 * DAY, now() - 20 * DAY, HOUR)
    truth = Truth(sensor, t, np.ones(len(t)), np.zeros(len(t), np.uint8))
    truth.write(tenant)
    while LadderBuilder(tenant).run_once(now() + MINUTE):
        pass
    return truth


def forget_outage(tenant: TenantConnection) -> None:
    deadline = time.monotonic() + 90
    while not share(tenant.id, tenant.influx_url).answers():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_the_ladder_worker_soon_gives_up_on_a_silent_database(acme: TenantConnection, servers: Any) -> None:
    truth = old_samples(acme)
    marks().mark(acme.prefix, {truth.sensor.id: [(int(truth.t[0]), int(truth.t[-1]))]}, now())
    with stopped(servers.status(f"influx-{acme.id}").pid):
        began = time.monotonic()
        for _ in range(3):  # the second and third time it is known
            with pytest.raises(NotAnswering):
                LadderBuilder(acme).run_once(now() + MINUTE)
        assert time.monotonic() - began < MAX_WAIT_S
    forget_outage(acme)
    LadderBuilder(acme).run_once(now() + MINUTE)


def test_retention_skips_a_silent_database(acme: TenantConnection, rival: TenantConnection, servers: Any) -> None:
    kept, gone = old_samples(acme), old_samples(rival)
    for tenant, truth in ((acme, kept), (rival, gone)):
        retention.set_retention(tenant, retention.Retention(10), truth.sensor.site)
    with stopped(servers.status(f"influx-{acme.id}").pid):
        began = time.monotonic()
        apply_retention()
        assert time.monotonic() - began < MAX_WAIT_S
    forget_outage(acme)
    assert stored_samples(rival, gone.sensor) == []
    apply_retention()  # what was asked of it meanwhile may be done already: nothing is lost by asking twice
    assert stored_samples(acme, kept.sensor) == []
