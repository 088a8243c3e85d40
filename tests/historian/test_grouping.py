"""Small requests for the same span are read as one, and each is answered as if it had been alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from historian.read.concurrency import MIN_REQUESTS_FOR_SPLIT, ConcurrentSource
from historian.read.grouping import MAX_SAMPLES, GroupingSource
from kernel.times import DAY, HOUR, MINUTE, NS_PER_MS, TimeRange
from stores.samples import LastSamples, Part, Request, RowRange, SampleRange, Window
from tests.historian.memory_source import MemorySource

SENSORS = ("s1", "s2", "s3", "s4", "s5")
SPAN = Window.of(TimeRange(HOUR, 2 * HOUR))


class CountingSource(MemorySource):
    def __init__(self) -> None:
        super().__init__()
        self.asked: list[list[Any]] = []

    def read(self, requests: Sequence[Request[Any]]) -> list[Any]:
        self.asked.append(list(requests))
        return super().read(requests)


@pytest.fixture
def source() -> CountingSource:
    source, draw = CountingSource(), np.random.default_rng(3)
    for sensor in SENSORS:
        times = draw.choice(np.arange(0, DAY, MINUTE), 1_000, replace=False)
        quality = draw.integers(0, 3, 1_000)
        rows = zip(times.tolist(), draw.normal(0, 1, 1_000).tolist(), quality.tolist(), strict=True)
        source.write("a", sensor, [(t * NS_PER_MS, v, q) for t, v, q in rows])
        buckets = range(0, DAY, 15 * MINUTE)
        source.write_rows("a", "15m", sensor, {t * NS_PER_MS: {"min": float(t), "n": float(t % 7)} for t in buckets})
    return source


def samples(sensor: str, window: Window = SPAN, limit: int | None = 100, **rest: Any) -> SampleRange:
    return SampleRange("a", False, (sensor,), window, limit, **rest)


def rows(sensor: str, window: Window = SPAN, **rest: Any) -> RowRange:
    return RowRange("a", "15m", (sensor,), window, ("min", "n"), **rest)


def answer(sensor: str, found: Any) -> Any:
    """The part that whoever asked takes of it."""
    part = found.get(sensor) if isinstance(found, dict) else found.samples.get(sensor)
    if isinstance(part, Part):
        return [each.tolist() for each in (part.samples.t, part.samples.v, part.samples.q)], part.resume
    return part if part is None or isinstance(part, tuple) else [part.t.tolist(), *(c.tolist() for c in part.columns)]


def test_each_is_answered_as_if_it_had_been_alone(source: CountingSource) -> None:
    other = Window.of(TimeRange(3 * HOUR, 4 * HOUR))
    requests: list[Any] = [
        *(make(sensor, window) for make in (samples, rows) for window in (SPAN, other) for sensor in SENSORS),
        samples("s1", limit=40),
        samples("s2", usable=True),
        samples("s3", newest=True, limit=1),
        rows("s4", last=True),
        rows("s5", filled="usable"),
        rows("s1", Window.of(TimeRange(0, 40 * DAY))),
        samples("s1", limit=MAX_SAMPLES + 1),
        samples("none"),
        LastSamples("a", False, ("s1",), SPAN),
    ]
    alone = [source.read([request])[0] for request in requests]
    source.asked.clear()
    together = GroupingSource(source).read(requests)
    for request, one, other_answer in zip(requests, alone, together, strict=True):
        assert answer(request.sensors[0], one) == answer(request.sensors[0], other_answer), request
    [asked] = source.asked
    assert len(asked) == 4 + 7
    assert [len(request.sensors) for request in asked[:4]] == [6, 5, 5, 5]


def test_many_requests_of_several_sensors_are_read_concurrently(source: CountingSource) -> None:
    few = [samples(sensor) for sensor in SENSORS]
    many = [samples(sensor, Window.of(TimeRange(k * HOUR, (k + 1) * HOUR))) for k in range(5) for sensor in SENSORS]
    of_one = [samples("s1", Window.of(TimeRange(k * HOUR, (k + 1) * HOUR))) for k in range(10)]
    assert len(few) < MIN_REQUESTS_FOR_SPLIT < len(of_one)
    for requests, calls in ((few, 1), (of_one, 1), (many, 2)):
        alone = [answer(request.sensors[0], source.read([request])[0]) for request in requests]
        source.asked.clear()
        found = ConcurrentSource(source).read(requests)
        assert [answer(r.sensors[0], each) for r, each in zip(requests, found, strict=True)] == alone
        assert len(source.asked) == calls
