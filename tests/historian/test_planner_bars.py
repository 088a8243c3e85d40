"""Which rung the bars of a counter are read from."""

from __future__ import annotations

import pytest

from historian.read.planner import Ladder, plan_rungs
from historian.rungs.rungs import RUNGS
from historian.shape.methods import buckets_of
from kernel.times import DAY, HOUR, MINUTE, TimeRange

WIDTHS = [2 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 6 * HOUR, DAY, 2 * DAY, 8 * DAY]


@pytest.mark.parametrize("width", WIDTHS, ids=str)
@pytest.mark.parametrize("bars", [2, 52, 120])
def test_no_row_crosses_two_bars_of_a_counter(width: int, bars: int) -> None:
    first = 20_000 * DAY // width * width
    span = TimeRange(first, first + bars * width)
    plan = plan_rungs(span, buckets_of("inc", bars), Ladder(RUNGS[0]), 15_000)
    assert plan.rung is not None
    assert width % plan.rung.ms == 0


def test_a_line_of_extremes_needs_half_as_many_buckets_as_points() -> None:
    span = TimeRange(0, 1_000 * DAY)
    plan = plan_rungs(span, buckets_of("minmax", 1_000), Ladder(RUNGS[0]), 60_000)
    assert plan.rung is RUNGS[-1]
