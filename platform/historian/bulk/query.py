"""Reads a grid part by part, from the coarsest rung that fits into its cells, or from raw if none does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from catalog.models import Sensor
from historian.bulk.grid import OF_TEXT, ROW_COLUMNS, Column, Figure, Grid, columns_of
from historian.read.ladders import ladders_of
from historian.read.plan import Plan, Tier
from historian.read.planner import Ladder, plan_raw, plan_rungs
from historian.read.raw import stream_raw
from historian.read.reading import SensorQuery, read
from historian.read.sources import Sources, sources_of
from historian.rungs.folding import RowsFold
from historian.rungs.rows import Rows, joined
from historian.rungs.rungs import Rung, rungs_from
from historian.rungs.sensors import interval_ms_of, is_text
from historian.rungs.units import shown_raw
from kernel.errors import BadRequest
from kernel.tenancy import TenantConnection
from kernel.times import TimeRange
from web.pacing import Pace

MAX_ROWS = 200_000  # rows of rungs per part, all sensors together


@dataclass(frozen=True, slots=True)
class GridPart:
    """Consecutive cells of a grid. `columns[sensor id][statistic][k]` is the statistic of the samples in cell k.

    NaN (for texts None) where a cell has no sample of good or uncertain quality; counts are 0 there. Values are in the
    sensor's unit. `behind`: sensors whose late samples are still being processed, so statistics may change.
    """

    grid: Grid
    columns: dict[str, dict[Figure, Column]]
    behind: frozenset[str]


def read_grid(
    tenant: TenantConnection, sensors: Sequence[Sensor], span: TimeRange, step: int, figures: Sequence[Figure]
) -> Iterator[GridPart]:
    """Statistics of many sensors in cells of `step` ms that cover `span`; part by part, in chronological order.

    Cells start at multiples of the step since 1970-01-01 UTC. A cell's statistics are those of all its samples,
    whichever rung they come from; only if raw samples have been deleted and the finest rung is wider than a cell, a row
    counts in the cell in which it starts. A step that is a multiple of a rung (whole minutes, hours) costs a few rows
    per cell; any other reads every raw sample. Memory use does not depend on the range. Pauses while people read.

    Raises BadRequest for a step below 1 ms, or statistics of texts other than first, last and count.
    """
    grid, wanted = Grid.around(span, step), tuple(dict.fromkeys(figures))
    for sensor in sensors:
        _check(sensor, wanted)
    return _parts(tenant, {sensor.id: sensor for sensor in sensors}, grid, wanted)


def _check(sensor: Sensor, figures: Sequence[Figure]) -> None:
    known = OF_TEXT if is_text(sensor) else ROW_COLUMNS
    wrong = [figure for figure in figures if figure not in known]
    if wrong:
        what = "holds text" if is_text(sensor) else "holds numbers"
        raise BadRequest(
            f"{sensor.tag} {what}, of which there is no {wrong[0]}; there are {', '.join(known)}.",
            slug="figure-does-not-fit",
            parameter="figures",
        )


def _parts(
    tenant: TenantConnection, sensors: Mapping[str, Sensor], grid: Grid, figures: tuple[Figure, ...]
) -> Iterator[GridPart]:
    pace, sources = Pace(tenant), sources_of(tenant)
    for part in grid.parts(_cells_per_part(ladders_of(tenant, list(sensors.values())), sensors, grid.step)):
        with pace.piece():
            ladders = ladders_of(tenant, list(sensors.values()))
            plans = {
                id: plan_cells(part, ladders.get(id), interval_ms_of(sensor), sources.tiers)
                for id, sensor in sensors.items()
            }
            rows = _rows_of_rungs(sources, sensors, plans, ladders, part, figures)
        columns = {}
        for id, sensor in sensors.items():
            with pace.piece():
                raw = _rows_of_raw(sources, sensor, plans[id], ladders.get(id), part.step)
            found = joined([*rows.get(id, ()), *raw], is_text(sensor))
            columns[id] = columns_of(part, found, figures, is_text(sensor))
        yield GridPart(part, columns, frozenset(id for id, plan in plans.items() if not plan.complete))


def _cells_per_part(ladders: Mapping[str, Ladder], sensors: Mapping[str, Sensor], step: int) -> int:
    rows = 0
    for id in sensors:
        rung = _coarsest_within(step, ladders[id]) if id in ladders else None
        rows += step // rung.ms if rung else 1
    return max(MAX_ROWS // max(rows, 1), 1)


def plan_cells(grid: Grid, ladder: Ladder | None, interval_ms: float | None, tiers: Sequence[Tier] = ()) -> Plan:
    """Pieces, each of whose rows lies within one cell."""
    if ladder is None:
        return plan_raw(grid.span, tiers)
    rung = _coarsest_within(grid.step, ladder)
    buckets = grid.span.width // rung.ms if rung else grid.span.width + 1  # more than any rung has, so raw
    return plan_rungs(grid.span, buckets, ladder, interval_ms, tiers)


def _coarsest_within(step: int, ladder: Ladder) -> Rung | None:
    """The coarsest rung whose rows do not cross cell boundaries."""
    fitting = [rung for rung in rungs_from(ladder.finest) if step % rung.ms == 0]
    return fitting[-1] if fitting else None


def _rows_of_rungs(
    sources: Sources,
    sensors: Mapping[str, Sensor],
    plans: Mapping[str, Plan],
    ladders: Mapping[str, Ladder],
    grid: Grid,
    figures: Sequence[Figure],
) -> dict[str, list[Rows]]:
    """Rows by sensor id, for sensors whose plans have rungs."""
    queries = []
    for id, plan in plans.items():
        pieces = tuple(piece for piece in plan.pieces if piece.rung is not None)
        if pieces:
            known = OF_TEXT if is_text(sensors[id]) else ROW_COLUMNS
            columns = tuple(dict.fromkeys([*(name for figure in figures for name in known[figure]), "n"]))
            queries.append(SensorQuery(sensors[id], Plan(plan.source, pieces), columns, False, ladders[id]))
    readings = read(sources, queries, grid.span) if queries else []
    return {each.sensor.id: [reading.rows] for each, reading in zip(queries, readings, strict=True)}


def _rows_of_raw(sources: Sources, sensor: Sensor, plan: Plan, ladder: Ladder | None, step: int) -> list[Rows]:
    """Rows of the pieces read from raw, as narrow as the neighbouring rungs' rows, so that they stay in order."""
    width = ladder.finest.ms if ladder and plan.rung else step
    found = []
    for piece in plan.pieces:
        if piece.rung is None:
            fold = RowsFold(width, sensor, with_states=False)
            for raw in stream_raw(sources.place(piece.source), sensor, piece.span):
                fold.add(shown_raw(sensor, raw))
            found.append(fold.rows())
    return found
