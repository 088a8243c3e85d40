"""A site with years of samples of every kind, and slow, simple answers from the samples alone."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from catalog.models import Sensor
from historian.rungs.states import name_of
from ingest.bulk import BulkWriter
from kernel.tenancy import TenantConnection
from kernel.times import DAY, HOUR, MINUTE, SECOND, TimeRange
from tests.historian.plant import START, add_sensors

END = START + 400 * DAY + 7 * HOUR + 12_345  # within a bucket of every rung
YEAR = 365 * DAY
BAD = 2


@dataclass(frozen=True)
class Truth:
    """One sensor and all its samples, ascending; `t` in ms."""

    sensor: Sensor
    t: npt.NDArray[np.int64]
    v: npt.NDArray[Any]
    q: npt.NDArray[np.uint8]

    def write(self, tenant: TenantConnection) -> None:
        with BulkWriter(tenant) as writer:
            values = self.v.tolist() if self.v.dtype == object else self.v
            writer.add(self.sensor.site, self.sensor.id, self.t, values, self.q)

    def within(self, span: TimeRange) -> Truth:
        return self.take((self.t >= span.start) & (self.t < span.end))

    def usable(self) -> Truth:
        return self.take(self.q < BAD)

    def take(self, chosen: Any) -> Truth:
        return Truth(self.sensor, self.t[chosen], self.v[chosen], self.q[chosen])

    def before(self, moment: int) -> Any:
        """The last usable value before a moment; None if there is none."""
        usable = self.usable()
        place = int(np.searchsorted(usable.t, moment)) - 1
        return usable.v[place] if place >= 0 else None

    def as_of(self, moment: int) -> tuple[int, Any, int] | None:
        """Time, value and quality of the last sample at or before a moment."""
        place = int(np.searchsorted(self.t, moment, "right")) - 1
        return (int(self.t[place]), self.v[place], int(self.q[place])) if place >= 0 else None

    def grown(self, span: TimeRange) -> float:
        """How much a counter grew in the range, since its last value before."""
        values = self.within(span).usable().v.tolist()
        before = self.before(span.start)
        if before is not None:
            values = [before, *values]
        return float(sum(b - a if b >= a else b for a, b in pairwise(values)))

    def held(self, span: TimeRange, end: int) -> dict[str, int]:
        """The time in each state from the range's start, where one is known, to `end`."""
        usable = self.usable()
        steps = [(t, v) for t, v in zip(usable.t.tolist(), usable.v.tolist(), strict=True) if t < span.end]
        periodic = self.sensor.sampling == "periodic" and self.sensor.interval_s
        limit = int(3000 * self.sensor.interval_s) if periodic and self.sensor.interval_s else None
        times: dict[str, int] = {}
        last = max(end, steps[-1][0]) if steps else end
        for (t, v), until in zip(steps, [*(t for t, _ in steps[1:]), last], strict=True):
            begins, stops = max(t, span.start), until if limit is None else min(until, t + limit)
            if stops > begins or t >= span.start:
                times[name_of(v)] = times.get(name_of(v), 0) + stops - begins
        return times


def every(interval: int, start: int, end: int, jitter: int, chance: np.random.Generator) -> npt.NDArray[np.int64]:
    t = np.arange(start, end, interval, dtype=np.int64)
    return t + chance.integers(0, jitter, len(t))


def noisy(t: npt.NDArray[np.int64], chance: np.random.Generator) -> npt.NDArray[np.float64]:
    """A day's wave with noise, and now and then a spike of one sample."""
    v = np.sin(t / DAY * 2 * np.pi) * 10 + chance.normal(0, 1, len(t))
    spikes = chance.random(len(t)) < 0.0005
    v[spikes] += chance.choice([-1, 1], int(spikes.sum())) * 500
    return np.round(v, 3)


def quality(count: int, chance: np.random.Generator) -> npt.NDArray[np.uint8]:
    return chance.choice([0, 1, BAD], count, p=[0.97, 0.02, 0.01]).astype(np.uint8)


def silent(t: npt.NDArray[np.int64], *spans: tuple[int, int]) -> npt.NDArray[np.bool_]:
    """Which of the samples lie in none of the spans."""
    keep = np.ones(len(t), bool)
    for start, end in spans:
        keep &= (t < start) | (t >= end)
    return keep


