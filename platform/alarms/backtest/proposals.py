"""Limits from data, and quieter delays and deadbands for an alarm that is raised too often."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from msgspec.structs import replace

from alarms.backtest.columns import Column
from alarms.backtest.combining import simulate
from alarms.backtest.crossings import crossings
from alarms.backtest.reading import Deadline, OutOfTime, Reader
from alarms.backtest.running import Occurrence, checked_span, compiled_at, is_short, occurrences, sensors_of
from alarms.machine import run as run_machine
from alarms.machine.model import Sample, Settings, State, Timer
from alarms.rules.compiled import CompiledRule
from alarms.rules.compiling import overridden
from alarms.rules.conditions.limits import DeviationCondition, LimitCondition
from alarms.rules.conditions.several import SetPointCondition
from alarms.rules.models import MAX_OVERRIDES, Deviation, Limit, Override, RuleContent
from alarms.rules.targets import Scope, Target, resolve
from catalog.models import Sensor
from kernel.errors import BadRequest, NotFound, Unavailable
from kernel.tenancy import TenantConnection
from kernel.times import DAY, MINUTE, TimeRange
from web.pacing import note_read

DAYS = 30
LONG_MS = 10 * MINUTE  # an occurrence that must not be lost
MIN_REDUCTION, TARGET_REDUCTION = 0.3, 0.8  # the part of the alarms that a change avoids
ON_DELAYS_S, OFF_DELAYS_S = (10.0, 30.0, 60.0, 120.0, 300.0), (30.0, 60.0, 300.0)
DEADBANDS = (0.01, 0.02, 0.05)  # of what the sensor's values span
PERCENTILES = (0.1, 1.0, 50.0, 99.0, 99.9)
MIN_SAMPLES = 100
TIME_LIMIT_S = 20.0


@dataclass(frozen=True, slots=True)
class Simulated:
    raised: int
    shorter_than_2_min: int


@dataclass(frozen=True, slots=True)
class Change:
    """None: as it is."""

    on_delay_s: float | None = None
    off_delay_s: float | None = None
    deadband: float | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """`change` None: none makes it quieter. `lost`: occurrences of 10 min and longer that would not be raised."""

    days: float
    before: Simulated
    after: Simulated | None
    change: Change | None
    lost: int


@dataclass(frozen=True, slots=True)
class ProposedLimit:
    """`raised`: how many alarms it would have raised, with its deadband and a delay of one minute."""

    side: Literal["high", "low"]
    level: str
    limit: float
    deadband: float
    raised: int


def propose_change(
    tenant: TenantConnection, content: RuleContent, rule: str, target: str, now: int, *, limit_s: float = TIME_LIMIT_S
) -> Proposal:
    """For one alarm of a rule, by the last 30 days. Raises NotFound if the rule does not apply to the target, and
    Unavailable if the samples cannot be read in time.
    """
    note_read(tenant)
    span = checked_span(TimeRange(now - DAYS * DAY, now), now)
    scope = Scope.of(tenant)
    compiled = next((each for each in compiled_at(tenant, scope, content, rule) if each.target.id == target), None)
    if compiled is None:
        raise _not_applied(target)
    sensors = sensors_of(scope.snapshot, [compiled])
    reader = Reader(tenant, span, Deadline(limit_s), now)
    reader.prepare(list(sensors.values()))
    columns = _all_samples(reader, compiled, sensors)
    return quieter(compiled, columns, span, sensors.get(target))


def _all_samples(reader: Reader, compiled: CompiledRule, sensors: Mapping[str, Sensor]) -> dict[str, Column]:
    """Whatever the deadband."""
    try:
        thin = isinstance(compiled.condition, LimitCondition | DeviationCondition)
        if not thin:
            return reader.columns(compiled, sensors)
        known = [input for input in compiled.inputs if input in sensors]
        return {input: reader.samples(sensors[input]) for input in known}
    except OutOfTime:
        raise Unavailable("Its samples of 30 days cannot be read in time; try again later.") from None


def quieter(compiled: CompiledRule, columns: Mapping[str, Column], span: TimeRange, sensor: Sensor | None) -> Proposal:
    """The first change after which at most a fifth of the alarms are raised; the best one if none does so much."""
    days = span.width / DAY
    before = _occurrences(compiled, columns, span)
    counted = _count(before)
    best: tuple[int, Change, list[Occurrence]] | None = None
    for change in candidates(compiled, columns, sensor) if len(before) > 1 else ():
        after = _occurrences(changed(compiled, change), columns, span)
        avoided = (len(before) - len(after)) / len(before)
        if _lost(before, after) or avoided < MIN_REDUCTION:
            continue
        if best is None or len(after) < best[0]:
            best = len(after), change, after
        if avoided >= TARGET_REDUCTION:
            break
    if best is None:
        return Proposal(days, counted, None, None, 0)
    return Proposal(days, counted, _count(best[2]), best[1], _lost(before, best[2]))


def candidates(compiled: CompiledRule, columns: Mapping[str, Column], sensor: Sensor | None) -> Iterator[Change]:
    """From those that delay an alarm the least; none that is less than what the rule has already."""
    on_s, off_s = compiled.settings.on_delay / 1000, compiled.settings.off_delay / 1000
    now = _deadband(compiled)
    deadbands: list[float] = []
    if now is not None:
        width = _width(sensor, columns[compiled.condition.inputs[0]])
        deadbands = [each for each in (_rounded(width * part) for part in DEADBANDS) if each > now]
    yield from (Change(deadband=each) for each in deadbands)
    yield from (Change(off_delay_s=each) for each in OFF_DELAYS_S if each > off_s)
    yield from (Change(on_delay_s=each) for each in ON_DELAYS_S if each > on_s)
    for on_delay in (each for each in ON_DELAYS_S if each > on_s):
        for off_delay in (each for each in OFF_DELAYS_S if each > off_s):
            yield Change(on_delay, off_delay)
        yield from (Change(on_delay_s=on_delay, deadband=each) for each in deadbands)


def changed(compiled: CompiledRule, change: Change) -> CompiledRule:
    """The rule with a change."""
    settings = compiled.settings
    if change.on_delay_s is not None:
        settings = replace(settings, on_delay=round(change.on_delay_s * 1000))
    if change.off_delay_s is not None:
        settings = replace(settings, off_delay=round(change.off_delay_s * 1000))
    condition = compiled.condition
    if change.deadband is not None and isinstance(condition, LimitCondition | DeviationCondition | SetPointCondition):
        condition = dataclasses.replace(condition, deadband=change.deadband)
    return dataclasses.replace(compiled, settings=settings, condition=condition)


def target_of(tenant: TenantConnection, content: RuleContent, id: str) -> Target:
    """Raises NotFound if the rule does not apply to it."""
    found = next((each for each in resolve(Scope.of(tenant), content.applies)[0] if each.about.id == id), None)
    if found is None:
        raise _not_applied(id)
    return found


def with_change(content: RuleContent, target: Target, change: Change) -> RuleContent:
    """The rule's content with the change as an override of one target, of which the rest is as other overrides have it:
    by its tag or of its asset. Raises BadRequest if there are too many.
    """
    id = target.about.id
    known = next((each for each in content.overrides if each.target == id), Override(target=id))
    trigger = (overridden(content, target) or content).trigger
    if change.deadband is not None and isinstance(trigger, Limit | Deviation):
        known = replace(known, trigger=replace(trigger, deadband=change.deadband))
    if change.on_delay_s is not None:
        known = replace(known, on_delay_s=change.on_delay_s)
    if change.off_delay_s is not None:
        known = replace(known, off_delay_s=change.off_delay_s)
    others = [each for each in content.overrides if each.target != id]
    if len(others) >= MAX_OVERRIDES:
        raise BadRequest(f"The rule has {MAX_OVERRIDES} overrides already; change the rule itself.", slug="too-many")
    return replace(content, overrides=[*others, known])


def _not_applied(target: str) -> NotFound:
    return NotFound(f"The rule does not apply to {target[:40]}.", slug="unknown-target")


def propose_limits(
    tenant: TenantConnection, sensor: Sensor, span: TimeRange, now: int, *, limit_s: float = TIME_LIMIT_S
) -> list[ProposedLimit]:
    """High and low by the values that were rarely exceeded (99.9 and 0.1 %), high-high and low-low beyond all.

    Raises BadRequest for a sensor of texts or with fewer than 100 samples, Unavailable if there are too many to read.
    """
    note_read(tenant)
    if sensor.kind != "continuous":
        raise BadRequest(f"{sensor.tag} is {sensor.kind}: limits are proposed for continuous sensors.", slug="bad-kind")
    span = checked_span(span, now)
    reader = Reader(tenant, span, Deadline(limit_s), now)
    reader.prepare([sensor])
    try:
        column = reader.samples(sensor)
    except OutOfTime:
        raise Unavailable("Its samples cannot be read in time; ask for a shorter range.") from None
    return limits_of(column, sensor.id, span)


def limits_of(column: Column, sensor: str, span: TimeRange) -> list[ProposedLimit]:
    """The same of samples that were read."""
    usable = column.usable()
    if len(usable) < MIN_SAMPLES:
        raise BadRequest(
            f"There are {len(usable)} samples in the range; limits need {MIN_SAMPLES}.", slug="too-few-samples"
        )
    lowest, low, _, high, highest = np.percentile(usable.v, PERCENTILES).tolist()
    spread = max(high - low, 1e-9 * max(abs(high), abs(low), 1.0))
    top, bottom = float(usable.v.max()), float(usable.v.min())
    deadband = _rounded(0.02 * spread)
    wanted: list[tuple[Literal["high", "low"], str, float]] = [
        ("high", "high-high", top + 0.05 * spread),
        ("high", "high", highest),
        ("low", "low", lowest),
        ("low", "low-low", bottom - 0.05 * spread),
    ]
    found = []
    for side, level, value in wanted:
        limit = _outward(value, spread, side)
        condition = LimitCondition(sensor, side, limit, deadband)
        found.append(ProposedLimit(side, level, limit, deadband, _raised(condition, usable, span)))
    return found


def _raised(condition: LimitCondition, column: Column, span: TimeRange) -> int:
    steps = crossings(condition, {condition.input: column}, span.start, span.end)
    inputs = [Sample(t, met, timed=True) for t, met in zip(steps.t.tolist(), steps.met.tolist(), strict=True)]
    _, transitions = run_machine(Settings(on_delay=MINUTE), State(), [*inputs, Timer(span.end - 1)])
    return len(occurrences(transitions))


def _outward(value: float, spread: float, side: Literal["high", "low"]) -> float:
    """Rounded to a step of about a hundredth of the spread, away from the values."""
    step = 10.0 ** math.floor(math.log10(spread / 10))
    whole = math.ceil(value / step) if side == "high" else math.floor(value / step)
    return float(f"{whole * step:.12g}")


def _rounded(value: float) -> float:
    """To two significant digits."""
    return float(f"{value:.2g}")


def _occurrences(compiled: CompiledRule, columns: Mapping[str, Column], span: TimeRange) -> list[Occurrence]:
    return occurrences(simulate(compiled, columns, span.start, span.end))


def _count(found: Sequence[Occurrence]) -> Simulated:
    return Simulated(len(found), sum(map(is_short, found)))


def _lost(before: Sequence[Occurrence], after: Sequence[Occurrence]) -> int:
    """How many long ones do not overlap with any of the others."""
    return sum(
        not any(
            other.raised < (each.returned or math.inf) and (other.returned or math.inf) > each.raised for other in after
        )
        for each in before
        if each.returned is None or each.returned - each.raised >= LONG_MS
    )


def _deadband(compiled: CompiledRule) -> float | None:
    condition = compiled.condition
    if isinstance(condition, LimitCondition | DeviationCondition | SetPointCondition):
        return condition.deadband
    return None


def _width(sensor: Sensor | None, column: Column) -> float:
    if sensor is not None and sensor.range is not None:
        return sensor.range[1] - sensor.range[0]
    usable = column.usable()
    if not len(usable):
        return 0.0
    low, high = np.percentile(usable.v, (0.1, 99.9)).tolist()
    return float(high - low)
