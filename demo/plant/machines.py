"""Pumps, fans, valves and coils: textbook relations on arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.plant.noise import Floats

CP = 4.19  # kJ/(kg K); one litre of water is taken as one kilogram
METRES_PER_BAR = 10.197
_RANGEABILITY = 30.0


@dataclass(frozen=True, slots=True)
class Pump:
    """A centrifugal pump with curve H = H0 - k Q^2. At relative speed w the affinity laws move it:
    Q ~ w, H ~ w^2, P ~ w^3 (Karassik, Pump Handbook, ch. 2.3). Flow in l/s, head in m, power in kW."""

    shutoff: float
    design_flow: float
    design_head: float
    best: float = 0.80

    @property
    def k(self) -> float:
        return (self.shutoff - self.design_head) / self.design_flow**2

    def head(self, flow: Floats, speed: Floats) -> Floats:
        return np.asarray(speed**2 * self.shutoff - self.k * flow**2, dtype=np.float64)

    def speed(self, flow: Floats, head: Floats) -> Floats:
        """The speed at which the pump delivers this flow against this head."""
        return np.asarray(np.sqrt((head + self.k * flow**2) / self.shutoff), dtype=np.float64)

    def efficiency(self, flow: Floats, speed: Floats) -> Floats:
        """A parabola over flow/speed, so that it follows the affinity laws, too."""
        x = flow / (np.maximum(speed, 1e-6) * self.design_flow)
        return np.asarray(np.maximum(self.best * (1.0 - 0.55 * (x - 0.95) ** 2), 0.25), dtype=np.float64)

    def shaft_power(self, flow: Floats, speed: Floats) -> Floats:
        hydraulic = 9.81e-3 * flow * self.head(flow, speed)
        return np.asarray(hydraulic / self.efficiency(flow, speed), dtype=np.float64)


def electric_power(shaft: Floats, rated: float) -> Floats:
    """Motor and drive: losses of 3 % of the rating and 5 % of the load (IE3 motor with a frequency converter)."""
    return np.asarray(np.where(shaft > 0.0, 0.03 * rated + 1.05 * shaft, 0.0), dtype=np.float64)


def fan_power(speed: Floats, rated: float) -> Floats:
    """Affinity law: power goes with the cube of speed."""
    return np.asarray(rated * speed**3, dtype=np.float64)


def valve_opening(coefficient: Floats) -> Floats:
    """Lift 0..1 of an equal-percentage valve for a relative flow coefficient; closed below its rangeability."""
    floor = 1.0 / _RANGEABILITY
    lift = 1.0 + np.log(np.maximum(coefficient, floor)) / np.log(_RANGEABILITY)
    lift = np.where(coefficient <= floor, coefficient * 1.5, np.maximum(lift, 0.05))
    return np.asarray(np.clip(lift, 0.0, 1.0), dtype=np.float64)


def valve_coefficient(opening: Floats) -> Floats:
    """Relative flow coefficient of an equal-percentage valve (IEC 60534-2-4), tight when closed."""
    floor = 1.0 / _RANGEABILITY
    curve = _RANGEABILITY ** (opening - 1.0)
    return np.asarray(np.where(opening <= 0.05, np.minimum(opening / 1.5, floor), curve), dtype=np.float64)


_COIL = 0.86


def coil_duty(flow: Floats) -> Floats:
    """Relative duty of a cooling coil for relative water flow: y = x / (x (1 - a) + a)
    (coil characteristic as in Petitjean, Total Hydronic Balancing)."""
    return np.asarray(flow / (flow * (1.0 - _COIL) + _COIL), dtype=np.float64)


def coil_flow(duty: Floats) -> Floats:
    """Inverse of `coil_duty`; duty is capped slightly above full flow's, so that an overload opens the valve fully."""
    y = np.minimum(duty, 2.0)
    return np.asarray(_COIL * y / (1.0 - y * (1.0 - _COIL)), dtype=np.float64)
