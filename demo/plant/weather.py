"""Outside air on a subtropical coast: season, time of day, passing weather. Means from Dubai's climate normals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.plant import air, clock
from demo.plant.noise import Floats, Ints, key_of, smooth


@dataclass(frozen=True, slots=True)
class Weather:
    dry_bulb: Floats
    humidity: Floats
    wet_bulb: Floats
    enthalpy: Floats
    sun: Floats  # 0..1, fraction of clear-sky noon


def weather(seed: int, t: Ints) -> Weather:
    year, hour = clock.season(t), clock.local_hour(t)
    passing = smooth(key_of(seed, "front"), t, 2.6 * 86_400)
    gusts = smooth(key_of(seed, "gusts"), t, 1_500)
    cloud = np.clip(0.9 - 0.18 * np.abs(smooth(key_of(seed, "cloud"), t, 5_400)) - 0.08 * passing, 0.25, 1.0)
    elevation = np.clip(np.sin(np.pi * (hour - 6.0 + 0.4 * year) / (12.0 + 0.8 * year)), 0.0, 1.0)
    elevation = np.where((hour > 5.0) & (hour < 19.5), elevation, 0.0)
    mean = 27.6 + 8.1 * year + 1.5 * passing
    dry_bulb = mean + _daily(hour, 4.6 + 0.5 * year) + 0.22 * gusts
    dew_point = (
        17.8
        + 6.2 * year
        + 1.7 * smooth(key_of(seed, "moist"), t, 1.3 * 86_400)
        + 0.5 * np.sin(2.0 * np.pi * (hour - 16.0) / 24.0)
    )
    dew_point = np.minimum(dew_point, dry_bulb - 1.2)
    rh = air.relative_humidity(dry_bulb, dew_point)
    return Weather(
        dry_bulb=dry_bulb,
        humidity=rh,
        wet_bulb=air.wet_bulb(dry_bulb, rh),
        enthalpy=air.enthalpy(dry_bulb, air.saturation_pressure(dew_point)),
        sun=elevation * cloud,
    )


def _daily(hour: Floats, amplitude: Floats) -> Floats:
    """Coldest near 06:00, warmest near 14:30: the second harmonic makes mornings rise faster than evenings fall."""
    first = np.cos(2.0 * np.pi * (hour - 15.0) / 24.0)
    second = 0.22 * np.cos(4.0 * np.pi * (hour - 13.2) / 24.0)
    return np.asarray(amplitude * (first + second), dtype=np.float64)
