"""The samples that the state machine needs of a compiled rule, from whole columns. Pure."""

from __future__ import annotations

import numpy as np

from alarms.backtest.columns import Flags, Ints, Steps, merged_times
from alarms.backtest.crossings import Columns, crossings
from alarms.machine import run
from alarms.machine.model import Sample, State, Timer, Transition
from alarms.rules.arming import Arming, Hours
from alarms.rules.compiled import CompiledRule


def simulate(rule: CompiledRule, columns: Columns, start: int, end: int) -> list[Transition]:
    """What the machine says of all samples, watched from `start` to before `end`; `columns`: by input of the rule."""
    _, transitions = run(rule.settings, State(), [*samples(rule, columns, start, end), Timer(end - 1)])
    return transitions


def samples(rule: CompiledRule, columns: Columns, start: int, end: int) -> list[Sample]:
    """Those at which it changes whether the condition is met while the rule is armed."""
    steps = crossings(rule.condition, columns, start, end)
    armed_t, armed = _armed(rule.armed, columns, start, end)
    t = merged_times(steps.t, armed_t)
    t = t[t < end]
    place = np.searchsorted(steps.t, t, "right") - 1
    met = np.where(place >= 0, steps.met[np.maximum(place, 0)], False) if len(steps.t) else np.zeros(len(t), bool)
    met &= _at(armed_t, armed, t)
    changed = np.diff(met, prepend=False)
    found = zip(t[changed].tolist(), met[changed].tolist(), place[changed].tolist(), strict=True)
    return [
        Sample(moment, on, steps.value[at] if on else None, steps.against[at] if on else None, timed=True)
        for moment, on, at in found
    ]


def _armed(arming: Arming | None, columns: Columns, start: int, end: int) -> tuple[Ints, Flags]:
    """From each moment, until the next, whether the rule is armed; the first is before everything."""
    always = np.array([-(2**62)]), np.array([True])
    if arming is None:
        return always
    by_expression, by_hours = always, always
    if arming.expression is not None:
        by_expression = _after_delay(crossings(arming.expression, columns, start, end), arming.delay, end)
    if arming.hours is not None:
        by_hours = _open(arming.hours, start, end)
    t = merged_times(by_expression[0], by_hours[0])
    return t, _at(*by_expression, t) & _at(*by_hours, t)


def _after_delay(steps: Steps, delay: int, end: int) -> tuple[Ints, Flags]:
    until = np.append(steps.t[1:], end)
    holds = steps.met & (steps.t + delay < until)
    began, ended = steps.t[holds] + delay, until[holds]
    t = np.concatenate([[-(2**62)], np.stack([began, ended], axis=1).ravel()])
    armed = np.concatenate([[False], np.tile([True, False], len(began))])
    return t, armed


def _open(hours: Hours, start: int, end: int) -> tuple[Ints, Flags]:
    t, open = [-(2**62)], [hours.at(start)[0]]
    moment = hours.at(start)[1]
    while moment is not None and moment < end:
        inside, following = hours.at(moment)
        t.append(moment)
        open.append(inside)
        moment = following
    return np.array(t, np.int64), np.array(open, bool)


def _at(t: Ints, flags: Flags, moments: Ints) -> Flags:
    """The flag at or before each moment; False before the first."""
    place = np.searchsorted(t, moments, "right") - 1
    return np.where(place >= 0, flags[np.maximum(place, 0)], False)
