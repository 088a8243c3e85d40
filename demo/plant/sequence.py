"""Staging of machines with delays and minimum run times, as in a plant controller.

The only stateful part. It is reset every plant day (04:00 local), when one chiller is always enough.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.plant.noise import Floats

RAMP_MIN = 10.0  # soft loading of a starting chiller
_UP_AFTER, _DOWN_AFTER, _SHORTEST = 10, 20, 60


@dataclass(frozen=True, slots=True)
class Stage:
    """The second chiller over a day: minutes since it started (-1: stopped), and its isolation valve (0..1)."""

    since: Floats
    open: Floats


def stage_chillers(load: Floats, capacity: float) -> Stage:
    """`load` kW a minute over one day. The second chiller starts after ten minutes over 88 % of one (at once over
    105 %), and stops after twenty below 72 %, but not before it has run for an hour. Its isolation valve begins
    to open a minute earlier, is open after five, and closes within a minute."""
    since = np.full(load.size, -1.0)
    high = low = run = 0
    running = False
    up, over, down = 0.88 * capacity, 1.05 * capacity, 0.72 * capacity
    for minute, kw in enumerate(load.tolist()):
        if running:
            run += 1
            low = low + 1 if kw < down else 0
            if low >= _DOWN_AFTER and run >= _SHORTEST:
                running, high = False, 0
        else:
            high = high + (3 if kw > over else 1) if kw > up else 0
            if high >= _UP_AFTER:
                running, run, low = True, 0, 0
        if running:
            since[minute] = run
    on = since >= 0.0
    opened = np.where(on, np.minimum(0.2 + 0.16 * since, 1.0), 0.0)
    around = np.zeros(on.size)
    around[:-1] += on[1:]
    around[1:] += on[:-1]
    return Stage(since, np.where(on, opened, np.where(around > 0.0, 0.1, 0.0)))


def stage_pumps(flow: Floats, occupied: Floats, design_flow: float) -> Floats:
    """Number of duty pumps: two during office hours and while the flow requires them, otherwise one."""
    count = np.empty(flow.size)
    two, high, low = False, 0, 0
    for minute, (litres, busy) in enumerate(zip(flow.tolist(), occupied.tolist(), strict=True)):
        high = high + 1 if litres > 0.86 * design_flow else 0
        low = low + 1 if litres < 0.70 * design_flow and not busy else 0
        if busy or high >= 5:
            two = True
        elif low >= 15:
            two = False
        count[minute] = 2.0 if two else 1.0
    return count


def soft_load(since: Floats) -> Floats:
    """Fraction of its capacity that a chiller may use: 0 while stopped, a quarter at start, 1 after the ramp."""
    return np.asarray(np.where(since < 0.0, 0.0, np.clip(0.25 + 0.75 * since / RAMP_MIN, 0.0, 1.0)), dtype=np.float64)


def lag(target: Floats, minutes: float, start: float | None = None) -> Floats:
    """First-order lag of minute values along the last axis, from `start` or settled at its first value."""
    alpha = 1.0 - float(np.exp(-1.0 / minutes))
    out = np.empty_like(target)
    state = target[..., 0].copy() if start is None else np.full(target.shape[:-1], start)
    for k in range(target.shape[-1]):
        state += alpha * (target[..., k] - state)
        out[..., k] = state
    return out
