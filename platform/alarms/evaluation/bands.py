"""The sensors of a tenant's rules: within which values nothing happens, and what was seen of them last."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alarms.evaluation.alarm import Alarm
from alarms.evaluation.columns import Columns, Floats, Ints
from alarms.machine.model import NEVER
from kernel.samples import BAD

_SEEN = struct.Struct(">qd")  # time and value; NaN: of bad quality, or a text
FLUSH_MS = 5_000  # after which also sensors of which nothing depends on the exact time of their last sample are stored
MEMORY = "m:"  # before an alarm's key, where memories are stored beside what was seen of sensors


@dataclass(frozen=True, slots=True)
class Found:
    """Rows of columns: `late` ones are not newer than what was seen before; `hits` are new, and may change an alarm."""

    late: npt.NDArray[np.bool_]
    hits: npt.NDArray[np.bool_]


class Bands:
    """Of each sensor the band within which none of its alarms is changed, as columns; `readers`: its alarms."""

    def __init__(self, alarms: Iterable[Alarm], seen: Mapping[str, bytes]) -> None:
        self.readers: list[list[Alarm]] = []
        self.places: dict[str, int] = {}
        self.ids: list[str] = []
        for alarm in alarms:
            for sensor in alarm.sensors:
                place = self.places.setdefault(sensor, len(self.readers))
                if place == len(self.readers):
                    self.readers.append([])
                    self.ids.append(sensor)
                self.readers[place].append(alarm)
        count = len(self.readers)
        self.low, self.high = np.full(count, -math.inf), np.full(count, math.inf)
        self.bad, self.gap = np.ones(count, np.bool_), np.full(count, math.inf)
        self.last, self.value = np.full(count, NEVER, np.int64), np.full(count, math.nan)
        self._unsaved: dict[int, int] = {}  # since when (ms), by place
        for sensor, place in self.places.items():
            if (packed := seen.get(sensor)) is not None and len(packed) == _SEEN.size:
                self.last[place], self.value[place] = _SEEN.unpack(packed)
        self.refresh(range(count))

    def refresh(self, places: Iterable[int]) -> None:
        """Their bands, after alarms have changed."""
        for place in places:
            low, high, bad, gap = -math.inf, math.inf, True, math.inf
            for alarm in self.readers[place]:
                if alarm.broken:
                    continue
                band = alarm.rule.band(alarm.memory, self.ids[place])
                if band is None:
                    low, high, bad = math.inf, -math.inf, False
                    continue
                low, high = max(low, band.low), min(high, band.high)
                bad, gap = bad and band.bad, min(gap, band.gap)
            self.low[place], self.high[place], self.bad[place], self.gap[place] = low, high, bad, gap

    def find(self, columns: Columns) -> Found:
        i, t = columns.i, columns.t
        late = t <= self.last[i]
        good = columns.q < BAD
        within = (columns.v >= self.low[i]) & (columns.v <= self.high[i])
        out = np.where(good, ~within, ~self.bad[i])
        if columns.texts:
            out[list(columns.texts)] = True
        before = self.before(columns)
        gaps = (t - before > self.gap[i]) & (before > NEVER)
        return Found(late, ~late & (out | gaps))

    def before(self, columns: Columns) -> Ints:
        """For each row the time of its sensor's sample before it."""
        before = np.empty(len(columns), np.int64)
        before[1:] = columns.t[:-1]
        firsts = np.append(True, columns.i[1:] != columns.i[:-1])
        before[firsts] = self.last[columns.i[firsts]]
        return np.maximum(before, self.last[columns.i])

    def carry_over(self, before: Bands) -> None:
        """What was seen by the bands before, and is not stored yet."""
        for place, since in before._unsaved.items():
            mine = self.places.get(before.ids[place])
            if mine is not None and before.last[place] > self.last[mine]:
                self.last[mine], self.value[mine] = before.last[place], before.value[place]
                self._unsaved[mine] = since

    def last_of(self, sensor: str) -> int | None:
        """When its last sample was; None if there was none."""
        place = self.places.get(sensor)
        return None if place is None or self.last[place] == NEVER else int(self.last[place])

    def seen(self, sensor: str) -> tuple[int, float] | None:
        """Its last sample's time and value; NaN if that is no number of good quality. None if there was none."""
        place, t = self.places.get(sensor), self.last_of(sensor)
        return None if place is None or t is None else (t, float(self.value[place]))

    def take(self, columns: Columns, found: Found, now: int) -> None:
        """What these samples were is what was seen last."""
        ends = np.flatnonzero(np.append(columns.i[1:] != columns.i[:-1], True))
        fresh = ends[~found.late[ends]]
        places = columns.i[fresh]
        self.last[places], self.value[places] = columns.t[fresh], _usable(columns, fresh)
        for place in places.tolist():
            self._unsaved.setdefault(place, now)

    def to_save(self, columns: Columns | None, found: Found | None, now: int) -> dict[str, bytes]:
        """What is to be stored of what was seen, these samples included: it is not taken yet."""
        saved: dict[str, bytes] = {}
        if columns is not None and found is not None:
            ends = np.flatnonzero(np.append(columns.i[1:] != columns.i[:-1], True))
            hit = np.zeros(len(self.readers), np.bool_)
            hit[columns.i[found.hits]] = True
            places = columns.i[ends]
            since = (self._unsaved.get(place, now) for place in places.tolist())
            old = np.fromiter((now - each >= FLUSH_MS for each in since), np.bool_, len(ends))
            wanted = ends[~found.late[ends] & (hit[places] | np.isfinite(self.gap[places]) | old)]
            for row, value in zip(wanted.tolist(), _usable(columns, wanted).tolist(), strict=True):
                saved[self.ids[columns.i[row]]] = _SEEN.pack(int(columns.t[row]), value)
        for place in [place for place, since in self._unsaved.items() if now - since >= FLUSH_MS]:
            saved.setdefault(self.ids[place], _SEEN.pack(int(self.last[place]), float(self.value[place])))
        return saved

    def set_saved(self, sensors: Iterable[str]) -> None:
        for sensor in sensors:
            if (place := self.places.get(sensor)) is not None:
                self._unsaved.pop(place, None)


def _usable(columns: Columns, rows: Ints) -> Floats:
    return np.where(columns.q[rows] < BAD, columns.v[rows], math.nan)
