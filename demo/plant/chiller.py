"""A water-cooled centrifugal chiller, modelled as a fraction of Carnot efficiency."""

from __future__ import annotations

import numpy as np

from demo.plant.noise import Floats

CAPACITY = 1750.0  # kW
_KELVIN = 273.15
_BEST_SHARE = 0.63  # fraction of Carnot at the best part load
_EVAPORATOR = 1.4  # K at full load, between refrigerant and leaving water
_CONDENSER = 1.9
_FOULED = 2.6  # relative growth of the condenser approach when fully fouled


def condenser_approach(heat: Floats, fouling: Floats) -> Floats:
    """K between condensing refrigerant and leaving water: heat over conductance, which fouling lowers."""
    return np.asarray(_CONDENSER * heat / (1.18 * CAPACITY) * (1.0 + _FOULED * fouling), dtype=np.float64)


def part_load_share(plr: Floats) -> Floats:
    """Fraction of the Carnot COP over the part-load ratio: a variable-speed machine is best near 65 %, and fixed losses
    (oil, guide vanes, drive) weigh more and more below 30 %."""
    x = np.clip(plr, 0.02, 1.2)
    return np.asarray(_BEST_SHARE * (1.0 - 0.22 * (x - 0.65) ** 2) * x / (x + 0.05) * 1.077, dtype=np.float64)


def cop(load: Floats, chilled_out: Floats, condenser_out: Floats, approach: Floats) -> Floats:
    """Coefficient of performance: part-load fraction x Carnot between the refrigerant's temperatures
    (the Carnot-effectiveness method; Jagemar 1996, Wetter et al. 2014, Buildings.Fluid.Chillers.Carnot_y)."""
    plr = load / CAPACITY
    evaporating = chilled_out - _EVAPORATOR * plr + _KELVIN
    lift = np.maximum(condenser_out + approach + _KELVIN - evaporating, 8.0)
    return np.asarray(part_load_share(plr) * evaporating / lift, dtype=np.float64)


def power(load: Floats, chilled_out: Floats, condenser_in: Floats, heat_rate: Floats, fouling: Floats) -> Floats:
    """kW for a cooling load in kW. `heat_rate` is the condenser water's m cp in kW/K. The heat rejected depends on
    the power and the power on the leaving temperature: four rounds settle it to far below a watt."""
    electric = load / 5.5
    for _ in range(4):
        heat = load + electric
        out = condenser_in + heat / np.maximum(heat_rate, 1.0)
        electric = load / cop(load, chilled_out, out, condenser_approach(heat, fouling))
    return np.asarray(np.where(load > 1.0, electric, 0.0), dtype=np.float64)
