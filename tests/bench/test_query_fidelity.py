"""The measure of fidelity notices a lost spike, a moved point, an invented value and a worse picture."""

from __future__ import annotations

import numpy as np
import pytest

from kernel.times import MINUTE, TimeRange
from tests.bench.query import data
from tests.bench.query.fidelity import HEIGHT, WIDTH, draw, faults, likeness

SERIES = data.plant(0.02).history
POINTS = 1_000


def minmax(t: data.Times, v: data.Values, width: int) -> tuple[data.Times, data.Values]:
    """The obvious way: of each bucket its smallest and its largest sample."""
    kept: set[int] = set()
    for bucket in np.unique(t // width):
        members = np.flatnonzero(t // width == bucket)
        kept |= {int(members[v[members].argmin()]), int(members[v[members].argmax()])}
    chosen = sorted(kept)
    return t[chosen], v[chosen]


@pytest.fixture(params=data.SHAPES)
def series(request: pytest.FixtureRequest) -> data.Series:
    return next(one for one in SERIES if one.shape == request.param)


def width_of(series: data.Series) -> int:
    return series.span.width // (POINTS // 2)


def test_every_bucket_s_extremes_are_no_fault(series: data.Series) -> None:
    t, v = minmax(series.t, series.v, width_of(series))
    assert faults(series.t, series.v, t, v, width_of(series)) == []


def test_a_lost_spike_is_a_fault() -> None:
    series = next(one for one in SERIES if one.shape == "spiky")
    t, v = minmax(series.t, series.v, width_of(series))
    second = np.argsort(v)[-2]  # the highest of all would show in the extremes too
    [fault] = faults(series.t, series.v, np.delete(t, second), np.delete(v, second), width_of(series))
    assert "reach beyond all points" in fault


def test_a_moved_point_and_an_invented_one_are_faults(series: data.Series) -> None:
    t, v = minmax(series.t, series.v, width_of(series))
    moved, invented = t.copy(), v.copy()
    moved[500] += MINUTE // 2
    invented[500] += 0.001
    assert "1 of" in faults(series.t, series.v, moved, v, width_of(series))[0]
    assert "1 of" in faults(series.t, series.v, t, invented, width_of(series))[0]


def test_an_empty_stretch_is_a_fault(series: data.Series) -> None:
    t, v = minmax(series.t, series.v, width_of(series))
    kept = (t < t[400]) | (t > t[440])
    assert any("reach beyond" in fault for fault in faults(series.t, series.v, t[kept], v[kept], width_of(series)))


def test_every_hundredth_sample_is_a_worse_picture() -> None:
    series = next(one for one in SERIES if one.shape == "noisy")
    t, v = minmax(series.t, series.v, width_of(series))
    good, usual = likeness(series.t, series.v, t, v, series.span)
    bad, _ = likeness(series.t, series.v, series.t[::100], series.v[::100], series.span)
    everything, _ = likeness(series.t, series.v, series.t, series.v, series.span)
    assert everything == 1.0 and good > usual - 0.01 and bad < good - 0.1


def test_a_drawn_line_covers_the_pixels_that_it_crosses(series: data.Series) -> None:
    some = slice(0, 700)
    t, v = series.t[some], series.v[some]
    span = TimeRange(int(t[0]) - MINUTE * 30, int(t[-1]) + MINUTE * 30)
    slow = np.zeros((HEIGHT, WIDTH))
    x = (t - span.start) * (WIDTH / span.width)
    y = (v - v.min()) * ((HEIGHT - 1) / (v.max() - v.min()))
    for place in range(len(t) - 1):  # each segment by itself, in columns
        for column in range(int(x[place]), int(np.ceil(x[place + 1]))):
            ends = np.interp(
                np.clip([column, column + 1], x[place], x[place + 1]), x[place : place + 2], y[place : place + 2]
            )
            slow[int(np.rint(ends.min())) : int(np.rint(ends.max())) + 1, column] = 1
    np.testing.assert_array_equal(draw(t, v, span, v), np.flipud(slow))
