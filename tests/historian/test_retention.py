"""Old samples are deleted and their rows kept: queries of old ranges are answered from rows."""

from __future__ import annotations

import threading
import time
from typing import Any

import numpy as np
import pytest

from historian.asof.query import as_of
from historian.ladder.horizons import LOCK
from historian.ladder.lines import measurement_of
from historian.ladder.verify import verify
from historian.playback.query import playback
from historian.queries import read_samples
from historian.retention.apply import apply
from historian.retention.settings import Retention, forget_site, retention_of, set_retention
from historian.rungs.rungs import COARSEST
from historian.statistics.query import statistics
from kernel.errors import BadRequest
from kernel.tenancy import TenantConnection
from kernel.times import DAY, HOUR, MINUTE, TimeRange
from tests.historian.plant import START, add_sensors
from tests.historian.slow_ladder import stored_rows, stored_samples
from tests.historian.test_ladder_late import KINDS, arrive, history, settle
from tests.historian.years import Truth
from web.stores import documents, marks, reader

NOW = START + 12 * DAY + 5
RAW_DAYS = 10
HORIZON = COARSEST.floor(NOW - RAW_DAYS * DAY)
OLD = TimeRange(START - 14 * DAY, HORIZON)


@pytest.fixture
def acme(new_acme: TenantConnection) -> TenantConnection:
    return new_acme


@pytest.fixture
def rival(new_rival: TenantConnection) -> TenantConnection:
    return new_rival


@pytest.fixture
def truths(acme: TenantConnection) -> list[Truth]:
    """Of each kind a sensor whose site keeps samples for ten days; the ladder is whole, nothing is deleted yet."""
    return kept(acme)


def kept(tenant: TenantConnection) -> list[Truth]:
    found = [history(sensor) for sensor in add_sensors(tenant, *KINDS)]
    for truth in found:
        truth.write(tenant)
    settle(tenant)
    set_retention(tenant, Retention(RAW_DAYS), found[0].sensor.site)
    return found


def apply_to(tenant: TenantConnection, truths: list[Truth], now: int = NOW) -> None:
    apply(tenant, now)
    for truth in truths:
        first = min((t for t, _, _ in stored_samples(tenant, truth.sensor)), default=now)
        assert first >= (retention_of(tenant, truth.sensor.site).raw_from or -(2**62))


