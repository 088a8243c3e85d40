"""Gaps in the samples of a periodic sensor. Pure numpy."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from catalog.models import Sensor
from historian.rungs.aggregates import rows_of_each
from historian.rungs.rows import Rows
from historian.rungs.sensors import INTERVALS, interval_ms_of
from historian.shape.buckets import Times
from historian.shape.series import Gap
from kernel.times import TimeRange
from stores.samples import Raw

MIN_SAMPLES_FOR_INTERVAL = 3  # samples needed to estimate an unknown interval


def interval_of(t: Times) -> float | None:
    """The estimated interval of samples in ms: the median of their distances."""
    if len(t) < MIN_SAMPLES_FOR_INTERVAL:
        return None
    return float(np.median(np.diff(t))) or None


def find_gaps(
    first: Times, last: Times, span: TimeRange, interval_ms: float, now_ms: int, held_from: int | None = None
) -> tuple[npt.NDArray[np.int64], Times]:
    """The gaps within `span` as rows `[from, to]` in ms, and the times of the samples that end one.

    `first`, `last`: bounds of each run of samples within which no gap is looked for; for single samples both are their
    time. The range's edges bound a gap like samples do, and the future is no gap. A continuous signal is unknown
    between samples, so its gap starts at the last one; a state is known until it is no longer held. `held_from`: the
    time of the last sample before the range, or less than the gap limit before it if there is none.
    """
    reach = int(INTERVALS * interval_ms)
    end = max(min(span.end, now_ms), int(last[-1]) if len(last) else span.start)
    before = np.concatenate([[span.start if held_from is None else held_from], last])
    after = np.concatenate([first, [end]])
    begins = before if held_from is None else np.maximum(before + reach, span.start)
    wide = np.flatnonzero((after - before > reach) & (after > begins))
    gaps = np.stack([begins[wide], after[wide]], axis=1)
    return gaps, first[wide[wide < len(first)]]


MAX_GAPS = 10_000


def listed_gaps(gaps: npt.NDArray[np.int64], resolution: int) -> list[Gap]:
    """All gaps; if there are very many, only those at least a bucket wide, as a chart could not show the others."""
    if len(gaps) > MAX_GAPS:
        gaps = gaps[gaps[:, 1] - gaps[:, 0] >= resolution]
    return [(start, end) for start, end in gaps.tolist()]


def gaps_of_page(sensor: Sensor, raw: Raw, span: TimeRange, now_ms: int) -> list[Gap]:
    """The gaps in a page of raw samples that covers `span`."""
    return listed_gaps(gaps_of_rows(sensor, rows_of_each(raw), span, now_ms, None)[0], 0)


def gaps_of_rows(
    sensor: Sensor, rows: Rows, span: TimeRange, now_ms: int, before: Raw | None
) -> tuple[npt.NDArray[np.int64], Times]:
    """The gaps, and the times of the samples that end one. Gaps within a row of a rung are not known.

    `before`: the sample before the range, if any; None if it was not read.
    """
    interval = interval_ms_of(sensor)
    if interval is None and sensor.sampling == "periodic":
        interval = interval_of(rows.tfirst)
    if interval is None:
        return np.zeros((0, 2), np.int64), np.zeros(0, np.int64)
    held_from = None
    if sensor.kind in ("discrete", "text"):
        nothing = span.start - int(INTERVALS * interval) - 1
        held_from = span.start if before is None else int(before.t_ms[-1]) if len(before) else nothing
    return find_gaps(rows.tfirst, rows.tlast, span, interval, now_ms, held_from)