FIELDS: dict[str, dict[str, Any]] = {
    "second": {"interval_s": 1.0},
    "minute": {"interval_s": 60.0},
    "quarter": {"interval_s": 900.0},
    "meter": {"interval_s": 60.0, "kind": "counter"},
    "phase": {"interval_s": 60.0, "kind": "discrete"},
    "valve": {"interval_s": None, "sampling": "on_change", "kind": "discrete"},
    "batch": {"interval_s": None, "sampling": "on_change", "kind": "text"},
    "dose": {"interval_s": None, "sampling": "on_change", "kind": "counter"},
}


def make(tenant: TenantConnection, seed: int = 7) -> dict[str, Truth]:
    """One sensor for each of FIELDS, none of its samples written yet."""
    chance = np.random.default_rng(seed)
    sensors = dict(zip(FIELDS, add_sensors(tenant, *({"tag": name, **FIELDS[name]} for name in FIELDS)), strict=True))

    def truth(name: str, t: npt.NDArray[np.int64], v: npt.NDArray[Any], keep: Any = slice(None)) -> Truth:
        q = quality(len(t), chance)
        if name == "minute":
            q[(t >= END - 30 * DAY) & (t < END - 25 * DAY)] = BAD  # whole buckets of bad samples
        return Truth(sensors[name], t[keep], v[keep], q[keep])

    second = every(SECOND, END - 16 * HOUR, END, 400, chance)
    minute = every(MINUTE, END - 60 * DAY, END, 1, chance)
    quarter = every(15 * MINUTE, END - 3 * YEAR, END, 60_000, chance)
    meter = every(MINUTE, END - 20 * DAY, END, 500, chance)
    phase = every(MINUTE, END - 10 * DAY, END, 1, chance)
    valve = np.unique(END - chance.integers(0, 3 * YEAR, 6_000))
    valve = valve[silent(valve, (END - 2 * YEAR, END - YEAR))]
    valve = np.sort(np.concatenate([valve, valve[::50] // MINUTE * MINUTE]))  # on edges too
    valve = np.unique(valve)
    batch = np.unique(END - chance.integers(0, YEAR, 3_000))
    dose = np.unique(END - chance.integers(0, YEAR // 2, 4_000))
    total = np.cumsum(chance.integers(0, 5, len(meter))).astype(np.float64)
    resets = np.sort(chance.integers(0, len(meter), 20))
    for place in resets:
        total[place:] -= total[place] - chance.integers(0, 3)
    steps = chance.integers(0, 100, len(dose)).astype(np.float64) * (chance.random(len(dose)) > 0.05)
    states = chance.integers(0, 4, len(valve)).astype(np.float64)
    words = np.array(["Idle", "Filling", "Heating", "Draining", 'CIP "hot"'], object)
    held = np.repeat(chance.integers(0, 3, len(phase) // 7 + 1), 7)[: len(phase)].astype(np.float64)
    return {
        "second": truth("second", second, noisy(second, chance), silent(second, (END - 9 * HOUR, END - 8 * HOUR))),
        "minute": truth("minute", minute, noisy(minute, chance), silent(minute, (END - 20 * DAY, END - 17 * DAY))),
        "quarter": truth(
            "quarter", quarter, noisy(quarter, chance), silent(quarter, (END - YEAR, END - YEAR + 9 * DAY))
        ),
        "meter": truth("meter", meter, total, silent(meter, (END - 9 * DAY, END - 6 * DAY))),
        "phase": truth("phase", phase, held),
        "valve": truth("valve", valve, states),
        "batch": truth("batch", batch, words[chance.integers(0, len(words), len(batch))]),
        "dose": truth("dose", dose, steps),
    }


def bounds_of(span: TimeRange, buckets: int, rung_ms: int) -> list[int]:
    """Where equal buckets of a range begin and end, the inner bounds rounded down to the rung's.

    What lies after the rung's last bound is a bucket of its own.
    """
    tail = span.end // rung_ms * rung_ms
    if buckets > 1 and span.start < tail < span.end:
        return [*bounds_of(TimeRange(span.start, tail), buckets - 1, rung_ms), span.end]
    inner = [(span.start + span.width * k // buckets) // rung_ms * rung_ms for k in range(1, buckets)]
    return [span.start, *(max(bound, span.start) for bound in inner), span.end]