def test_samples_go_and_figures_stay(acme: TenantConnection, truths: list[Truth]) -> None:
    spans = [OLD, TimeRange(OLD.start, NOW), TimeRange(START // HOUR * HOUR - 6 * HOUR, START + 9 * DAY)]
    before = [[statistics(acme, truth.sensor, span, now_ms=NOW) for span in spans] for truth in truths]
    apply_to(acme, truths)
    for truth, figures in zip(truths, before, strict=True):
        assert retention_of(acme, truth.sensor.site).raw_from == HORIZON
        assert len(stored_samples(acme, truth.sensor)) == len(truth.t[truth.t >= HORIZON])
        for span, wanted in zip(spans, figures, strict=True):
            found = statistics(acme, truth.sensor, span, now_ms=NOW)
            for name in ("complete", "count", "bad", "min", "tmin", "max", "tmax", "increase", "states"):
                assert getattr(found, name) == getattr(wanted, name), (truth.sensor.kind, name)
            assert (found.mean, found.std) == pytest.approx((wanted.mean, wanted.std))
        assert list(verify(acme, truth.sensor)) == []


def test_old_ranges_are_rendered_from_rows(acme: TenantConnection, truths: list[Truth]) -> None:
    apply_to(acme, truths)
    for truth in truths:
        for span in (OLD, TimeRange(START + 3, START + 5 * HOUR), TimeRange(START - DAY + 7, NOW)):
            view = read_samples(acme, truth.sensor, span, 2_000, now_ms=NOW)
            assert view.complete
            assert view.rung != "raw"
            assert view.t == sorted(view.t)
            inside = truth.within(span)
            if truth.sensor.kind == "continuous":
                assert set(inside.v.tolist()) >= set(view.v[1:-1])  # type: ignore[union-attr]
                assert {inside.v[1:-1].min(), inside.v[1:-1].max()} <= set(view.v)  # type: ignore[union-attr]
            if truth.sensor.kind in ("discrete", "text"):
                place = np.searchsorted(view.t, inside.t[1:-1], "right") - 1
                shown = [view.v[k] for k in place.tolist()]  # type: ignore[union-attr]
                assert shown == inside.v[1:-1].tolist()


def test_values_of_old_moments_are_the_last_of_a_bucket_before(acme: TenantConnection, truths: list[Truth]) -> None:
    apply_to(acme, truths)
    for at in (OLD.start, START - 5 * DAY + 12_345, START - 1, HORIZON - 1, HORIZON, HORIZON + 1):
        for truth, found in zip(truths, as_of(acme, [truth.sensor for truth in truths], at, NOW), strict=True):
            bucket = 5 * MINUTE
            wanted = {truth.as_of(at), truth.as_of(at - bucket)}
            assert (found.t, found.v, 0) in {one if one is None else (one[0], one[1], 0) for one in wanted} or (
                found.v is None and truth.as_of(at - bucket) is None
            ), (truth.sensor.kind, at)
    played = playback(acme, [truth.sensor for truth in truths], TimeRange(OLD.start, NOW), 300, now_ms=NOW)
    assert played.complete
    for truth in truths:
        shown = [value for value in played.columns[truth.sensor.id].tolist() if value == value and value is not None]
        assert len(shown) >= 270
        assert set(shown) <= set(truth.v.tolist())


def test_a_sample_older_than_the_retention_changes_no_row(acme: TenantConnection, truths: list[Truth]) -> None:
    apply_to(acme, truths)
    for truth in truths:
        before = stored_rows(acme, truth.sensor, COARSEST)
        assert min(before) < HORIZON
        arrive(acme, truth, [(HORIZON - 3 * DAY + k * HOUR, truth.v[0]) for k in range(70)])
        settle(acme)
        assert stored_rows(acme, truth.sensor, COARSEST) == before
        found = statistics(acme, truth.sensor, OLD, now_ms=NOW)
        assert (found.complete, found.count) == (True, len(truth.within(OLD).t))
    apply_to(acme, truths)


def test_even_when_all_is_rebuilt_old_rows_stay(rival: TenantConnection) -> None:
    truths = kept(rival)
    apply_to(rival, truths)
    marks().forget_epoch(rival.prefix)
    for truth in truths:
        assert as_of(rival, [truth.sensor], HORIZON - 1, NOW)[0].v is not None
    settle(rival)
    for truth in truths:
        found = statistics(rival, truth.sensor, TimeRange(OLD.start, NOW), now_ms=NOW)
        assert (found.complete, found.count) == (True, len(truth.t[truth.t >= OLD.start]))


def test_what_is_not_built_yet_is_not_deleted(acme: TenantConnection, truths: list[Truth]) -> None:
    marked = HORIZON - 3 * DAY
    truths = [arrive(acme, truths[0], [(marked + 5, 77.0)]), *truths[1:]]
    apply_to(acme, truths)
    assert retention_of(acme, truths[0].sensor.site).raw_from == COARSEST.floor(marked)
    settle(acme)
    apply_to(acme, truths)
    assert retention_of(acme, truths[0].sensor.site).raw_from == HORIZON
    assert statistics(acme, truths[0].sensor, OLD, now_ms=NOW).max == 77.0


def test_a_repair_under_way_is_waited_for(acme: TenantConnection, truths: list[Truth]) -> None:
    ended: list[float] = []
    holds = threading.Event()

    def repair() -> None:
        with documents(acme).exclusive(LOCK):
            holds.set()
            time.sleep(0.5)
            ended.append(time.monotonic())

    thread = threading.Thread(target=repair)
    thread.start()
    holds.wait()
    apply_to(acme, truths)
    assert ended
    thread.join()


def test_rows_are_deleted_too_if_so_configured(acme: TenantConnection, truths: list[Truth]) -> None:
    site = truths[0].sensor.site
    set_retention(acme, Retention(RAW_DAYS, RAW_DAYS + 5), site)
    apply_to(acme, truths)
    rows_from = COARSEST.floor(NOW - (RAW_DAYS + 5) * DAY)
    for truth in truths:
        assert min(stored_rows(acme, truth.sensor, COARSEST)) == rows_from
    assert measurement_of(site, COARSEST) in reader(acme).measurements()


def test_a_sites_own_setting_overrides_the_tenants(rival: TenantConnection) -> None:
    sensors = [add_sensors(rival, {"interval_s": 60.0})[0] for _ in range(3)]
    truths = [history(sensor) for sensor in sensors]
    for truth in truths:
        truth.write(rival)
    settle(rival)
    set_retention(rival, Retention(20))
    set_retention(rival, Retention(5), sensors[0].site)
    set_retention(rival, Retention(None), sensors[1].site)
    assert [retention_of(rival, sensor.site).raw_days for sensor in sensors] == [5, None, 20]
    assert [retention_of(rival, sensor.site).own for sensor in sensors] == [True, True, False]
    apply(rival, NOW)
    kept = [min(t for t, _, _ in stored_samples(rival, sensor)) for sensor in sensors]
    assert kept[0] >= COARSEST.floor(NOW - 5 * DAY)
    assert kept[1] == truths[1].t[0]
    assert COARSEST.floor(NOW - 20 * DAY) <= kept[2] < kept[0]
    set_retention(rival, None, sensors[1].site)
    assert retention_of(rival, sensors[1].site).raw_days == 20
    set_retention(rival, Retention())


def test_percentiles_of_deleted_samples_are_rejected(acme: TenantConnection, truths: list[Truth]) -> None:
    apply_to(acme, truths)
    with pytest.raises(BadRequest, match="were deleted") as refusal:
        statistics(acme, truths[0].sensor, TimeRange(OLD.start, NOW), [50], now_ms=NOW)
    assert refusal.value.problem == "samples-gone"
    assert statistics(acme, truths[0].sensor, TimeRange(HORIZON, NOW), [50], now_ms=NOW).percentiles


WRONG: list[tuple[Any, str]] = [
    (Retention(1), "raw_days=1 is not from 2"),
    (Retention(40_000), "raw_days=40000 is not from 2"),
    (Retention(None, 10), "give raw_days, no larger than ladder_days"),
    (Retention(20, 10), "give raw_days, no larger than ladder_days"),
]


@pytest.mark.parametrize(("wanted", "message"), WRONG)
def test_an_invalid_setting_is_rejected(acme: TenantConnection, wanted: Retention, message: str) -> None:
    before = retention_of(acme)
    with pytest.raises(BadRequest, match=message):
        set_retention(acme, wanted)
    assert retention_of(acme) == before


def test_deleting_a_site_deletes_its_setting(acme: TenantConnection, truths: list[Truth]) -> None:
    apply_to(acme, truths)
    site = truths[0].sensor.site
    forget_site(acme, site)
    after = retention_of(acme, site)
    assert (after.raw_days, after.own, after.raw_from) == (retention_of(acme).raw_days, False, None)
    assert site not in marks().state(acme.prefix, []).horizons
