"""The runs of a definition in a range, with their figures, compared with the best; and runs overlaid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.reading import MAX_EXACT
from analysis.runs import repository
from analysis.runs.conditions import condition
from analysis.runs.events import happened
from analysis.runs.figures import figures_of
from analysis.runs.finding import Found, joined, long_enough, paired, periods
from analysis.runs.limits import in_shown_unit
from analysis.runs.models import BestRun, Overlay, OverlayLine, Run, RunDefinition, RunFigures, RunList
from catalog.models import Sensor
from catalog.snapshot import Snapshot, snapshot_of
from historian.http.other_series import describe, read_named
from historian.read.ladders import ladders_of
from historian.read.sources import sources_of
from historian.shape.series import Line
from kernel.errors import BadRequest, Conflict
from kernel.tenancy import TenantConnection
from kernel.times import DAY, TimeRange
from web.pacing import note_read

MAX_RUNS = 100  # with figures
MAX_EVENTS = 5_000
MAX_EXACT_SAMPLES = 1_000_000  # samples on change that are read themselves for figures
LOOK_BACK_DAYS = 90  # for events that started what is running when the range begins


@dataclass(frozen=True, slots=True)
class _Period:
    found: Found
    mark: str | None = None
    note: str = ""


def runs(tenant: TenantConnection, definition: RunDefinition, span: TimeRange, now_ms: int) -> RunList:
    """Raises BadRequest if the rule changes too often, Conflict if its sensor is gone or has got another unit."""
    note_read(tenant)
    snapshot, end = snapshot_of(tenant), max(min(span.end, now_ms), span.start)
    found, complete = _by_rule(tenant, snapshot, definition, span, end, now_ms)
    whole = long_enough(joined(found, definition.max_gap_s * 1000), definition.min_duration_s * 1000)
    listed = [_Period(each) for each in whole]
    listed += [
        _Period(Found(mark.start, mark.end), mark.id, mark.note)
        for mark in repository.marks(tenant, definition.id)
        if mark.start < span.end and mark.end > span.start
    ]
    listed.sort(key=lambda each: (-each.found.start, each.found.end))
    shown = listed[:MAX_RUNS]
    sensors = [snapshot.sensors[id] for id in definition.sensors if id in snapshot.sensors]
    figures = _figures(tenant, sensors, shown, now_ms)
    best = _best(definition.best, shown, figures)
    against = None if best is None else _compared(definition.best, shown[best], figures[best])
    results = [
        _run(each, of, _difference(_compared(definition.best, each, of), against))
        for each, of in zip(shown, figures, strict=True)
    ]
    return RunList(results=results, best=best, truncated=len(listed) > MAX_RUNS, complete=complete)


def running_ms(tenant: TenantConnection, definition: RunDefinition, span: TimeRange, now_ms: int) -> int:
    """How long its runs lasted within a range, what overlaps once. Raises as `runs`."""
    snapshot, end = snapshot_of(tenant), max(min(span.end, now_ms), span.start)
    found, _ = _by_rule(tenant, snapshot, definition, span, end, now_ms)
    whole = long_enough(joined(found, definition.max_gap_s * 1000), definition.min_duration_s * 1000)
    spans = [(each.start, each.end) for each in whole]
    spans += [(mark.start, mark.end) for mark in repository.marks(tenant, definition.id)]
    total, reached = 0, span.start
    for start, stop in sorted(spans):
        total += max(0, min(stop, end) - max(start, reached))
        reached = max(reached, min(stop, end))
    return total


def overlay(tenant: TenantConnection, sensor: str, spans: Sequence[TimeRange], points: int, now_ms: int) -> Overlay:
    """Each run's samples on a common start. Raises NotFound."""
    described = describe(tenant, snapshot_of(tenant), sensor)
    lines = []
    for span in spans:
        [view] = read_named(tenant, [described], span, points, "auto", now_ms=now_ms)
        assert isinstance(view, Line)
        lines.append(
            OverlayLine(
                start=span.start,
                end=span.end,
                t=[t - span.start for t in view.t],
                v=view.v,
                gaps=[(start - span.start, end - span.start) for start, end in view.gaps],
                rung=view.rung,
                resolution_ms=view.resolution_ms,
            )
        )
    return Overlay(sensor=described.id, unit=described.unit, results=lines)


def _by_rule(
    tenant: TenantConnection, snapshot: Snapshot, definition: RunDefinition, span: TimeRange, end: int, now_ms: int
) -> tuple[list[Found], bool]:
    rule = definition.rule
    if rule.by == "hand":
        return [], True
    if rule.by == "event":
        assert rule.start_event and rule.end_event
        within = TimeRange(span.start, end)
        events = happened(tenant, rule.start_event, rule.end_event, rule.device or "", within, MAX_EVENTS, now_ms)
        if len(events) >= MAX_EVENTS:
            raise BadRequest(
                f"The range has {MAX_EVENTS:,} or more of these events. Ask for a shorter one.", slug="too-many-events"
            )
        back = TimeRange(span.start - LOOK_BACK_DAYS * DAY, span.start)
        earlier = happened(tenant, rule.start_event, rule.end_event, rule.device or "", back, MAX_EVENTS, now_ms)
        return paired([*earlier, *events], span.start, end), True
    sensor = snapshot.sensors.get(rule.sensor or "")
    if sensor is None:
        raise Conflict(f"The sensor {rule.sensor} of the rule has been deleted.", slug="sensor-gone")
    ladder = ladders_of(tenant, [sensor]).get(sensor.id)
    found = condition(sources_of(tenant), sensor, ladder, in_shown_unit(sensor, rule), span, now_ms)
    return periods(found.steps, span, end), found.complete


def _figures(
    tenant: TenantConnection, sensors: Sequence[Sensor], listed: Sequence[_Period], now_ms: int
) -> list[list[RunFigures]]:
    if not sensors:
        return [[] for _ in listed]
    ladders, sources = ladders_of(tenant, sensors), sources_of(tenant)
    spans = [TimeRange(each.found.start, each.found.end) for each in listed]
    max_exact = min(MAX_EXACT, MAX_EXACT_SAMPLES // max(len(spans) * len(sensors), 1))
    return [figures_of(sources, sensors, ladders, span, now_ms, max_exact) for span in spans]


def _run(period: _Period, figures: list[RunFigures], to_best: float | None) -> Run:
    found = period.found
    return Run(
        start=found.start,
        end=found.end,
        duration_s=(found.end - found.start) / 1000,
        begun=found.begun,
        open=found.open,
        mark=period.mark,
        note=period.note,
        figures=figures,
        to_best=to_best,
    )


def _compared(best: BestRun | None, period: _Period, figures: Sequence[RunFigures]) -> float | None:
    """The figure that runs are compared by."""
    if best is None:
        return None
    if best.figure == "duration":
        return (period.found.end - period.found.start) / 1000
    for each in figures:
        if each.sensor == best.sensor:
            return getattr(each, best.figure)  # type: ignore[no-any-return]
    return None


def _best(best: BestRun | None, listed: Sequence[_Period], figures: Sequence[Sequence[RunFigures]]) -> int | None:
    """Of the runs that are whole."""
    if best is None:
        return None
    known = [
        (value if best.lowest else -value, place)
        for place, (period, of) in enumerate(zip(listed, figures, strict=True))
        if not (period.found.begun or period.found.open) and (value := _compared(best, period, of)) is not None
    ]
    return min(known)[1] if known else None


def _difference(value: float | None, best: float | None) -> float | None:
    return None if value is None or best is None else value - best
