"""An induced-draught cooling tower by Braun's effectiveness model (Braun, Klein, Mitchell 1989, ASHRAE Trans. 95-2)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.plant.air import saturated_enthalpy
from demo.plant.machines import CP
from demo.plant.noise import Floats

FAN_KW = 15.0
SLOWEST = 0.2
_AIR = 66.0  # kg/s of dry air at full speed
_C, _N = 1.85, -0.6  # Ntu = C (water/air)^(1+N): gives an approach of about 4 K at the design point


@dataclass(frozen=True, slots=True)
class TowerPoint:
    speed: Floats
    water_out: Floats


def heat_rejected(speed: Floats, water: Floats, water_in: Floats, water_out: Floats, wet_bulb: Floats) -> Floats:
    """kW that one cell rejects at this fan speed, water flow (l/s) and temperatures."""
    air_flow = np.maximum(speed, 0.02) * _AIR
    inlet = saturated_enthalpy(water_in)
    fall = np.maximum(water_in - water_out, 0.05)
    saturation_heat = (inlet - saturated_enthalpy(water_in - fall)) / fall
    ratio = air_flow * saturation_heat / (water * CP)
    units = _C * (water / air_flow) ** (1.0 + _N)
    decay = np.exp(-units * (1.0 - ratio))
    near_one = np.abs(1.0 - ratio) < 1e-4
    denominator = np.where(near_one, 1.0, 1.0 - ratio * decay)
    effectiveness = np.where(near_one, units / (1.0 + units), (1.0 - decay) / denominator)
    return np.asarray(effectiveness * air_flow * (inlet - saturated_enthalpy(wet_bulb)), dtype=np.float64)


def operate(heat: Floats, water: Floats, wet_bulb: Floats, set_point: Floats) -> TowerPoint:
    """Fan speed that holds the set point, between minimum and full speed, and the resulting leaving water.

    heat kW and water l/s of one cell.
    """
    fall = heat / (water * CP)
    low, high = np.full(heat.shape, SLOWEST), np.ones(heat.shape)
    for _ in range(18):
        middle = 0.5 * (low + high)
        enough = heat_rejected(middle, water, set_point + fall, set_point, wet_bulb) >= heat
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    speed = 0.5 * (low + high)
    floating = (speed < SLOWEST + 1e-4) | (speed > 1.0 - 1e-4)
    water_out = set_point.copy()
    if floating.any():
        water_out[floating] = _settle(speed[floating], water[floating], fall[floating], wet_bulb[floating])
    return TowerPoint(speed, water_out)


def _settle(speed: Floats, water: Floats, fall: Floats, wet_bulb: Floats) -> Floats:
    """The leaving water temperature at which the cell rejects exactly this heat, by bisection."""
    low, high = wet_bulb + 0.2, wet_bulb + 25.0
    for _ in range(20):
        middle = 0.5 * (low + high)
        cold = heat_rejected(speed, water, middle + fall, middle, wet_bulb) >= fall * water * CP
        low, high = np.where(cold, low, middle), np.where(cold, middle, high)
    return np.asarray(0.5 * (low + high), dtype=np.float64)
