"""Computes rows from samples that arrive in parts, without holding whole buckets in memory. Pure numpy."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from catalog.models import Sensor
from historian.rungs.aggregates import merged, rows_of
from historian.rungs.counters import stored_rule
from historian.rungs.rows import Rows, joined, no_rows
from historian.rungs.sensors import hold_limit_of, is_text
from stores.samples import Raw

MAX_PARTS = 256  # of rows waiting to be merged: each part of a dense bucket yields a row


class RowsFold:
    """The rows of buckets `width` ms wide, from samples added part by part in chronological order.

    `with_states`: whether rows have the time in each state; by default for discrete sensors.
    """

    def __init__(self, width: int, sensor: Sensor, with_states: bool | None = None) -> None:
        self._width, self._text = width, is_text(sensor)
        self._limit, self._rule = hold_limit_of(sensor), stored_rule(sensor)
        self._with_states = sensor.kind == "discrete" if with_states is None else with_states
        self._done: list[Rows] = []
        self._open: list[Rows] = []  # rows whose bucket may get more samples

    def add(self, raw: Raw) -> None:
        if not len(raw):
            return
        rows = rows_of(raw, self._width, self._with_states, self._limit, self._rule)
        if self._open and self._open[-1].t[-1] != rows.t[0]:
            self._close()
        self._open.append(rows)
        if len(rows) > 1 or len(self._open) >= MAX_PARTS:
            self._close(leaving=1)

    def _close(self, leaving: int = 0) -> None:
        """Merge open rows except for the last buckets, as many as given."""
        rows = self._open[0]
        if len(self._open) > 1:
            rows = merged(joined(self._open, self._text), self._width, self._limit, self._rule)
        split = len(rows) - leaving
        self._done.append(rows.take(slice(0, split)))
        self._open = [rows.take(slice(split, None))] if leaving else []

    def take_before(self, end: int) -> Rows:
        """Remove and return the rows of the buckets before `end` (ms), which get no more samples."""
        if self._open:
            self._close(leaving=int(self._open[-1].t[-1] >= end))
        done = joined(self._done, self._text) if self._done else no_rows(self._text)
        split = int(np.searchsorted(done.t, end))
        self._done = [done.take(slice(split, None))]
        return done.take(slice(0, split))

    def rows(self) -> Rows:
        if self._open:
            self._close()
        return joined(self._done, self._text) if self._done else no_rows(self._text)


def fold_rows(parts: Iterable[Raw], width: int, sensor: Sensor) -> Rows:
    """As `rows_of` over all parts together; sums may differ in rounding."""
    fold = RowsFold(width, sensor)
    for raw in parts:
        fold.add(raw)
    return fold.rows()
