"""The measure of fidelity notices a lost spike, a moved point, an invented value and a worse picture."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from kernel.times import MINUTE, TimeRange
from tests.bench.query import data
from tests.bench.query.fidelity import FINE, HEIGHT, WIDTH, Picture, draw, faults, likeness

POINTS = 1_000


def minmax(t: data.Times, v: data.Values, width: int) -> tuple[data.Times, data.Values]:
    """The obvious way: the minimum and maximum of each bucket."""
    kept: set[int] = set()
    for bucket in np.unique(t // width):
        members = np.flatnonzero(t // width == bucket)
        kept |= {int(members[v[members].argmin()]), int(members[v[members].argmax()])}
    chosen = sorted(kept)
    return t[chosen], v[chosen]


@cache
def all_series() -> list[data.Series]:
    return data.plant(0.02).history


@pytest.fixture(params=data.SHAPES)
def series(request: pytest.FixtureRequest) -> data.Series:
    return next(one for one in all_series() if one.shape == request.param)


def width_of(series: data.Series) -> int:
    return series.span.width // (POINTS // 2)


def test_the_extremes_of_every_bucket_are_correct_points(series: data.Series) -> None:
    t, v = minmax(series.t, series.v, width_of(series))
    assert faults(series.t, series.v, t, v, width_of(series)) == []


def test_a_lost_spike_is_a_fault() -> None:
    series = next(one for one in all_series() if one.shape == "spiky")
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


def test_every_hundredth_sample_looks_worse() -> None:
    series = next(one for one in all_series() if one.shape == "noisy")
    t, v = minmax(series.t, series.v, width_of(series))
    good, usual = likeness(series.t, series.v, t, v, series.span)
    bad, _ = likeness(series.t, series.v, series.t[::100], series.v[::100], series.span)
    everything, _ = likeness(series.t, series.v, series.t, series.v, series.span)
    assert everything == 1.0 and good > usual - 0.01 and bad < good - 0.1


def test_a_drawn_line_covers_what_a_pen_would(series: data.Series) -> None:
    t, v = series.t[:150], series.v[:150]
    span = TimeRange(int(t[0]) - MINUTE * 30, int(t[-1]) + MINUTE * 30)
    x = (t - span.start) * (WIDTH * FINE / span.width)
    y = (v - v.min()) * ((HEIGHT - 1) * FINE / (v.max() - v.min())) + FINE / 2
    slow = np.zeros((HEIGHT * FINE, WIDTH * FINE), bool)
    for place in range(len(t) - 1):  # each segment by itself, column by column
        for column in range(int(x[place]), int(np.ceil(x[place + 1]))):
            seen = np.clip([column, column + 1], x[place], x[place + 1])
            ends = np.interp(seen, x[place : place + 2], y[place : place + 2])
            low, high = np.ceil(ends.min() - FINE / 2 - 0.5), np.floor(ends.max() + FINE / 2 - 0.5)
            slow[int(low) : int(high) + 1, max(column - FINE // 2, 0) : column + FINE // 2 + 1] = True
    pixels = np.flipud(slow.reshape(HEIGHT, FINE, WIDTH, FINE).mean(axis=(1, 3)))
    np.testing.assert_allclose(draw(t, v, span, v), pixels)


def test_similarity_matches_that_of_an_image_library(series: data.Series) -> None:
    t, v = minmax(series.t, series.v, width_of(series))
    ours = likeness(series.t, series.v, t, v, series.span)
    whole = drawn_by_library(series.t, series.v, series)
    from skimage.metrics import structural_similarity  # as in `fidelity`

    theirs = structural_similarity(whole, drawn_by_library(t, v, series), data_range=1.0)  # type: ignore[no-untyped-call]
    assert abs(ours[0] - theirs) < (0.06 if series.shape == "noisy" else 0.01)  # dense lines are blackened differently


def drawn_by_library(t: data.Times, v: data.Values, series: data.Series) -> Picture:
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH / 100, HEIGHT / 100), dpi=100)
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.axis("off")
    axes.set(xlim=(series.span.start, series.span.end), ylim=(series.v.min(), series.v.max()))
    with mpl.rc_context({"path.simplify": False}):
        axes.plot(t, v, color="black", lw=0.72)
        canvas.draw()  # type: ignore[no-untyped-call]
    red = np.asarray(canvas.buffer_rgba())[:, :, 0]  # type: ignore[no-untyped-call]
    return np.asarray(1 - red / 255.0)
