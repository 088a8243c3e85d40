"""Where a sensor that samples at an interval was silent. Pure numpy."""

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

MIN_SAMPLES_FOR_INTERVAL = 3  # samples from which an unknown interval can be told


def interval_of(t: Times) -> float | None:
    """The interval that samples seem to have, in ms: the median of their distances."""
    if len(t) < MIN_SAMPLES_FOR_INTERVAL:
        return None
    return float(np.median(np.diff(t))) or None


def find_gaps(
    first: Times, last: Times, span: TimeRange, interval_ms: float, now_ms: int, held_from: int | None = None
) -> tuple[npt.NDArray[np.int64], Times]:
    """The gaps within `span` as rows `[from, to]` in ms, and the times of the samples that end one.

    `first`, `last`: of each run of samples within which no gap is looked for; of single samples both are their times.
    The range's own edges bound a gap like samples do, and what is still to come is no gap. Between two samples of a
    measured signal nothing is known, so its gap begins at the last one; a state is known until it is no longer held:
    `held_from` is the time of the last sample before the range, or less than the gap limit before it where none is.
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
    """All gaps; of very many only those as wide as a bucket, as no chart could show the others."""
    if len(gaps) > MAX_GAPS:
        gaps = gaps[gaps[:, 1] - gaps[:, 0] >= resolution]
    return [(start, end) for start, end in gaps.tolist()]


def gaps_of_page(sensor: Sensor, raw: Raw, span: TimeRange, now_ms: int) -> list[Gap]:
    """The gaps in a page of raw samples, which covers `span`."""
    return listed_gaps(gaps_of_rows(sensor, rows_of_each(raw), span, now_ms, None)[0], 0)


def gaps_of_rows(
    sensor: Sensor, rows: Rows, span: TimeRange, now_ms: int, before: Raw | None
) -> tuple[npt.NDArray[np.int64], Times]:
    """The gaps, and the times of the samples that end one. Within a row of a rung nobody knows of any.

    `before`: the sample before the range, if there is one; None where nobody looked.
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
