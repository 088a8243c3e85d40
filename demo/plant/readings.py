"""Instrument readings: true values plus noise, resolution and drift, and values that the BMS derives."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from demo.catalog import HARBOUR
from demo.plant import clock
from demo.plant.days import Days, solve_days
from demo.plant.machines import CP
from demo.plant.noise import Floats, Ints, key_of, white

Bools = npt.NDArray[np.bool_]

_KEPT_DAYS = 10
_BATCH = 8
_HEARTBEAT = 15 * clock.MINUTE  # reporting interval of an unchanged state
DERIVED = ("PLANT-LOAD", "PLANT-EFF", "PLANT-ENE")
STATES = frozenset(sensor.tag for sensor in HARBOUR.sensors if sensor.kind == "discrete")
TAGS = tuple(sensor.tag for sensor in HARBOUR.sensors)


@dataclass(frozen=True, slots=True)
class Instrument:
    """Noise relative to the reading and absolute (standard deviations), and the resolution."""

    relative: float
    absolute: float
    step: float


_BY_UNIT = {
    "°C": Instrument(0.0, 0.03, 0.01),
    "K": Instrument(0.0, 0.04, 0.01),
    "kW": Instrument(0.004, 0.02, 0.1),
    "l/s": Instrument(0.004, 0.02, 0.1),
    "bar": Instrument(0.0, 0.004, 0.001),
    "%": Instrument(0.0, 0.12, 0.1),
}
_BY_TAG = {
    "OA-T": Instrument(0.0, 0.05, 0.1),
    "OA-WB": Instrument(0.0, 0.05, 0.1),
    "OA-RH": Instrument(0.0, 0.3, 0.1),
    "CHWS-SP": Instrument(0.0, 0.0, 0.1),
    **{f"AHU{n}-CMD": Instrument(0.0, 0.0, 0.1) for n in (1, 2, 3, 4)},
}
_UNIT = {sensor.tag: sensor.unit for sensor in HARBOUR.sensors}


def instrument(tag: str) -> Instrument:
    return _BY_TAG.get(tag) or _BY_UNIT[_UNIT[tag]]


@dataclass(frozen=True, slots=True)
class Samples:
    """Readings of every sensor: `of(tag)` at `times(tag)`; states are reported on change and every 15 minutes."""

    t: Ints
    values: dict[str, Floats]
    reported: dict[str, Bools]

    def times(self, tag: str) -> Ints:
        return self.t[self.reported[tag]] if tag in self.reported else self.t

    def of(self, tag: str) -> Floats:
        return self.values[tag][self.reported[tag]] if tag in self.reported else self.values[tag]


class Plant:
    """The plant for one seed. Caches recently solved days. Not thread-safe."""

    def __init__(self, seed: int = 1) -> None:
        self.seed = seed
        self._days: OrderedDict[int, Days] = OrderedDict()
        self._energy: dict[int, float] = {}  # kWh of whole days
        self._parts: dict[tuple[int, int], float] = {}

    def samples(self, start: int, end: int, step: int, tags: Iterable[str] = TAGS) -> Samples:
        """Readings at every multiple of `step` (ms) in [start, end)."""
        first = -(-start // step) * step
        t = np.arange(first, end, step, dtype=np.int64)
        wanted = tuple(tags)
        if t.size == 0:
            return Samples(t, {tag: np.empty(0) for tag in wanted}, {})
        truth = _Truth(self._solved(int(t[0]) - step, int(t[-1])), t)
        before = _Truth(self._solved(int(t[0]) - step, int(t[-1])), t - step)
        values = self._read(truth, wanted)
        reported = {tag: (values[tag] != before.state(tag)) | (t % _HEARTBEAT == 0) for tag in wanted if tag in STATES}
        return Samples(t, values, reported)

    def true_values(self, start: int, end: int, step: int, tags: Iterable[str]) -> dict[str, Floats]:
        """Readings without noise, resolution and drift."""
        t = np.arange(-(-start // step) * step, end, step, dtype=np.int64)
        truth = _Truth(self._solved(start, end), t)
        return {tag: truth.state(tag) if tag in STATES else truth.value(tag) for tag in tags}

    def _read(self, truth: _Truth, wanted: tuple[str, ...]) -> dict[str, Floats]:
        values = {}
        for tag in wanted:
            if tag in STATES:
                values[tag] = truth.state(tag)
            elif tag not in DERIVED:
                values[tag] = self._measured(truth, tag)
        if not set(DERIVED).isdisjoint(wanted):
            values |= self._derived(truth, values, wanted)
        return {tag: values[tag] for tag in wanted}

    def _measured(self, truth: _Truth, tag: str) -> Floats:
        device, value = instrument(tag), truth.value(tag)
        if tag == "CHWR-T":
            value = value + truth.drift()
        noise = white(key_of(self.seed, f"noise/{tag}"), truth.t)
        reading = value + noise * (device.relative * np.abs(value) + device.absolute * (value != 0.0))
        if _UNIT[tag] == "%":
            reading = np.clip(reading, 0.0, 100.0)
        return rounded(reading, device.step)

    def _derived(self, truth: _Truth, values: dict[str, Floats], wanted: tuple[str, ...]) -> dict[str, Floats]:
        def reading(tag: str) -> Floats:
            return values[tag] if tag in values else self._measured(truth, tag)

        load = rounded(reading("CHWS-F") * CP * np.maximum(reading("CHWR-T") - reading("CHWS-T"), 0.0), 0.1)
        result = {"PLANT-LOAD": load}
        if "PLANT-EFF" in wanted:
            power = reading("PLANT-PWR")
            result["PLANT-EFF"] = rounded(np.clip(power / np.maximum(load, 1.0), 0.0, 1.0), 0.001)
        if "PLANT-ENE" in wanted:
            result["PLANT-ENE"] = rounded(self._meter(truth), 0.1)
        return result

    def _meter(self, truth: _Truth) -> Floats:
        """kWh since the local month started, from true power."""
        t, out = truth.t, truth.energy()
        day_of = t // clock.DAY
        for day in np.unique(day_of).tolist():
            last = clock.month_start((day + 1) * clock.DAY - 1)  # a local month may start within the UTC day
            today = day_of == day
            new, old = today & (t >= last), today & (t < last)
            out[new] += self._energy_between(last, day)
            if old.any():
                out[old] += self._energy_between(clock.month_start(last - 1), day)
        return out

    def _energy_between(self, begin: int, day: int) -> float:
        """kWh from the start of the month to the start of `day`; negative if the month starts within the day."""
        first, rest = divmod(begin, clock.DAY)
        missing = [d for d in range(first, day) if d not in self._energy]
        for chunk in range(0, len(missing), _BATCH):
            self._solve(missing[chunk], min(_BATCH, missing[-1] - missing[chunk] + 1))
        return sum(self._energy[d] for d in range(first, day)) - self._part(first, rest)

    def _part(self, day: int, rest: int) -> float:
        """kWh in the first `rest` ms of a day."""
        if (day, rest) not in self._parts:
            power = self._solved(day * clock.DAY, day * clock.DAY)[day].values["PLANT-PWR"]
            self._parts[day, rest] = float(_cumulated(power)[rest // clock.MINUTE])
        return self._parts[day, rest]

    def _solved(self, start: int, end: int) -> dict[int, Days]:
        wanted = range(start // clock.DAY, end // clock.DAY + 1)
        missing = [day for day in wanted if day not in self._days]
        result = {day: self._days[day] for day in wanted if day in self._days}
        while missing:
            first = missing[0]
            count = sum(1 for day in missing if day < first + _BATCH)
            span = missing[count - 1] - first + 1
            result |= self._solve(first, span)
            missing = missing[count:]
        return result

    def _solve(self, first: int, count: int) -> dict[int, Days]:
        block = solve_days(self.seed, first, count)
        solved = {first + k: _one_day(block, k) for k in range(count)}
        for day, values in solved.items():
            self._energy[day] = float(_cumulated(values.values["PLANT-PWR"])[-1])
            self._days[day] = values
            self._days.move_to_end(day)
        while len(self._days) > _KEPT_DAYS:
            self._days.popitem(last=False)
        return solved


class _Truth:
    """True values at given times: values are interpolated linearly between minutes, states are held."""

    def __init__(self, days: dict[int, Days], t: Ints) -> None:
        self.t = t
        self._sets = [days[day] for day in sorted(days)]
        first = min(days)
        minutes = (t - first * clock.DAY) / clock.MINUTE
        whole = np.floor(minutes).astype(np.int64)
        self._share = minutes - whole
        self._column = whole % 1440
        self._row = whole // 1440
        self._between = bool((self._share > 0.0).any())

    def value(self, tag: str) -> Floats:
        return self._at(np.array([day.values[tag] for day in self._sets]))

    def state(self, tag: str) -> Floats:
        table = np.array([day.states[tag] for day in self._sets])
        return np.asarray(table[self._row, self._column], dtype=np.float64)

    def drift(self) -> Floats:
        return self._at(np.array([day.drift for day in self._sets]))

    def energy(self) -> Floats:
        """kWh since the day started."""
        return self._at(np.array([_cumulated(day.values["PLANT-PWR"]) for day in self._sets]))

    def _at(self, table: Floats) -> Floats:
        left = table[self._row, self._column]
        if not self._between:
            return np.asarray(left, dtype=np.float64)
        return np.asarray(left + (table[self._row, self._column + 1] - left) * self._share, dtype=np.float64)


def rounded(values: Floats, step: float) -> Floats:
    """Round to the instrument's resolution, without binary floating-point artefacts."""
    return np.asarray(np.round(np.round(values / step) * step, 6), dtype=np.float64)


def _one_day(block: Days, k: int) -> Days:
    return Days(
        {tag: table[k] for tag, table in block.values.items()},
        {tag: table[k] for tag, table in block.states.items()},
        block.drift[k],
    )


def _cumulated(power: Floats) -> Floats:
    """kWh since the first minute, by the trapezoidal rule."""
    return np.concatenate([[0.0], np.cumsum(0.5 * (power[1:] + power[:-1]) / 60.0)])
