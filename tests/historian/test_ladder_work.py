"""When no mark is left, every rung matches the raw samples, whatever the order of events."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.models import Sensor
from historian.ladder.builder import LadderBuilder
from historian.rungs.rungs import BY_WIDTH
from ingest.writer.tenant import TenantWriter
from kernel.batch import Batch, encode
from kernel.tenancy import TenantConnection
from kernel.times import DAY, HOUR, MINUTE
from stores.redis.marks import Marks
from stores.timeseries import Timeseries
from tests.historian.plant import START, add_sensors
from tests.historian.slow_ladder import differences
from tests.properties import examples
from web.stores import marks, streams, writer

LATER = START + 500 * DAY
SENSORS: list[dict[str, Any]] = [
    {"kind": "continuous", "interval_s": 60.0},
    {"kind": "counter", "interval_s": 10.0},
    {"kind": "discrete", "interval_s": None, "sampling": "on_change"},
    {"kind": "text", "interval_s": None, "sampling": "on_change"},
]


class Killed(BaseException):
    """Simulates SIGKILL between two steps."""


def settle(tenant: TenantConnection, now: int = LATER + 10 * MINUTE, turns: int = 5_000) -> None:
    """Turns until nothing is left to do."""
    ladder = LadderBuilder(tenant)
    for _ in range(turns):
        ladder.run_once(now)
        counts = marks().counts(tenant.prefix, now)
        if not counts.due_buckets and not counts.backfill_ranges:
            return
    raise AssertionError(f"marks are left: {marks().counts(tenant.prefix, now)}")


def send(tenant: TenantConnection, sensor: Sensor, rows: list[tuple[int, float | str, int]]) -> None:
    """Into the stream, as `/write` does; rows are ms, value, quality."""
    t = np.array([row[0] for row in rows], np.int64) * 1_000_000
    texts = {k: row[1] for k, row in enumerate(rows) if isinstance(row[1], str)}
    values = np.array([0.0 if isinstance(row[1], str) else row[1] for row in rows])
    quality = np.array([row[2] for row in rows], np.uint8)
    batch = Batch([(sensor.site, sensor.id)], np.zeros(len(rows), np.uint32), t, values, quality, texts)
    streams().append(tenant, [(len(batch), encode(batch))])


def writer_of(tenant: TenantConnection) -> TenantWriter:
    return TenantWriter(streams(), writer(tenant), tenant, clock=lambda: LATER)


def check(tenant: TenantConnection, sensors: list[Sensor]) -> None:
    state = marks().state(tenant.prefix, [sensor.id for sensor in sensors])
    for sensor in sensors:
        known = state.sensors[sensor.id]
        assert known.finest and not known.buckets and not known.ranges
        assert differences(tenant, sensor, BY_WIDTH[known.finest]) == [], sensor.kind


def value_for(kind: str) -> st.SearchStrategy[float | str]:
    if kind == "text":
        return st.sampled_from(["Idle", "Filling", 'a "quoted" \\ one', "line\nbreak", "Ü"])
    if kind == "discrete":
        return st.sampled_from([0.0, 1.0, 2.0])
    return st.integers(-1000, 1000).map(lambda number: number / 8)


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[Any, ...]]:
    """What happens to the four sensors, in order: samples come (late, twice, over others), ranges are deleted, the
    ladder's worker has turns and is killed in them, the writer is killed."""
    near = st.integers(0, 50).map(lambda n: n * 7_000)
    far = st.sampled_from([-40 * DAY, -3 * HOUR, 0, 5 * MINUTE, HOUR, 2 * DAY, 60 * DAY])
    acts: list[tuple[Any, ...]] = []
    for _ in range(draw(st.integers(3, 12))):
        kind = draw(st.integers(0, 3))
        base = START + draw(far)
        act = draw(st.sampled_from(["send", "send", "send", "delete", "turn", "kill-turn", "kill-writer"]))
        if act in ("send", "kill-writer"):
            times = draw(st.lists(near, min_size=1, max_size=12))
            value, quality = value_for(SENSORS[kind]["kind"]), st.sampled_from([0, 0, 0, 1, 2])
            rows = [(base + t, draw(value), draw(quality)) for t in times]
            acts.append((act, kind, rows, draw(st.integers(1, 4))))
        elif act == "delete":
            acts.append((act, kind, base + draw(near), base + draw(near) + HOUR))
        else:
            acts.append((act, draw(st.integers(1, 8))))
    return acts


@pytest.fixture
def acme(new_acme: TenantConnection) -> TenantConnection:
    return new_acme


@pytest.fixture
def killer(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """`killer(n)`: the n-th step outside from now on kills, before or after it happened; 0: no more."""
    state = {"left": 0}

    def deadly(owner: type, name: str) -> None:
        real = getattr(owner, name)

        def step(*args: Any, **kwargs: Any) -> Any:
            state["left"] -= 1
            if state["left"] == 0:
                if len(args) % 2:
                    real(*args, **kwargs)
                raise Killed
            return real(*args, **kwargs)

        monkeypatch.setattr(owner, name, step)

    for owner, name in [
        (Timeseries, "read"), (Timeseries, "read_csv"), (Timeseries, "write_lines"),
        (Marks, "mark"), (Marks, "clear"), (Marks, "state"), (Marks, "enroll"), (Marks, "set_epoch"),
        (Marks, "clear_buckets"),
    ]:  # fmt: skip
        deadly(owner, name)

    def arm(steps: int) -> None:
        state["left"] = steps

    return arm


@settings(max_examples=examples(6), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories())
def test_every_rung_matches_raw_after_any_sequence_of_events(
    acme: TenantConnection, killer: Callable[[int], None], acts: list[tuple[Any, ...]]
) -> None:
    sensors = add_sensors(acme, *SENSORS)
    for act, *details in acts:
        killer(0)
        try:
            if act == "send":
                send(acme, sensors[details[0]], details[1])
                writer_of(acme).drain(lambda: True)
            elif act == "kill-writer":
                send(acme, sensors[details[0]], details[1])
                killer(details[2])
                writer_of(acme).drain(lambda: True)
            elif act == "delete":
                delete(acme, sensors[details[0]], details[1], details[2])
            else:
                killer(details[0] if act == "kill-turn" else 0)
                LadderBuilder(acme).run_once(LATER)
        except Killed:
            pass
    killer(0)
    writer_of(acme).drain(lambda: True)
    settle(acme)
    check(acme, sensors)


def delete(tenant: TenantConnection, sensor: Sensor, start: int, end: int) -> None:
    spans = {sensor.id: [(start, end)]}
    marks().mark(tenant.prefix, spans, LATER)
    within = f"\"sensor\" = '{sensor.id}' AND time >= {start}000000 AND time < {end}000000"
    writer(tenant).execute(f'DELETE FROM "{sensor.site}" WHERE {within}')
    marks().mark(tenant.prefix, spans, LATER)
