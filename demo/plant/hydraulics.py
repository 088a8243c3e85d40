"""The chilled-water network: coil branches and bypass across the headers, fed by pumps through evaporators."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.plant.load import DESIGN
from demo.plant.machines import CP, METRES_PER_BAR, Pump, valve_coefficient, valve_opening
from demo.plant.noise import Floats

PUMP = Pump(shutoff=37.0, design_flow=64.0, design_head=28.0)
EVAPORATOR_MIN = 28.0  # l/s through each open evaporator
COIL_FLOW = tuple(kw / (CP * 6.0) for kw in DESIGN)
_BRANCH_DP = 2.0  # bar across a branch at design flow with its valve open
_BYPASS = 60.0  # l/s through the open bypass at 1 bar
_EVAPORATOR_HEAD = 8.0 / 70.0**2  # m per (l/s)^2 of one evaporator with its pipes


@dataclass(frozen=True, slots=True)
class Network:
    dp: Floats  # bar across the headers
    coil_flow: tuple[Floats, ...]  # l/s
    opening: tuple[Floats, ...]  # 0..1, actual position of each coil valve
    command: tuple[Floats, ...]  # 0..1, as commanded by its controller
    bypass_flow: Floats
    bypass_opening: Floats
    flow: Floats  # l/s, total
    speed: Floats  # of each running pump
    shaft_kw: Floats  # of each running pump


@dataclass(frozen=True, slots=True)
class FlowDemand:
    """Flow demand of the coils: relative flows, and the opening at which a valve is stuck (NaN: free)."""

    flow: tuple[Floats, ...]
    stuck: tuple[Floats, ...]
    bypass_min: Floats  # l/s, minimum through the evaporators


def set_point(flow: Floats) -> Floats:
    """Differential pressure set point in bar, reset by the demanded flow."""
    return np.asarray(1.35 + 0.9 * np.clip(flow / 140.0, 0.0, 1.0), dtype=np.float64)


def solve(demand: FlowDemand, pumps: Floats, evaporators: Floats, wander: Floats) -> Network:
    """The operating point. Pumps hold the set point while they can; otherwise (one has tripped) they run at full speed
    and the pressure falls until the open valves pass no more than they deliver."""
    wanted = sum((want * full for want, full in zip(demand.flow, COIL_FLOW, strict=True)), np.zeros(pumps.shape))
    dp = set_point(wanted) + wander
    short = _surplus(demand, dp, pumps, evaporators) < 0.0
    if short.any():
        part = FlowDemand(
            tuple(want[short] for want in demand.flow), tuple(s[short] for s in demand.stuck), demand.bypass_min[short]
        )
        dp[short] = _balance(part, dp[short], pumps[short], evaporators[short])
    coils, total = _flows(demand, dp)
    bypass = np.maximum(demand.bypass_min - total, 0.0)
    flow = total + bypass
    head = dp * METRES_PER_BAR + _EVAPORATOR_HEAD * (flow / evaporators) ** 2
    each = flow / pumps
    speed = np.minimum(PUMP.speed(each, head), 1.0)
    root = np.sqrt(np.maximum(dp, 1e-6) / _BRANCH_DP)
    command = tuple(valve_opening(want / root) for want in demand.flow)
    opening = tuple(np.where(np.isnan(s), c, s) for c, s in zip(command, demand.stuck, strict=True))
    return Network(
        dp,
        coils,
        opening,
        command,
        bypass,
        np.clip(bypass / (_BYPASS * np.sqrt(np.maximum(dp, 1e-6))), 0.0, 1.0),
        flow,
        speed,
        PUMP.shaft_power(each, speed),
    )


def _flows(demand: FlowDemand, dp: Floats) -> tuple[tuple[Floats, ...], Floats]:
    root = np.sqrt(np.maximum(dp, 1e-6) / _BRANCH_DP)
    coils = []
    for want, stuck, full in zip(demand.flow, demand.stuck, COIL_FLOW, strict=True):
        free = np.minimum(want, root)
        coils.append(full * np.where(np.isnan(stuck), free, valve_coefficient(np.nan_to_num(stuck)) * root))
    return tuple(coils), np.sum(coils, axis=0)


def _surplus(demand: FlowDemand, dp: Floats, pumps: Floats, evaporators: Floats) -> Floats:
    """Surplus head of the pumps at full speed at this header pressure, m."""
    total = np.maximum(_flows(demand, dp)[1], demand.bypass_min)
    need = dp * METRES_PER_BAR + _EVAPORATOR_HEAD * (total / evaporators) ** 2
    return np.asarray(PUMP.head(total / pumps, np.ones(dp.shape)) - need, dtype=np.float64)


def _balance(demand: FlowDemand, dp: Floats, pumps: Floats, evaporators: Floats) -> Floats:
    low, high = np.full(dp.shape, 0.02), dp
    for _ in range(22):
        middle = 0.5 * (low + high)
        fits = _surplus(demand, middle, pumps, evaporators) >= 0.0
        low, high = np.where(fits, middle, low), np.where(fits, high, middle)
    return low
