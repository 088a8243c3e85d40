"""Many sensors on one time grid: each cell matches its samples, whatever was read and however it was split."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from historian.bulk import Figure, Grid, GridPart, query, read_grid
from kernel.errors import BadRequest
from kernel.tenancy import TenantConnection
from kernel.times import DAY, HOUR, MINUTE, SECOND, TimeRange
from tests.historian.plant import START, add_sensors
from tests.historian.test_ladder_work import send, settle, writer_of
from tests.historian.years import END, Truth
from web.stores import marks, reader

pytestmark = pytest.mark.django_db
NUMBERS: tuple[Figure, ...] = ("mean", "min", "max", "sum", "first", "last", "count")
TEXTS: tuple[Figure, ...] = ("first", "last", "count")


def slow(truth: Truth, grid: Grid, figure: Figure) -> list[Any]:
    """Cell by cell, from the samples themselves."""
    usable = truth.usable()
    cells: list[Any] = []
    for start in grid.t.tolist():
        v = usable.within(TimeRange(start, start + grid.step)).v.tolist()
        if figure == "count":
            cells.append(len(v))
        elif not v:
            cells.append(None)
        else:
            ways: dict[str, Any] = {"mean": lambda v: math.fsum(v) / len(v), "sum": math.fsum, "min": min, "max": max}
            ways |= {"first": lambda v: v[0], "last": lambda v: v[-1]}
            cells.append(ways[figure](v))
    return cells


def whole(parts: list[GridPart], sensor: str, figure: Figure) -> list[Any]:
    column = np.concatenate([part.columns[sensor][figure] for part in parts]).tolist()
    return [None if isinstance(v, float) and math.isnan(v) else v for v in column]


def check(
    tenant: TenantConnection, truths: list[Truth], span: TimeRange, step: int, figures: tuple[Figure, ...]
) -> list[GridPart]:
    grid = Grid.around(span, step)
    parts = list(read_grid(tenant, [truth.sensor for truth in truths], span, step, figures))
    assert np.concatenate([part.grid.t for part in parts]).tolist() == grid.t.tolist()
    for truth in truths:
        for figure in figures:
            expected = slow(truth, grid, figure)
            if figure in ("mean", "sum"):  # added in another order
                expected = [None if v is None else pytest.approx(v, rel=1e-9, abs=1e-6) for v in expected]
            assert whole(parts, truth.sensor.id, figure) == expected, (truth.sensor.tag, figure)
    return parts


STEPS = [
    (58 * DAY, DAY),  # 12 h divides it, 2 d does not
    (30 * DAY, HOUR),
    (5 * DAY, 20 * MINUTE),
    (2 * DAY, 7 * MINUTE),  # the finest rung only
    (3 * HOUR, 90 * SECOND),  # no rung divides it
    (1 * HOUR, 10 * SECOND),
    (400 * DAY, 10 * DAY),
]


@pytest.mark.parametrize(("length", "step"), STEPS)
def test_each_cell_matches_its_samples(
    tenant: TenantConnection, site: dict[str, Truth], length: int, step: int
) -> None:
    numbers = [truth for truth in site.values() if truth.sensor.kind != "text"]
    span = TimeRange(END - length - 77_777, END + 2 * step)
    for part in check(tenant, numbers, span, step, NUMBERS):
        assert part.behind == frozenset()
    check(tenant, [site["batch"], site["valve"]], span, step, TEXTS)


def test_parts_are_small_and_add_up_to_the_whole_grid(
    tenant: TenantConnection, site: dict[str, Truth], monkeypatch: pytest.MonkeyPatch
) -> None:
    span, truths = TimeRange(END - 20 * DAY, END), [site["minute"], site["second"], site["valve"]]
    [one] = check(tenant, truths, span, 3 * HOUR, NUMBERS)
    monkeypatch.setattr(query, "MAX_ROWS", 36)
    parts = check(tenant, truths, span, 3 * HOUR, NUMBERS)
    assert [part.grid.count for part in parts[:-1]] == [12] * (len(parts) - 1)
    assert len(parts) == -(-one.grid.count // 12)


def test_parts_are_read_lazily(
    tenant: TenantConnection, site: dict[str, Truth], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(query, "MAX_ROWS", 10)
    requested: list[str] = []
    real = type(reader(tenant)).read

    def counted(self: Any, statements: list[str]) -> Any:
        requested.extend(statements)
        return real(self, statements)

    monkeypatch.setattr(type(reader(tenant)), "read", counted)
    parts = read_grid(tenant, [site["minute"].sensor], TimeRange(END - 40 * DAY, END), HOUR, ["mean"])
    assert requested == []
    next(parts)
    assert len(requested) == 1


def test_late_samples_count_at_once_while_the_ladder_is_behind(tenant: TenantConnection) -> None:
    [sensor] = add_sensors(tenant, {"tag": "late", "interval_s": 60.0})
    t = np.arange(START, START + 6 * HOUR, MINUTE)
    truth = Truth(sensor, t, np.round(np.sin(t / HOUR), 3), np.zeros(len(t), np.uint8))
    truth.write(tenant)
    settle(tenant, START + 7 * HOUR, 200)
    span = TimeRange(START, START + 6 * HOUR)
    check(tenant, [truth], span, HOUR, NUMBERS)
    send(tenant, sensor, [(START + 2 * HOUR + 90_500, 99.0, 0), (START + 3 * HOUR, -99.0, 0)])
    writer_of(tenant).drain(lambda: True)
    v, more = truth.v.copy(), [START + 2 * HOUR + 90_500]
    v[t == START + 3 * HOUR] = -99.0
    place = int(np.searchsorted(t, more[0]))
    late = Truth(sensor, np.insert(t, place, more), np.insert(v, place, 99.0), np.zeros(len(t) + 1, np.uint8))
    assert marks().state(tenant.prefix, [sensor.id]).sensors[sensor.id].buckets, "the ladder is behind"
    for step in (MINUTE, 5 * MINUTE, HOUR, 3 * HOUR):
        check(tenant, [late], span, step, NUMBERS)


def test_a_sensor_without_samples_or_an_empty_range_yields_empty_cells(
    tenant: TenantConnection, site: dict[str, Truth]
) -> None:
    [sensor] = add_sensors(tenant, {"tag": "never", "interval_s": 60.0})
    [part] = read_grid(tenant, [sensor], TimeRange(END, END + 3 * HOUR), HOUR, ["mean", "count"])
    assert np.isnan(part.columns[sensor.id]["mean"]).all() and not part.columns[sensor.id]["count"].any()
    assert list(read_grid(tenant, [sensor], TimeRange(HOUR, HOUR), HOUR, ["mean"])) == []


def test_cells_begin_at_multiples_of_the_step() -> None:
    grid = Grid.around(TimeRange(3 * HOUR + 1, 5 * HOUR + 1), HOUR)
    assert (grid.start, grid.count) == (3 * HOUR, 3)
    assert Grid.around(TimeRange(-1, 1), HOUR).t.tolist() == [-HOUR, 0]
    assert [part.t.tolist() for part in grid.parts(2)] == [[3 * HOUR, 4 * HOUR], [5 * HOUR]]


def test_what_does_not_fit_is_refused_before_anything_is_read(tenant: TenantConnection, site: dict[str, Truth]) -> None:
    span = TimeRange(END - DAY, END)
    with pytest.raises(BadRequest, match="batch holds text, of which there is no mean; there are first, last, count"):
        read_grid(tenant, [site["minute"].sensor, site["batch"].sensor], span, HOUR, ["mean"])
    with pytest.raises(BadRequest, match="A step of 0 ms is not 1 ms or more"):
        read_grid(tenant, [site["minute"].sensor], span, 0, ["mean"])
