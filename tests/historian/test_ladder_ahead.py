"""Rows that are built while history is written: what is not marked is right at any moment, whoever else writes."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from django.conf import settings as config
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.models import Sensor
from historian.ladder.builder import LadderBuilder
from historian.ladder.enrollment import Enrollment
from historian.ladder.horizons import LOCK
from historian.ladder.verify import verify
from historian.rungs.rungs import ALL_TIME
from ingest.bulk import BulkWriter
from kernel.errors import Unavailable
from kernel.tenancy import TenantConnection
from kernel.times import DAY, HOUR, MINUTE
from stores.redis.client import redis_client
from stores.redis.marks import Marks
from stores.timeseries import Timeseries
from tests.forked import forked
from tests.historian.plant import START, add_sensors, write
from tests.historian.test_ladder_work import SENSORS, check, delete, send, settle, writer_of
from tests.ingest import doomed_bulk_writer
from tests.properties import examples
from web.stores import marks

NOW = START + 2_000 * DAY  # after the clock by which the bulk writer marks


class Killed(BaseException):
    """Simulates SIGKILL between two steps."""


@pytest.fixture
def acme(new_acme: TenantConnection) -> TenantConnection:
    return new_acme


@pytest.fixture(autouse=True)
def small_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.bulk.LINES_PER_WRITE", 1_000)
    monkeypatch.setattr("historian.ladder.ahead.MIN_SAMPLES", 1_000)


def enrolled(tenant: TenantConnection, *fields: dict[str, Any]) -> list[Sensor]:
    """New sensors that have a ladder and no marks."""
    sensors = add_sensors(tenant, *fields)
    settle(tenant, NOW)
    return sensors


def values_of(sensor: Sensor, t: np.ndarray) -> Any:
    if sensor.kind == "text":
        return [f"step {number % 3}" for number in (t // HOUR).tolist()]
    if sensor.kind == "discrete":
        return (t // HOUR % 3).astype(np.float64)
    return np.round(np.abs(np.sin(t / HOUR)) * 50, 2)


def add(writer: BulkWriter, sensor: Sensor, t: np.ndarray) -> None:
    quality = (t // MINUTE % 50 == 0).astype(np.uint8) * 2
    writer.add(sensor.site, sensor.id, t, values_of(sensor, t), quality)


def history(days: int, start: int = START) -> np.ndarray:
    return np.arange(start, start + days * DAY, MINUTE)


def marked(tenant: TenantConnection, sensor: Sensor) -> bool:
    known = marks().state(tenant.prefix, [sensor.id]).sensors[sensor.id]
    return bool(known.buckets or known.ranges)


def test_history_of_new_sensors_is_complete_once_it_is_written(acme: TenantConnection) -> None:
    sensors = enrolled(acme, *SENSORS)
    with BulkWriter(acme) as writer:
        for part in np.array_split(history(13), 5):
            for sensor in sensors:
                add(writer, sensor, part)
    check(acme, sensors)  # no worker ran


def test_closed_buckets_are_complete_while_later_ones_are_written(acme: TenantConnection) -> None:
    [sensor] = enrolled(acme, SENSORS[0])
    with BulkWriter(acme) as writer:
        add(writer, sensor, history(21))
        for sender in writer._senders:
            sender.post()
            sender.wait()
        known = marks().state(acme.prefix, [sensor.id]).sensors[sensor.id]
        assert known.ranges and min(mark.start for mark in known.ranges) >= START + 18 * DAY
        assert list(verify(acme, sensor)) == []
    check(acme, [sensor])


@pytest.mark.parametrize("which", ["samples", "rows", "marks", "order", "kind", "no ladder", "horizon"])
def test_other_history_is_left_to_the_worker(acme: TenantConnection, which: str) -> None:
    [sensor] = enrolled(acme, SENSORS[0]) if which != "no ladder" else add_sensors(acme, SENSORS[0])
    if which == "samples":
        write(acme, sensor, [(START + 5 * DAY, 1e6)])
    if which == "rows":
        send(acme, sensor, [(START + 5 * DAY, 1e6, 0)])
        writer_of(acme).drain(lambda: True)
        settle(acme, NOW)
        delete(acme, sensor, START, START + 9 * DAY)
        settle(acme, NOW)
    if which == "marks":
        marks().mark(acme.prefix, {sensor.id: [(START, START + HOUR)]}, NOW)
    if which == "horizon":
        marks().set_horizon(acme.prefix, sensor.site, START + 3 * DAY)
    t = history(9)
    if which == "order":
        t = np.concatenate([t[7_000:], t[:7_000]])
    with BulkWriter(acme) as writer:
        if which == "kind":
            add(writer, sensor, t[:2_000])
            writer.add(sensor.site, sensor.id, t[2_000:4_000], ["text"] * 2_000)
            t = t[4_000:]
        add(writer, sensor, t)
    if which != "no ladder":
        assert marked(acme, sensor)
    assert list(verify(acme, sensor)) == []
    marks().set_horizon(acme.prefix, sensor.site, None)
    settle(acme, NOW)
    check(acme, [sensor])


@pytest.mark.parametrize("event", ["a rebuild", "another epoch", "another recipe"])
def test_a_ladder_that_is_replaced_meanwhile_stays_marked(acme: TenantConnection, event: str) -> None:
    [sensor] = enrolled(acme, SENSORS[0])
    with BulkWriter(acme) as writer:
        add(writer, sensor, history(5))
        writer._senders[0].post()
        writer._senders[1].post()
        for sender in writer._senders:
            sender.wait()
        finest = marks().state(acme.prefix, [sensor.id]).sensors[sensor.id].finest
        if event == "another epoch":
            marks().forget_epoch(acme.prefix)
            Enrollment(acme).ensure(NOW)
        else:
            recipe = "continuous" if event == "a rebuild" else "counter"
            marks().enroll(acme.prefix, {sensor.id: (finest, recipe)}, (ALL_TIME.start, ALL_TIME.end), NOW)
        add(writer, sensor, history(5, START + 5 * DAY))
    assert marked(acme, sensor)
    known = marks().state(acme.prefix, [sensor.id]).sensors[sensor.id]
    assert any(mark.end - mark.start >= ALL_TIME.width for mark in known.ranges), "all of it is to be rebuilt"
    settle(acme, NOW)
    if event != "another recipe":
        check(acme, [sensor])


@pytest.fixture
def meddler(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, bool, Callable[[], None]], None]:
    """`meddler(n, before, act)`: `act` once, before or after the n-th step of the bulk writer from now on. It runs in a
    thread of its own, as another process would; what it raises is raised in the writer."""
    armed: dict[str, Any] = {"left": 0, "act": None, "before": True}
    busy = threading.Lock()

    def watched(owner: type, name: str) -> None:
        real = getattr(owner, name)

        def step(*args: Any, **kwargs: Any) -> Any:
            if not busy.acquire(blocking=False):
                return real(*args, **kwargs)  # the meddler's own
            try:
                armed["left"] -= 1
                now = armed["left"] == 0
                if now and armed["before"]:
                    meddle()
                answer = real(*args, **kwargs)
                if now and not armed["before"]:
                    meddle()
                return answer
            finally:
                busy.release()

        monkeypatch.setattr(owner, name, step)

    def meddle() -> None:
        raised: list[BaseException] = []

        def act() -> None:
            try:
                armed["act"]()
            except BaseException as error:
                raised.append(error)

        thread = threading.Thread(target=act)
        thread.start()
        thread.join()
        if raised:
            raise raised[0]

    for owner, name in [
        (Timeseries, "read"), (Timeseries, "write_lines"), (Marks, "mark"), (Marks, "clear"), (Marks, "state"),
        (Marks, "clear_buckets"),
    ]:  # fmt: skip
        watched(owner, name)

    def arm(steps: int, before: bool, act: Callable[[], None]) -> None:
        armed.update(left=steps, before=before, act=act)

    return arm


def kill() -> None:
    raise Killed


@settings(max_examples=examples(4), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.integers(0, 3),
    st.lists(
        st.tuples(
            st.sampled_from(["live", "live", "live over", "delete", "turn", "kill", "nothing"]),
            st.integers(1, 14),
            st.booleans(),
            st.integers(-60, 9 * 24 * 60),
        ),
        min_size=1,
        max_size=3,
    ),
)
def test_what_is_not_marked_is_right_whoever_meddles_at_any_step(
    acme: TenantConnection,
    meddler: Callable[[int, bool, Callable[[], None]], None],
    kind: int,
    acts: list[tuple[str, int, bool, int]],
) -> None:
    [sensor] = enrolled(acme, SENSORS[kind])

    def live(at: int) -> None:
        value: Any = "live" if sensor.kind == "text" else 2.0
        send(acme, sensor, [(START + at * MINUTE + 1, value, 0)])
        writer_of(acme).drain(lambda: True)

    def turn() -> None:
        try:
            LadderBuilder(acme).run_once(NOW)
        except Unavailable as error:
            assert error.problem == "lock-busy"

    def act_of(name: str, at: int) -> Callable[[], None]:
        if name.startswith("live"):
            return lambda: live(at - 1 if name == "live over" else at)
        if name == "delete":
            return lambda: delete(acme, sensor, START + at * MINUTE, START + at * MINUTE + HOUR)
        return {"turn": turn, "kill": kill, "nothing": lambda: None}[name]

    start = START
    for name, step, before, at in acts:
        try:
            with BulkWriter(acme) as writer:
                meddler(step, before, act_of(name, at))
                for part in np.array_split(history(5, start), 3):
                    add(writer, sensor, part)
        except Killed:
            pass
        meddler(0, True, kill)
        start += 5 * DAY
        assert list(verify(acme, sensor)) == []
    writer_of(acme).drain(lambda: True)
    settle(acme, NOW)
    check(acme, [sensor])


@pytest.mark.parametrize(
    ("step", "moment", "turn"),
    [("rows", "before", 2), ("rows", "after", 3), ("clear", "before", 1), ("clear", "after", 1), ("state", "after", 2)],
)
def test_a_process_that_is_killed_while_it_stores_rows_leaves_marks_where_they_are_not_complete(
    acme: TenantConnection, step: str, moment: str, turn: int
) -> None:
    [sensor] = enrolled(acme, SENSORS[0])
    parts = [(part, values_of(sensor, part)) for part in np.array_split(history(13), 4)]
    with forked(doomed_bulk_writer.run, acme, sensor.site, sensor.id, parts, step, moment, turn) as process:
        assert process.wait(60) == -signal.SIGKILL
    redis_client(config.REDIS_URL).delete(f"pt:{acme.disk or acme.id}:lock:{LOCK}")  # ends in 15 s
    assert marked(acme, sensor)
    assert list(verify(acme, sensor)) == [], "what is not marked is right"
    with BulkWriter(acme) as writer:  # the import's next attempt
        for t, values in parts:
            writer.add(sensor.site, sensor.id, t, values)
    settle(acme, NOW)
    check(acme, [sensor])
