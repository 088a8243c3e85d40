"""The minutes that a write touches, compared with a simple implementation."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ingest.writer.touched import touched_by
from kernel.batch import Batch
from kernel.times import MINUTE

points = st.lists(st.tuples(st.integers(0, 2), st.integers(-400_000, 400_000), st.integers(0, 999_999)), max_size=30)


def batch_of(samples: list[tuple[int, int, int]]) -> Batch:
    """Sensor, ms and the ns within it."""
    t = np.array([ms * 1_000_000 + ns for _, ms, ns in samples], np.int64)
    which = np.array([sensor for sensor, *_ in samples], np.uint32)
    sensors = [("site", name) for name in ("a", "b", "c")]
    return Batch(sensors, which, t, np.zeros(len(t)), np.zeros(len(t), np.uint8))


@given(st.lists(points, max_size=4))
def test_the_spans_cover_exactly_the_minutes_of_the_points(batches: list[list[tuple[int, int, int]]]) -> None:
    found = touched_by([batch_of(batch) for batch in batches])
    wanted: dict[str, set[int]] = {}
    for which, ms, _ in (point for batch in batches for point in batch):
        wanted.setdefault("abc"[which], set()).add(ms // MINUTE)
    assert {
        sensor: {minute for start, end in spans for minute in range(start // MINUTE, end // MINUTE)}
        for sensor, spans in found.items()
    } == wanted
    for spans in found.values():
        assert all(before[1] < after[0] for before, after in pairwise(spans)), "those adjoin as one"
