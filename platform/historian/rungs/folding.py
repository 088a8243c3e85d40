"""Rows of buckets from samples that come in parts, so that no bucket has to be held as a whole. Pure numpy."""

from __future__ import annotations

from collections.abc import Iterable

from catalog.models import Sensor
from historian.rungs.aggregates import merged, rows_of
from historian.rungs.counters import stored_rule
from historian.rungs.rows import Rows, joined, no_rows
from historian.rungs.sensors import hold_limit_of, is_text
from stores.samples import Raw

MAX_PARTS = 256  # of rows that wait to be merged: of one dense bucket each part of its samples is a row


class RowsFold:
    """The rows of buckets `width` ms wide, of samples given part by part in the order of time.

    `with_states`: whether they have the time in each state; of discrete sensors, unless said otherwise.
    """

    def __init__(self, width: int, sensor: Sensor, with_states: bool | None = None) -> None:
        self._width, self._text = width, is_text(sensor)
        self._limit, self._rule = hold_limit_of(sensor), stored_rule(sensor)
        self._with_states = sensor.kind == "discrete" if with_states is None else with_states
        self._done: list[Rows] = []
        self._open: list[Rows] = []  # what may still share a bucket with what comes next

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
        """Merge what is open, but for so many of the last buckets."""
        rows = self._open[0]
        if len(self._open) > 1:
            rows = merged(joined(self._open, self._text), self._width, self._limit, self._rule)
        split = len(rows) - leaving
        self._done.append(rows.take(slice(0, split)))
        self._open = [rows.take(slice(split, None))] if leaving else []

    def rows(self) -> Rows:
        if self._open:
            self._close()
        return joined(self._done, self._text) if self._done else no_rows(self._text)


def fold_rows(parts: Iterable[Raw], width: int, sensor: Sensor) -> Rows:
    """What `rows_of` makes of all the parts together; sums may differ by the order in which they are added."""
    fold = RowsFold(width, sensor)
    for raw in parts:
        fold.add(raw)
    return fold.rows()
