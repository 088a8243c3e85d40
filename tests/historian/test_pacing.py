"""Imports, ladder building and long reads yield while people read."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest

from historian.http.pages import raw_pages
from historian.queries import read_samples
from historian.statistics.query import statistics
from ingest.bulk import BulkWriter
from kernel.tenancy import TenantConnection
from kernel.times import MINUTE
from stores.redis.demand import TTL_MS
from tests.historian.plant import NOW, START, add_sensors, every_minute, minutes, write
from tests.historian.test_ladder_work import settle
from web import pacing
from web.pacing import LONG_READ, LONG_READ_RATE, MAX_PAUSE_S, PAUSE_RATIO, Pace, note_read

pytestmark = pytest.mark.django_db


@pytest.fixture
def tenant(new_acme: TenantConnection) -> TenantConnection:
    return new_acme


class Rests:
    def __init__(self) -> None:
        self.seconds: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


def wait_until_nobody_reads() -> None:
    time.sleep(TTL_MS / 1000 + 0.05)


def test_background_work_pauses_in_proportion_while_somebody_reads(tenant: TenantConnection) -> None:
    rests = Rests()
    pace = Pace(tenant, rests)
    wait_until_nobody_reads()
    with pace.piece():
        time.sleep(0.02)
    assert rests.seconds == []
    note_read(tenant)
    with pace.piece():
        time.sleep(0.02)
    [rest] = rests.seconds
    assert 0.02 * PAUSE_RATIO <= rest <= MAX_PAUSE_S


def test_a_long_read_has_a_rate_while_somebody_reads_and_a_short_one_has_none(tenant: TenantConnection) -> None:
    rests = Rests()
    parts = [range(LONG_READ // 2), range(LONG_READ // 2), range(LONG_READ), range(LONG_READ)]
    wait_until_nobody_reads()
    assert list(Pace(tenant, rests).long_read(parts)) == parts
    assert rests.seconds == []
    note_read(tenant)
    assert list(Pace(tenant, rests).long_read(parts[:2])) == parts[:2]
    assert rests.seconds == []
    assert list(Pace(tenant, rests).long_read(parts)) == parts
    assert len(rests.seconds) == 2
    assert 0 < min(rests.seconds) <= max(rests.seconds) <= LONG_READ / LONG_READ_RATE


def test_percentiles_and_exports_pause_while_somebody_reads(
    tenant: TenantConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    rests = Rests()
    monkeypatch.setattr(Pace.__init__, "__defaults__", (rests,))
    monkeypatch.setattr(pacing, "LONG_READ", 0)
    monkeypatch.setattr(pacing, "LONG_READ_RATE", 1 / 60)  # however slow the machine is, it reads faster
    [sensor] = add_sensors(tenant, {})
    write(tenant, sensor, every_minute([1.0, 2.0, 3.0]))
    wait_until_nobody_reads()
    statistics(tenant, sensor, minutes(3), [50], now_ms=NOW)
    assert rests.seconds == [], "it pauses for others, not for itself"
    note_read(tenant)
    assert statistics(tenant, sensor, minutes(3), [50], now_ms=NOW).percentiles == {"50": 2.0}
    assert len(rests.seconds) == 1
    lengths = []
    for raw in raw_pages(tenant, sensor, minutes(3), 2):
        lengths.append(len(raw))
        note_read(tenant)
    assert lengths == [2, 1]
    assert len(rests.seconds) == 3


def test_a_failed_piece_is_not_followed_by_a_pause(tenant: TenantConnection) -> None:
    rests = Rests()
    note_read(tenant)
    with pytest.raises(ValueError), Pace(tenant, rests).piece():
        raise ValueError
    assert rests.seconds == []


def test_a_query_is_noticed_by_imports_and_the_ladder(
    tenant: TenantConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    rests = Rests()
    monkeypatch.setattr(Pace.__init__, "__defaults__", (rests,))
    [sensor] = add_sensors(tenant, {})
    write(tenant, sensor, every_minute([1.0, 2.0, 3.0]))
    wait_until_nobody_reads()
    read_samples(tenant, sensor, minutes(3), 100, now_ms=NOW)
    with BulkWriter(tenant) as bulk:
        bulk.add(sensor.site, sensor.id, START + np.arange(100) * MINUTE, np.ones(100))
    assert len(rests.seconds) == 1
    read_samples(tenant, sensor, minutes(3), 100, now_ms=NOW)
    settle(tenant, NOW)
    assert len(rests.seconds) > 1


def test_reads_on_other_hosts_cause_no_pause(tenant: TenantConnection) -> None:
    rests = Rests()
    wait_until_nobody_reads()
    note_read(replace(tenant, influx_url="http://influxdb.elsewhere:8086"))
    with Pace(tenant, rests).piece():
        pass
    assert rests.seconds == []
