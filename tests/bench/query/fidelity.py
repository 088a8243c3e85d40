"""Fidelity of a downsampled series: correct extremes, and visual similarity to all samples."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view
from tsdownsample import MinMaxLTTBDownsampler

from kernel.times import TimeRange
from tests.bench.query.data import Times, Values

WIDTH, HEIGHT = 1_000, 300
FINE = 4  # even
Picture = npt.NDArray[np.float64]


def faults(raw_t: Times, raw_v: Values, t: Times, v: Values, resolution_ms: int) -> list[str]:
    """Errors in the returned points `t`, `v` of the range whose samples are `raw_t`, `raw_v`.

    Every point must be a sample with its true time, and within one bucket's width (`resolution_ms`) of each sample
    there must be a point as high and one as low: a bucket whose smallest or largest sample were missing would break
    that, unless a neighbour's stands for it and nobody could see the difference.
    """
    found = []
    place = np.searchsorted(raw_t, t)
    real = (place < len(raw_t)) & (raw_t[np.minimum(place, len(raw_t) - 1)] == t)
    real &= raw_v[np.minimum(place, len(raw_t) - 1)] == v
    if not real.all():
        found.append(f"{np.count_nonzero(~real)} of {len(t)} points are no samples")
    if (np.diff(t) < 0).any():
        found.append("the points are not in the order of time")
    if v.max() != raw_v.max() or v.min() != raw_v.min():
        found.append(f"extremes {v.min()}, {v.max()} instead of {raw_v.min()}, {raw_v.max()}")
    lost = lost_samples(raw_t, raw_v, t, v, resolution_ms)
    if lost:
        found.append(f"{lost} samples reach beyond all points within {resolution_ms} ms of them")
    return found


def lost_samples(raw_t: Times, raw_v: Values, t: Times, v: Values, resolution_ms: int) -> int:
    """Number of samples above or below all points within `resolution_ms` of them."""
    first = np.searchsorted(t, raw_t - resolution_ms, "left")
    past = np.searchsorted(t, raw_t + resolution_ms, "right")
    # Samples with the same points around them stand together: compare run by run.
    starts = np.flatnonzero(np.diff(first, prepend=-1) | np.diff(past, prepend=-1))
    lost = 0
    for start, stop in zip(starts, [*starts[1:], len(raw_t)], strict=True):
        around, samples = v[first[start] : past[start]], raw_v[start:stop]
        if len(around):
            lost += int(np.count_nonzero((samples > around.max()) | (samples < around.min())))
        else:
            lost += len(samples)
    return lost


def likeness(raw_t: Times, raw_v: Values, t: Times, v: Values, span: TimeRange) -> tuple[float, float]:
    """SSIM to the image of all samples: of these points, and of as many chosen from all samples by MinMaxLTTB."""
    whole = draw(raw_t, raw_v, span, raw_v)
    chosen = MinMaxLTTBDownsampler().downsample(raw_t, raw_v, n_out=len(t)).astype(np.int64)  # type: ignore[no-untyped-call]
    pictures = draw(t, v, span, raw_v), draw(raw_t[chosen], raw_v[chosen], span, raw_v)
    ours, theirs = (_similar(whole, picture) for picture in pictures)
    return ours, theirs


def _similar(one: Picture, other: Picture) -> float:
    from skimage.metrics import structural_similarity  # slow to import, in each process that collects tests

    return float(structural_similarity(one, other, data_range=1.0))  # type: ignore[no-untyped-call]


def draw(t: Times, v: Values, span: TimeRange, scale: Values) -> Picture:
    """The line through the points, WIDTH x HEIGHT pixels from 0 to 1, between the extremes of `scale`.

    A pen of one pixel is moved along the line over FINE times finer pixels, of which each pixel is the mean: that comes
    near to what a drawing library does (a test says how near).
    """
    columns, rows = WIDTH * FINE, HEIGHT * FINE
    x = (t - span.start).astype(np.float64) * (columns / span.width)
    low, high = float(scale.min()), float(scale.max())
    y = (v - low) * ((rows - FINE) / ((high - low) or 1.0)) + FINE / 2
    bottom, top = _covered(x, y, columns)
    # A connected line covers touching stretches in neighbouring columns, so what the pen adds are their extremes.
    pen = FINE + 1
    bottom = sliding_window_view(np.pad(bottom, FINE // 2, mode="edge"), pen).min(axis=1) - FINE / 2
    top = sliding_window_view(np.pad(top, FINE // 2, mode="edge"), pen).max(axis=1) + FINE / 2
    middles = np.arange(rows)[:, None] + 0.5
    drawn = (middles >= bottom) & (middles <= top)
    return np.flipud(drawn.reshape(HEIGHT, FINE, WIDTH, FINE).mean(axis=(1, 3)))


def _covered(x: Values, y: Values, columns: int) -> tuple[Values, Values]:
    """From where to where the line lies in each column: the points in it, and where it enters and leaves it.

    Before its first and after its last point it covers nothing.
    """
    edges = np.arange(columns + 1, dtype=np.float64)
    at_edges = np.interp(edges, x, y)
    bottom, top = np.minimum(at_edges[:-1], at_edges[1:]), np.maximum(at_edges[:-1], at_edges[1:])
    column = np.minimum(x.astype(np.int64), columns - 1)
    np.minimum.at(bottom, column, y)
    np.maximum.at(top, column, y)
    outside = (edges[1:] <= x[0]) | (edges[:-1] > x[-1])
    return np.where(outside, np.inf, bottom), np.where(outside, -np.inf, top)
