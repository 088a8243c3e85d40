"""Late data, deleted data, lost marks: answers are correct or marked as incomplete, and eventually correct."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from django.conf import settings

from catalog import operations
from catalog.kinds import SENSORS
from catalog.models import Sensor
from catalog.snapshot import log_of, snapshot_of
from historian.asof.query import as_of
from historian.ladder.builder import LadderBuilder
from historian.ladder.verify import verify
from historian.playback.query import playback
from historian.queries import read_samples
from historian.read.ladders import ladders_of
from historian.retention.deletion import delete_samples
from historian.rungs.rungs import ALL_TIME, BY_WIDTH, finest_for, recipe_of
from historian.statistics.query import statistics
from kernel.tenancy import TenantConnection
from kernel.times import DAY, HOUR, MINUTE, TimeRange
from stores.redis.client import redis_client
from tests.historian import test_ladder_work as work
from tests.historian.plant import START, add_sensors, listed, write
from tests.historian.slow_ladder import differences
from tests.historian.test_ladder_work import LATER, delete, send, writer_of
from tests.historian.years import Truth
from web.stores import documents, marks

NOW = LATER
TODAY = time.time_ns() // 1_000_000 + HOUR  # history is marked by the clock
WIDE = TimeRange(START - 60 * DAY - 7, START + 20 * DAY + 11)


@pytest.fixture
def acme(new_acme: TenantConnection) -> TenantConnection:
    return new_acme


@pytest.fixture
def rival(new_rival: TenantConnection) -> TenantConnection:
    return new_rival


def settle(tenant: TenantConnection, now: int = TODAY) -> None:
    work.settle(tenant, now)


def truth_of(sensor: Sensor, rows: list[tuple[int, Any]]) -> Truth:
    t, v = zip(*sorted(dict(rows).items()), strict=True)
    kind = object if sensor.kind == "text" else np.float64
    return Truth(sensor, np.array(t, np.int64), np.array(v, kind), np.zeros(len(t), np.uint8))


def with_more(truth: Truth, rows: list[tuple[int, Any]]) -> Truth:
    """With samples added, or put over those of the same times."""
    return truth_of(truth.sensor, [*zip(truth.t.tolist(), truth.v.tolist(), strict=True), *rows])


def arrive(tenant: TenantConnection, truth: Truth, rows: list[tuple[int, Any]]) -> Truth:
    """As devices send them: through the stream and its writer."""
    send(tenant, truth.sensor, [(t, v, 0) for t, v in rows])
    writer_of(tenant).drain(lambda: True)
    return with_more(truth, rows)


def faults(tenant: TenantConnection, truth: Truth, span: TimeRange = WIDE, points: int = 60) -> list[str]:
    """What is wrong in the answers to a range; those that say they are not complete may be."""
    found: list[str] = []
    sensor, inside = truth.sensor, truth.within(span)
    view = read_samples(tenant, sensor, span, points, now_ms=NOW)
    if view.complete:
        if view.samples != len(inside.t):
            found.append(f"view: {view.samples} samples instead of {len(inside.t)}")
        if (
            sensor.kind == "continuous"
            and len(inside.t)
            and (max(view.v), min(view.v))
            != (  # type: ignore[union-attr]
                inside.v.max(),
                inside.v.min(),
            )
        ):
            found.append("view: extremes")
        if sensor.kind == "counter" and not math.isclose(sum(view.v), truth.grown(span)):  # type: ignore[union-attr, arg-type]
            found.append("view: increase")
    figures = statistics(tenant, sensor, span, now_ms=NOW)
    if figures.complete:
        if figures.count != len(inside.t):
            found.append(f"statistics: {figures.count} samples instead of {len(inside.t)}")
        if sensor.kind in ("discrete", "text") and figures.states != truth.held(span, span.end):
            found.append("statistics: states")
        if sensor.kind == "continuous" and len(inside.t) and not math.isclose(figures.mean or 0, inside.v.mean()):
            found.append("statistics: mean")
    for at in (span.start, span.start + span.width // 3, span.end, NOW - 1):
        [value] = as_of(tenant, [sensor], at, NOW)
        wanted = truth.as_of(at)
        if (value.t, value.v) != ((wanted[0], wanted[1]) if wanted else (None, None)):
            found.append(f"value at {at}: {value} instead of {wanted}")
    played = playback(tenant, [sensor], span, 60, now_ms=NOW)
    if played.complete:
        column = listed(played.columns[sensor.id])
        for moment, shown in zip(played.t.tolist(), column, strict=True):
            now, then = truth.as_of(moment), truth.as_of(moment - (played.t[1] - played.t[0]))
            allowed = [now[1] if now else None]
            if sensor.kind in ("continuous", "counter"):
                since = truth.t >= (then[0] if then else truth.t[0])
                allowed += [*truth.v[since & (truth.t <= moment)].tolist(), *([] if then else [None])]
            if shown not in allowed:
                found.append(f"frame {moment}: {shown} instead of {allowed[-3:]}")
    if (view.complete, figures.complete, played.complete) != (True, True, True):
        found.append("incomplete")
    return found


KINDS: list[dict[str, Any]] = [
    {"interval_s": 60.0},
    {"interval_s": 60.0, "kind": "counter"},
    {"interval_s": None, "sampling": "on_change", "kind": "discrete"},
    {"interval_s": None, "sampling": "on_change", "kind": "text"},
]


def history(sensor: Sensor, start: int = START - 12 * DAY, end: int = START + 12 * DAY) -> Truth:
    """A sample every 40 minutes, at no round times."""
    times = range(start + 17, end, 40 * MINUTE + 3_333)
    words = ["Idle", "Filling", "Heating"]
    value: Callable[[int], Any] = {
        "continuous": lambda k: math.sin(k / 9) * 7,
        "counter": lambda k: float(k % 50),
        "discrete": lambda k: float(k // 5 % 3),
        "text": lambda k: words[k // 5 % 3],
    }[sensor.kind]
    return truth_of(sensor, [(t, value(k)) for k, t in enumerate(times)])


@pytest.fixture
def truths(acme: TenantConnection) -> list[Truth]:
    """A sensor of every kind with four weeks of samples and a ladder that is whole."""
    return make(acme)


def make(tenant: TenantConnection) -> list[Truth]:
    found = [history(sensor) for sensor in add_sensors(tenant, *KINDS)]
    for truth in found:
        truth.write(tenant)
    settle(tenant)
    for truth in found:
        assert faults(tenant, truth) == [], truth.sensor.kind
    return found


def late(truth: Truth) -> list[tuple[int, Any]]:
    """An hour of a week ago, one sample of a month ago that tops all, one over an old one."""
    extreme: Any = "Draining" if truth.sensor.kind == "text" else 99.0
    hour = [(START - 7 * DAY + k * 20_000, truth.v[k % 30]) for k in range(180)]
    return [*hour, (START - 40 * DAY, extreme), (int(truth.t[40]), truth.v[3])]


def test_late_samples_are_in_every_answer_at_once(acme: TenantConnection, truths: list[Truth]) -> None:
    for truth in truths:
        truth = arrive(acme, truth, late(truth))
        assert faults(acme, truth) == [], truth.sensor.kind
        settle(acme)
        assert faults(acme, truth) == [], truth.sensor.kind
        assert list(verify(acme, truth.sensor)) == []


def test_very_many_late_buckets_are_built_in_bulk_and_delay_nobody(acme: TenantConnection, truths: list[Truth]) -> None:
    """Hundreds of separate marks of each sensor: one of each had taken a quarter of a minute."""
    for place, truth in enumerate(truths):
        many = [(START - 11 * DAY + k * HOUR + 5, truth.v[k % 30]) for k in range(250)]
        truths[place] = arrive(acme, truth, many)
    ladder, turns = LadderBuilder(acme), 1
    while ladder.run_once(TODAY):
        turns += 1
    assert turns <= 5
    for truth in truths:
        assert faults(acme, truth) == []
        assert list(verify(acme, truth.sensor)) == []


def test_a_long_backfill_answers_incomplete_and_then_complete(acme: TenantConnection) -> None:
    [sensor] = add_sensors(acme, {"interval_s": 60.0})
    recent = history(sensor)
    recent.write(acme)
    settle(acme)
    times = np.arange(START - 130 * DAY, START - 13 * DAY, MINUTE)
    backfill = Truth(sensor, times, np.sin(times / HOUR), np.zeros(len(times), np.uint8))
    backfill.write(acme)
    span = TimeRange(START - 140 * DAY, START + 12 * DAY)
    both = with_more(backfill, list(zip(recent.t.tolist(), recent.v.tolist(), strict=True)))
    view = read_samples(acme, sensor, span, 2_000, now_ms=NOW)
    assert not view.complete
    assert len(recent.t) <= view.samples < len(both.t), "the shortest marks are read from raw"
    assert not statistics(acme, sensor, span, now_ms=NOW).complete
    assert faults(acme, both, TimeRange(START - 30 * DAY, START - 29 * DAY)) == [], "a day of it comes from raw"
    settle(acme)
    assert faults(acme, both, span) == []


def test_a_series_with_stale_rows_uses_raw_samples_only_if_they_are_few(acme: TenantConnection) -> None:
    """However few samples the rows stand for: behind them may be any number."""
    [sensor] = add_sensors(acme, {"interval_s": 0.1})
    span = TimeRange(START - 300 * DAY, START + DAY)
    truth_of(sensor, [(START + k, float(k)) for k in range(5)]).write(acme)
    settle(acme)
    marks().mark(acme.prefix, {sensor.id: [(START - 300 * DAY, START - DAY)]}, NOW)
    view = read_samples(acme, sensor, span, 1_000, now_ms=NOW)
    assert (view.complete, view.samples, view.rung) == (True, 5, "raw")
    truth_of(sensor, [(START - 9 * DAY + k, 1.0) for k in range(1_000)]).write(acme)
    marks().mark(acme.prefix, {sensor.id: [(START - 300 * DAY, START - DAY)]}, NOW)
    view = read_samples(acme, sensor, span, 1_000, now_ms=NOW)
    assert (view.complete, view.rung) == (False, "12h")
    settle(acme)
    view = read_samples(acme, sensor, span, 1_000, now_ms=NOW)
    assert (view.complete, view.samples, view.rung) == (True, 1_005, "12h")


def test_samples_within_one_millisecond_are_distinguished(acme: TenantConnection) -> None:
    """A spike up and back within one ms, in a rung's only bucket that has it, and states that change so."""
    number, state = add_sensors(acme, {"interval_s": 60.0}, {"kind": "discrete", "sampling": "on_change"})
    rows = [((START + k * MINUTE) * 1_000_000, 1.0) for k in range(3_000)]
    at = (START + 900 * MINUTE + 30_000) * 1_000_000
    write(acme, number, [*rows, (at, -50.0), (at + 7, 50.0)], unit_ns=1)
    steps = [((START + k * 7 * MINUTE) * 1_000_000, float(k % 2)) for k in range(500)]
    write(acme, state, [*steps, (at, 3.0), (at + 7, 0.0), (at + 9, 1.0)], unit_ns=1)
    settle(acme)
    span = TimeRange(START, START + 3_000 * MINUTE)
    view = read_samples(acme, number, span, 20, now_ms=NOW)
    assert view.rung != "raw"
    assert {-50.0, 50.0} <= set(view.v)  # type: ignore[union-attr]
    for points in (40, 200):
        changes = read_samples(acme, state, TimeRange(START, at // 1_000_000 + 1), points, now_ms=NOW)
        assert changes.v[-1] == 1.0  # type: ignore[union-attr]


def test_a_deleted_stretch_leaves_empty_buckets(acme: TenantConnection, truths: list[Truth]) -> None:
    gone = TimeRange(START - 6 * DAY - 1, START + 3 * DAY + 1)
    for truth in truths:
        delete(acme, truth.sensor, gone.start, gone.end)
        rest = truth.take((truth.t < gone.start) | (truth.t >= gone.end))
        assert set(faults(acme, rest)) <= {"incomplete"}
        settle(acme)
        assert faults(acme, rest) == [], truth.sensor.kind
        assert list(verify(acme, truth.sensor)) == []


def test_a_site_without_samples_returns_nothing(acme: TenantConnection, truths: list[Truth]) -> None:
    delete_samples(acme, truths[0].sensor.site, NOW)
    for _ in range(2):
        for truth in truths:
            view = read_samples(acme, truth.sensor, WIDE, 60, now_ms=NOW)
            assert (view.samples, view.t) == (0, [])
            assert as_of(acme, [truth.sensor], START, NOW)[0].v is None
        settle(acme)
    again = [(START + k * MINUTE, truths[0].v[k]) for k in range(200)]
    fresh = arrive(acme, truth_of(truths[0].sensor, again[:1]), again)
    assert faults(acme, fresh) == []
    settle(acme)
    assert faults(acme, fresh) == []


def lose_marks(tenant: TenantConnection) -> dict[bytes, bytes]:
    """Redis without anything of the tenant's ladder; what it was."""
    client = redis_client(settings.REDIS_URL)
    kept = {name: client.dump(name) for name in client.scan_iter(match=f"{tenant.prefix}ladder:*")}
    client.delete(*kept)
    return kept


def test_without_its_marks_nothing_wrong_is_answered_and_all_is_rebuilt(rival: TenantConnection) -> None:
    truths = make(rival)
    lose_marks(rival)
    for number in range(3):
        for place, truth in enumerate(truths):
            assert set(faults(rival, truth)) <= {"incomplete"}
            truths[place] = arrive(rival, truth, [(START - 3 * DAY + number * MINUTE, truth.v[number])])
            assert set(faults(rival, truths[place])) <= {"incomplete"}
        LadderBuilder(rival).run_once(NOW)
    settle(rival)
    for truth in truths:
        assert faults(rival, truth) == []
        assert differences(rival, truth.sensor, BY_WIDTH[60_000 if truth.sensor.interval_s is None else 300_000]) == []


def test_marks_of_another_epoch_are_not_trusted(rival: TenantConnection) -> None:
    """Redis was restored from a copy that knows nothing of what came since."""
    truths = make(rival)
    old = lose_marks(rival)
    settle(rival)
    for place, truth in enumerate(truths):
        truths[place] = arrive(rival, truth, late(truth))
    lose_marks(rival)
    client = redis_client(settings.REDIS_URL)
    for name, value in old.items():
        client.restore(name, 0, value, replace=True)
    settle(rival)
    for truth in truths:
        assert faults(rival, truth) == []
        assert list(verify(rival, truth.sensor)) == []


def change(tenant: TenantConnection, sensor: Sensor, **fields: Any) -> None:
    current = snapshot_of(tenant).sensors[sensor.id]
    operations.change(tenant, SENSORS, sensor.id, fields, current.revision)


def change_kind(tenant: TenantConnection, sensor: Sensor, kind: str) -> None:
    """Now refused of a sensor that has samples; earlier versions allowed it of samples that they did not see."""
    database = documents(tenant)
    with log_of(database).changing([("sensors", sensor.id)]):
        database.change("sensors", sensor.id, lambda document: {**document, "kind": kind})


@pytest.mark.parametrize("kind", ["text", "discrete", "counter"])
def test_a_sensor_whose_kind_changed_shows_samples_of_its_new_kind(acme: TenantConnection, kind: str) -> None:
    [sensor] = add_sensors(acme, {"interval_s": 60.0, "kind": "continuous" if kind != "discrete" else "text"})
    before = history(sensor)
    before.write(acme)
    settle(acme)
    change_kind(acme, sensor, kind)
    changed = snapshot_of(acme).sensors[sensor.id]
    value: Any = "Idle" if kind == "text" else 5.0
    rows = [(START + k * MINUTE, value) for k in range(600)]
    now = truth_of(changed, rows if kind == "text" or before.v.dtype == object else [*late_numbers(before), *rows])
    for _ in range(3):
        now = arrive(acme, now, rows)
        wrong = faults(acme, now, TimeRange(START - 14 * DAY, START + 13 * DAY))
        assert set(wrong) <= {"incomplete"}
        LadderBuilder(acme).run_once(NOW)
    settle(acme)
    assert faults(acme, now, TimeRange(START - 14 * DAY, START + 13 * DAY)) == []
    assert list(verify(acme, changed)) == []


def late_numbers(truth: Truth) -> list[tuple[int, Any]]:
    return list(zip(truth.t.tolist(), truth.v.tolist(), strict=True))


def test_a_changed_interval_takes_effect_after_a_rebuild(acme: TenantConnection) -> None:
    [sensor] = add_sensors(acme, {"interval_s": 60.0})
    before = history(sensor)
    before.write(acme)
    settle(acme)
    for interval, width in ((900.0, HOUR), (1.0, MINUTE), (60.0, 5 * MINUTE)):
        change(acme, sensor, interval_s=interval)
        changed = snapshot_of(acme).sensors[sensor.id]
        truth = Truth(changed, before.t, before.v, before.q)
        settle(acme)
        assert faults(acme, truth) == [], "as it was"
        finest = finest_for(changed)
        assert finest is not None
        assert finest.ms == width
        marks().enroll(acme.prefix, {sensor.id: (finest.ms, recipe_of(changed))}, (ALL_TIME.start, ALL_TIME.end), NOW)
        settle(acme)
        assert ladders_of(acme, [changed])[sensor.id].finest == finest
        assert faults(acme, truth) == []
        assert list(verify(acme, changed)) == []
        assert differences(acme, changed, finest) == []


@pytest.mark.parametrize("base", [-40_000 * DAY, -1, 60_000 * DAY], ids=["1860", "1970", "2134"])
def test_other_centuries_are_supported(acme: TenantConnection, base: int) -> None:
    base = base // (2 * DAY) * 2 * DAY + 2 * DAY
    truths = [history(sensor, base - 5 * DAY, base + 5 * DAY) for sensor in add_sensors(acme, *KINDS)]
    for truth in truths:
        truth.write(acme)
    truths = [arrive(acme, truth, [(base - 6 * DAY + 5, truth.v[7])]) for truth in truths]
    settle(acme, max(TODAY, base + 40 * DAY))
    for truth in truths:
        assert list(verify(acme, truth.sensor)) == []
        span = TimeRange(base - 6 * DAY - 1, base + 6 * DAY)
        figures = statistics(acme, truth.sensor, span, now_ms=max(NOW, base + 40 * DAY))
        assert (figures.complete, figures.count) == (True, len(truth.t))
        assert figures.rung == "2d"
