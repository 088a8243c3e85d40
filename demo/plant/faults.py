"""The simulated faults. Each kind occurs twice a week, so the last seven days always contain it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from demo.plant import clock
from demo.plant.clock import HOUR, MINUTE
from demo.plant.noise import Floats, Ints, key_of, uniform

STANDBY_AFTER = 12 * MINUTE  # after a trip the standby pump is started by hand
BACKFLOW = 0.45  # fraction of flow lost through the tripped pump's check valve until it is isolated
FOULED, STUCK, DRIFTING, TRIPPED = "fouled-condenser", "stuck-valve", "drifting-sensor", "pump-trip"


@dataclass(frozen=True, slots=True)
class Fault:
    """One occurrence. `severity`: the final fouling factor, the position (%) at which the valve is stuck, the final
    drift (K), or unused for a trip. `signs`: the sensors where an engineer would see it."""

    kind: str
    title: str
    asset: str
    start: int
    end: int
    severity: float
    signs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Slot:
    kind: str
    day: int  # 0 is Monday
    hour: float
    hours: float


_SLOTS = (
    _Slot(FOULED, 0, 5.0, 60.0),
    _Slot(FOULED, 4, 2.0, 56.0),
    _Slot(STUCK, 1, 9.5, 30.0),
    _Slot(STUCK, 5, 11.5, 8.5),
    _Slot(DRIFTING, 2, 20.0, 40.0),
    _Slot(DRIFTING, 6, 6.0, 30.0),
    _Slot(TRIPPED, 0, 11.0, 4.0),
    _Slot(TRIPPED, 3, 13.5, 5.0),
)
_SEVERITY = {FOULED: (0.85, 1.15), STUCK: (28.0, 38.0), DRIFTING: (1.5, 2.3), TRIPPED: (1.0, 1.0)}
_TEXT = {
    FOULED: ("CH-2 condenser fouled", "CH-2", ("CH2-APP", "CH2-PWR", "PLANT-PWR", "PLANT-EFF")),
    STUCK: ("AHU-3 coil valve stuck", "AHU-3", ("AHU3-POS", "AHU3-CMD", "AHU3-SAT", "AHU3-SPD", "CHWS-F")),
    DRIFTING: ("Return temperature sensor CHWR-T drifts", "CHWR", ("CHWR-T", "PLANT-LOAD", "PLANT-EFF")),
}


def duty_pumps(week: int) -> tuple[int, int, int]:
    """The chilled-water pumps in the order lead, second, standby (0-based), rotated every Monday."""
    first = week % 3
    return first, (first + 1) % 3, (first + 2) % 3


def faults_between(start: int, end: int, seed: int = 1) -> list[Fault]:
    """Every fault that overlaps [start, end), by start."""
    found = [
        fault
        for week in range(clock.week_of(start) - 1, clock.week_of(end) + 1)
        for fault in _week(seed, week)
        if fault.start < end and fault.end > start
    ]
    return sorted(found, key=lambda fault: fault.start)


def _week(seed: int, week: int) -> Iterator[Fault]:
    for number, slot in enumerate(_SLOTS):
        draw = uniform(key_of(seed, f"fault/{number}"), np.array([2 * week, 2 * week + 1], dtype=np.int64))
        start = clock.week_start(week) + slot.day * clock.DAY + round(slot.hour * 60 + 60 * (draw[0] - 0.5)) * MINUTE
        low, high = _SEVERITY[slot.kind]
        title, asset, signs = _TEXT[slot.kind] if slot.kind in _TEXT else _trip_text(week)
        end, severity = start + round(slot.hours * HOUR), low + (high - low) * float(draw[1])
        yield Fault(slot.kind, title, asset, start, end, severity, signs)


def _trip_text(week: int) -> tuple[str, str, tuple[str, ...]]:
    lead, second, standby = (n + 1 for n in duty_pumps(week))
    signs = (f"CHP{lead}-STS", f"CHP{lead}-SPD", f"CHP{lead}-PWR", f"CHP{second}-SPD", f"CHP{standby}-STS")
    return f"CHP-{lead} tripped", f"CHP-{lead}", (*signs, "CHWS-F", "CHWS-DP")


@dataclass(frozen=True, slots=True)
class FaultEffects:
    """The effects of the faults on the plant, at each time."""

    fouling: Floats  # condenser of CH-2: 0 clean .. 1 fouled
    stuck_at: Floats  # opening 0..1 at which AHU-3's valve is stuck, NaN when it moves
    drift: Floats  # K, on CHWR-T
    tripped: Floats  # 1: the lead pump has tripped
    waiting: Floats  # 1: and its standby has not started yet
    recovering: Floats  # 1 .. 0 in the two hours after AHU-3's valve was freed: warm rooms to cool down


def fault_effects(seed: int, t: Ints) -> FaultEffects:
    zero = np.zeros(t.shape)
    fouling, drift, tripped, waiting, recovering = (zero.copy() for _ in range(5))
    stuck_at = np.full(t.shape, np.nan)
    if t.size:
        for fault in faults_between(int(t.min()) - 3 * HOUR, int(t.max()) + 1, seed):
            inside = (t >= fault.start) & (t < fault.end)
            if fault.kind == FOULED:
                growth = 1.0 - np.exp(-(t - fault.start) / (9.0 * HOUR))
                fouling = np.where(inside, fault.severity * growth, fouling)
            elif fault.kind == STUCK:
                stuck_at = np.where(inside, fault.severity / 100.0, stuck_at)
                since = (t - fault.end) / (2.0 * HOUR)
                recovering = np.where((since >= 0) & (since < 1), 1.0 - since, recovering)
            elif fault.kind == DRIFTING:
                drift = np.where(inside, fault.severity * (t - fault.start) / (fault.end - fault.start), drift)
            else:
                tripped = np.where(inside, 1.0, tripped)
                waiting = np.where(inside & (t < fault.start + STANDBY_AFTER), 1.0, waiting)
    return FaultEffects(fouling, stuck_at, drift, tripped, waiting, recovering)
