"""Moist air at sea level."""

from __future__ import annotations

import numpy as np

from demo.plant.noise import Floats

_PRESSURE = 101.325  # kPa


def saturation_pressure(t: Floats) -> Floats:
    """kPa over water at t degC (Magnus formula, coefficients of Alduchov and Eskridge 1996)."""
    return np.asarray(0.61094 * np.exp(17.625 * t / (t + 243.04)), dtype=np.float64)


def relative_humidity(t: Floats, dew_point: Floats) -> Floats:
    """Percent."""
    return np.asarray(100.0 * saturation_pressure(dew_point) / saturation_pressure(t), dtype=np.float64)


def wet_bulb(t: Floats, rh: Floats) -> Floats:
    """degC from degC and percent (Stull 2011, J. Appl. Meteor. Climatol. 50, 2267; good to 0.3 K at 20-90 %)."""
    return np.asarray(
        t * np.arctan(0.151977 * np.sqrt(rh + 8.313659))
        + np.arctan(t + rh)
        - np.arctan(rh - 1.676331)
        + 0.00391838 * rh**1.5 * np.arctan(0.023101 * rh)
        - 4.686035,
        dtype=np.float64,
    )


def enthalpy(t: Floats, vapour_pressure: Floats) -> Floats:
    """kJ per kg of dry air (ASHRAE Fundamentals, chapter Psychrometrics)."""
    ratio = 0.62198 * vapour_pressure / (_PRESSURE - vapour_pressure)
    return np.asarray(1.006 * t + ratio * (2501.0 + 1.86 * t), dtype=np.float64)


def saturated_enthalpy(t: Floats) -> Floats:
    return enthalpy(t, saturation_pressure(t))
