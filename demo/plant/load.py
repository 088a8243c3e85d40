"""Cooling load on each air handler's coil: people, equipment, fresh air, envelope and sun."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.plant import clock
from demo.plant.noise import Floats, Ints, key_of, smooth
from demo.plant.weather import Weather, weather

# kW of design duty at 6 K, and the coil's design water flow follows from it.
DESIGN = (950.0, 950.0, 900.0, 800.0)
ROOM_ENTHALPY = 48.0  # kJ/kg at 24 degC and half saturated
_HOURS = np.arange(0.0, 25.0)

# fmt: off
_OFFICE_DAY = (0, 0, 0, 0, 0, 0, .10, .35, .75, .95, 1, 1, .90, .88, .97, 1, .97, .80, .50, .25, 0, 0, 0, 0, 0)
_OFFICE_SATURDAY = (0, 0, 0, 0, 0, 0, 0, 0, .20, .35, .38, .38, .35, .25, .10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
_SHOP_DAY = (0, 0, 0, 0, 0, 0, 0, 0, .15, .35, .55, .65, .75, .75, .70, .72, .80, .92, 1, 1, .95, .80, .45, 0, 0)
_CORE_DAY = (
    .72, .70, .70, .70, .70, .71, .75, .82, .92, 1, 1, 1, 1, 1, 1, 1, .98, .95, .90, .86, .82, .80, .78, .75, .72,
)
# fmt: on


@dataclass(frozen=True, slots=True)
class _Zone:
    week: tuple[float, ...]
    saturday: tuple[float, ...]
    sunday: tuple[float, ...]
    inside: float  # kW of people, lighting and equipment at full occupancy
    fresh_air: float  # kg/s
    walls: float  # kW/K
    sun: float  # kW
    sun_at: float  # hour of the peak solar gain on its facade


_NOBODY = (0.0,) * 25
_ZONES = (
    _Zone(_OFFICE_DAY, _OFFICE_SATURDAY, _NOBODY, 350.0, 6.0, 10.0, 190.0, 9.5),
    _Zone(_OFFICE_DAY, _OFFICE_SATURDAY, _NOBODY, 350.0, 6.0, 10.0, 215.0, 15.5),
    _Zone(_SHOP_DAY, _SHOP_DAY, _SHOP_DAY, 330.0, 6.5, 7.0, 90.0, 13.0),
    _Zone(_CORE_DAY, _CORE_DAY, _CORE_DAY, 330.0, 3.0, 6.0, 50.0, 12.5),
)


@dataclass(frozen=True, slots=True)
class Demand:
    """Load (kW) on each coil, and whether its fan should run; tuples of four arrays."""

    duty: tuple[Floats, ...]
    on: tuple[Floats, ...]
    occupied: Floats  # office hours: two pumps on duty


def demand(seed: int, t: Ints) -> Demand:
    """The load averaged over about the last hour: the building's thermal mass smooths it."""
    duty, on = [], []
    air = _felt(seed, t)
    for number, zone in enumerate(_ZONES):
        people = _schedule(zone, t)
        gate = _running(zone, t)
        facade = np.exp(-0.5 * ((clock.local_hour(t) - zone.sun_at) / 2.6) ** 2)
        wants = (
            zone.inside * people
            + zone.fresh_air * np.maximum(air.enthalpy - ROOM_ENTHALPY, 0.0) * (0.35 + 0.65 * np.minimum(people, 1.0))
            + zone.walls * np.maximum(air.dry_bulb - 23.0, 0.0)
            + zone.sun * facade * air.sun
            + 0.10 * zone.inside
        )
        slow = smooth(key_of(seed, f"zone/{number}"), t, 2_700)
        quick = smooth(key_of(seed, f"zone/{number}/quick"), t, 420)
        pull_down = 0.30 * zone.inside * _since_start(zone, t)
        duty.append(gate * np.maximum(wants * (1.0 + 0.035 * slow + 0.012 * quick) + pull_down, 30.0))
        on.append(gate)
    return Demand(tuple(duty), tuple(on), _occupied(t))


def _felt(seed: int, t: Ints) -> Weather:
    """The weather with the building's lag: averaged over now, 25 and 60 minutes ago."""
    parts = [weather(seed, t - lag) for lag in (0, 25 * clock.MINUTE, 60 * clock.MINUTE)]
    mean = [np.mean([getattr(part, name) for part in parts], axis=0) for name in Weather.__slots__]
    return Weather(*mean)


def _schedule(zone: _Zone, t: Ints) -> Floats:
    hour, day = clock.local_hour(t), clock.weekday(t)
    usual = np.interp(hour, _HOURS, zone.week)
    saturday, sunday = np.interp(hour, _HOURS, zone.saturday), np.interp(hour, _HOURS, zone.sunday)
    return np.asarray(np.where(day == 5, saturday, np.where(day == 6, sunday, usual)), dtype=np.float64)


def _opening(profile: tuple[float, ...]) -> tuple[float, float]:
    """Fan hours of a profile: from an hour before people arrive until the last have left."""
    used = [hour for hour, people in enumerate(profile) if people > 0]
    if len(used) >= 24:
        return -1.0, 25.0
    return (used[0] - 1.0, used[-1] + 0.75) if used else (99.0, 99.0)


def _hours(zone: _Zone, t: Ints) -> tuple[Floats, Floats]:
    day = clock.weekday(t)
    week, saturday, sunday = _opening(zone.week), _opening(zone.saturday), _opening(zone.sunday)
    begin = np.where(day == 5, saturday[0], np.where(day == 6, sunday[0], week[0]))
    end = np.where(day == 5, saturday[1], np.where(day == 6, sunday[1], week[1]))
    return begin, end


def _running(zone: _Zone, t: Ints) -> Floats:
    begin, end = _hours(zone, t)
    hour = clock.local_hour(t)
    return np.asarray(((hour >= begin) & (hour < end)).astype(np.float64))


def _since_start(zone: _Zone, t: Ints) -> Floats:
    """1 when the fan starts, decaying over the first hour: morning pull-down load."""
    begin, _ = _hours(zone, t)
    since = clock.local_hour(t) - begin
    fading = np.exp(-np.maximum(since, 0.0) / 0.7) * np.minimum(np.maximum(since, 0.0) / 0.2, 1.0)
    return np.asarray(np.where((since >= 0.0) & (begin >= 0.0), fading, 0.0), dtype=np.float64)


def _occupied(t: Ints) -> Floats:
    hour = clock.local_hour(t)
    return np.asarray(((clock.weekday(t) < 5) & (hour >= 6.0) & (hour < 20.0)).astype(np.float64))
