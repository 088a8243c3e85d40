"""History is written once, newest first, and gaps are filled; on real servers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event

import numpy as np
import pytest

from catalog.kinds import SITES
from catalog.operations import delete
from catalog.snapshot import snapshot_of
from demo import history, recordings
from demo.catalog import HARBOUR
from demo.coverage import add_coverage, read_coverage
from demo.history import History, Written
from demo.install import Installed, ensure_site, installed_of
from demo.plant import Plant
from demo.plant.clock import DAY, HOUR, MINUTE
from demo.record import ensure_record, is_cancelled
from demo.shards import ensure_short_shards
from demo.skab import SKAB
from historian.queries import read_samples
from ingest.imports import jobs
from jobs import Cancelled
from kernel.tenancy import TenantConnection
from kernel.times import TimeRange
from tenants import influx
from tenants.models import Tenant
from web.stores import documents, reader, streams

NOW = 1_795_000_020_000 // MINUTE * MINUTE


@pytest.fixture
def installed(acme: TenantConnection) -> Iterator[Installed]:
    site, new = ensure_site(acme, HARBOUR)
    assert new
    yield site
    documents(acme).delete_many("simulators", {})
    documents(acme).delete_many(jobs.COLLECTION, {})
    delete(acme, SITES, site.site, cascade=True)


def raw(
    tenant: TenantConnection, installed: Installed, tag: str, start: int, end: int
) -> tuple[list[int], list[float]]:
    sensor = snapshot_of(tenant).sensors[installed.sensors[tag]]
    answer = read_samples(tenant, sensor, TimeRange(start, end), 10_000, now_ms=NOW)
    return list(answer.t), list(answer.v)


def test_installing_a_site_twice_changes_nothing(acme: TenantConnection, installed: Installed) -> None:
    assert ensure_site(acme, HARBOUR) == (installed, False)
    assert installed_of(acme, "harbour") == installed
    sensors = [s for s in snapshot_of(acme).sensors.values() if s.site == installed.site]
    assert len(sensors) == len(HARBOUR.sensors)
    assert all(sensor.revision == 1 for sensor in sensors)
    state = next(sensor for sensor in sensors if sensor.tag == "CHP1-STS")
    assert state.states == {"0": "Stopped", "1": "Running", "2": "Tripped"} and state.sampling == "on_change"


def test_the_last_week_is_there_and_a_pause_is_filled(
    acme: TenantConnection, installed: Installed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "INITIAL_HISTORY", 6 * HOUR)
    past = History(acme, installed, Plant(1))
    assert past.fill_recent(NOW - 2 * HOUR) > 0
    assert past.fill_recent(NOW - 2 * HOUR) == 0
    assert past.missing(6 * HOUR, NOW) == ((NOW - 2 * HOUR, NOW),)
    assert past.fill_recent(NOW) > 0
    t, v = raw(acme, installed, "CHWS-T", NOW - 6 * HOUR, NOW)
    assert t == list(range(NOW - 6 * HOUR, NOW, MINUTE))
    assert np.allclose(v, Plant(1).samples(NOW - 6 * HOUR, NOW, MINUTE, ("CHWS-T",)).values["CHWS-T"])
    latest = streams().latest.read(acme.prefix, [installed.sensors["CHWS-T"]])
    assert latest[installed.sensors["CHWS-T"]].ms == NOW - MINUTE


def test_backfill_is_newest_first_and_resumes_after_a_crash(
    acme: TenantConnection, installed: Installed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "FULL_HISTORY", 2 * DAY)
    monkeypatch.setattr(history, "PAUSE_RATIO", 0.0)
    past, reported, stop = History(acme, installed, Plant(1)), [], Event()

    def tell(written: Written) -> None:
        reported.append(written)
        if len(reported) == 3:
            stop.set()

    assert not past.backfill(NOW, stop, tell)
    assert len(reported) == 3
    assert past.backfill(NOW, Event(), reported.append)
    assert [w.oldest for w in reported] == sorted((w.oldest for w in reported), reverse=True)
    assert reported[-1].done == reported[-1].total == 2 * DAY and reported[-1].oldest == NOW - 2 * DAY
    assert read_coverage(acme, installed.site) == ((NOW - 2 * DAY, NOW),)
    t, _ = raw(acme, installed, "OA-T", NOW - 2 * DAY, NOW)
    assert t == list(range(NOW - 2 * DAY, NOW, MINUTE))


def test_users_see_the_progress_of_the_history_and_can_cancel_it(acme: TenantConnection, installed: Installed) -> None:
    record = ensure_record(acme, 1000, NOW)
    assert record is not None
    record.report(Written(oldest=NOW - 10 * DAY, done=10 * DAY, total=90 * DAY, samples=850_000))
    shown = jobs.read(acme, record.job.id)
    assert (shown.state, shown.source, shown.progress.samples) == ("running", "simulator", 850_000)
    assert shown.progress.rows == 14_400 and 0 < shown.progress.bytes < shown.progress.total_bytes
    # Our own worker leaves it alone.
    jobs.perform(acme, shown.id, lambda: NOW)
    assert jobs.read(acme, shown.id).state == "running"
    again = ensure_record(acme, 0, NOW)
    assert again is not None and again.job.id == shown.id
    jobs.cancel(acme, shown.id, NOW)
    with pytest.raises(Cancelled):
        again.save()
    assert is_cancelled(acme) and ensure_record(acme, 0, NOW) is None


def test_a_complete_history_is_recognized(acme: TenantConnection, installed: Installed) -> None:
    record = ensure_record(acme, 0, NOW)
    assert record is not None
    record.finish(NOW + HOUR)
    shown = jobs.read(acme, record.job.id)
    assert shown.state == "done" and shown.finished == NOW + HOUR
    assert shown.progress.bytes == shown.progress.total_bytes
    assert ensure_record(acme, 0, NOW) is None and not is_cancelled(acme)


def test_old_and_live_samples_share_no_shard(acme: TenantConnection, tenant_rows: dict[str, Tenant]) -> None:
    def weeks() -> str:
        rows = reader(acme).execute('SHOW RETENTION POLICIES ON "plant"')[0].values
        return next(str(row[2]) for row in rows if row[0] == "raw")

    before = weeks()
    ensure_short_shards(tenant_rows["acme"])
    assert weeks() == "2016h0m0s"
    try:
        ensure_short_shards(tenant_rows["acme"])
    finally:
        secrets = tenant_rows["acme"].secrets
        assert secrets is not None
        influx.ensure_database(acme.influx_url, secrets)
    assert weeks() == before


def test_what_two_processes_note_is_kept_together(acme: TenantConnection, installed: Installed) -> None:
    add_coverage(acme, installed.site, [(0, 10), (20, 30)])
    assert add_coverage(acme, installed.site, [(10, 15)]) == ((0, 15), (20, 30))
    other = replace(installed, site="p000000000a")
    assert read_coverage(acme, other.site) == ()


def test_the_skab_recordings_are_one_historian(acme: TenantConnection, shared_data: Path) -> None:
    folder = recordings.folder()
    assert folder is not None
    site, _ = ensure_site(acme, SKAB)
    report = recordings.load(acme, folder)
    assert report.bad_times == report.unreadable == 0
    assert report.samples > 200_000
    # valve1/0-5, one morning: 2020-03-09 10:14:33 to 12:14:35 UTC
    morning = TimeRange(1_583_748_873_000, 1_583_756_076_000)
    flow = read_samples(acme, snapshot_of(acme).sensors[site.sensors["FT-101"]], morning, 1000, now_ms=NOW)
    assert (min(flow.v), max(flow.v)) == (29.0, 33.0)
    delete(acme, SITES, site.site, cascade=True)
