"""Runs a rule over stored samples: what it would have raised."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

from alarms.backtest.combining import simulate
from alarms.backtest.models import (
    MAX_LISTED_OCCURRENCES,
    MAX_LISTED_TARGETS,
    SHORT_MS,
    BacktestOccurrence,
    BacktestResult,
    BacktestTarget,
)
from alarms.backtest.reading import Deadline, OutOfTime, Reader
from alarms.machine.model import Transition, What
from alarms.rules.compiled import CompiledRule
from alarms.rules.compiling import compile_rule
from alarms.rules.errors import InvalidRule
from alarms.rules.models import Priority, RuleContent
from alarms.rules.settings import settings_of
from alarms.rules.targets import Scope
from catalog.models import Sensor
from catalog.snapshot import Snapshot
from kernel.errors import BadRequest
from kernel.tenancy import TenantConnection
from kernel.times import DAY, TimeRange
from web.pacing import note_read

TIME_LIMIT_S = 20.0
MAX_DAYS = 3_660


@dataclass(frozen=True, slots=True)
class Occurrence:
    """`returned` None: still active at the end."""

    raised: int
    returned: int | None
    value: float | str | None


def run(
    tenant: TenantConnection,
    content: RuleContent,
    span: TimeRange,
    now: int,
    *,
    rule: str = "",
    limit_s: float = TIME_LIMIT_S,
) -> BacktestResult:
    """What a rule, enabled or not, would have raised at all its targets; `rule`: its id, if it is stored.

    The samples are those that are stored now, in order of their time. Raises InvalidRule, and BadRequest for a range
    that is empty or too long.
    """
    began = time.monotonic()
    note_read(tenant)
    span = checked_span(span, now)
    scope = Scope.of(tenant)
    compiled = compiled_at(tenant, scope, content, rule)
    reader = Reader(tenant, span, Deadline(limit_s), now)
    sensors = sensors_of(scope.snapshot, compiled)
    reader.prepare(list(sensors.values()))
    targets, listed, complete = list[BacktestTarget](), list[BacktestOccurrence](), True
    for each in compiled:
        try:
            columns = reader.columns(each, sensors)
        except OutOfTime:
            complete = False
            break
        found = occurrences(simulate(each, columns, span.start, span.end))
        targets.append(_target(each, found, span.end))
        listed += [BacktestOccurrence(key=each.key, raised=o.raised, returned=o.returned, value=o.value) for o in found]
    took_ms = (time.monotonic() - began) * 1000
    return _result(span, targets, listed, complete and reader.complete, took_ms)


def checked_span(span: TimeRange, now: int) -> TimeRange:
    """Until now at the latest. Raises BadRequest."""
    end = min(span.end, now)
    if end <= span.start:
        raise BadRequest("The range is empty, or in the future: `end` must be after `start`.", slug="bad-range")
    if end - span.start > MAX_DAYS * DAY:
        raise BadRequest(f"The range is longer than {MAX_DAYS:,} days.", slug="range-too-long")
    return TimeRange(span.start, end)


def compiled_at(tenant: TenantConnection, scope: Scope, content: RuleContent, rule: str) -> list[CompiledRule]:
    """Raises InvalidRule if it applies nowhere."""
    priority: Priority = settings_of(tenant).matrix.priority(content.consequence, content.urgency)
    compiled = compile_rule(scope, rule or "rule", 0, content, priority)
    if compiled.problems and not compiled.rules:
        raise InvalidRule(compiled.problems)
    return compiled.rules


def sensors_of(snapshot: Snapshot, compiled: Iterable[CompiledRule]) -> dict[str, Sensor]:
    """The inputs that are sensors, by id."""
    ids = {input for rule in compiled for input in rule.inputs}
    return {id: snapshot.sensors[id] for id in ids if id in snapshot.sensors}


def occurrences(transitions: Iterable[Transition]) -> list[Occurrence]:
    """In order of time."""
    found: list[Occurrence] = []
    for each in transitions:
        if each.what is What.RAISED:
            found.append(Occurrence(each.t, None, each.value))
        elif each.what is What.RETURNED and found:
            found[-1] = Occurrence(found[-1].raised, each.t, found[-1].value)
    return found


def is_short(occurrence: Occurrence) -> bool:
    return occurrence.returned is not None and occurrence.returned - occurrence.raised < SHORT_MS


def _target(rule: CompiledRule, found: list[Occurrence], end: int) -> BacktestTarget:
    return BacktestTarget(
        target=rule.target,
        asset=rule.about.asset,
        count=len(found),
        shorter_than_2_min=sum(map(is_short, found)),
        active_ms=sum((end if each.returned is None else each.returned) - each.raised for each in found),
    )


def _result(
    span: TimeRange, targets: list[BacktestTarget], listed: list[BacktestOccurrence], complete: bool, took_ms: float
) -> BacktestResult:
    count, short = sum(each.count for each in targets), sum(each.shorter_than_2_min for each in targets)
    return BacktestResult(
        start=span.start,
        end=span.end,
        count=count,
        shorter_than_2_min=short,
        per_day=round(count * DAY / span.width, 3),
        active_ms=sum(each.active_ms for each in targets),
        summary=summary(count, short, span.width),
        targets=sorted(targets, key=lambda each: -each.count)[:MAX_LISTED_TARGETS],
        occurrences=sorted(listed, key=lambda each: -each.raised)[:MAX_LISTED_OCCURRENCES],
        complete=complete,
        took_ms=round(took_ms, 1),
    )


def summary(count: int, short: int, width: int) -> str:
    """Such as `would have raised 14 alarms in 90 days, 11 shorter than 2 min`."""
    days = width / DAY
    period = f"{days:.0f} days" if days >= 2 else f"{width / 3_600_000:.0f} h"
    if not count:
        return f"would have raised no alarm in {period}"
    alarms = "1 alarm" if count == 1 else f"{count:,} alarms"
    return f"would have raised {alarms} in {period}" + (f", {short:,} shorter than 2 min" if short else "")
