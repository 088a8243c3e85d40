"""The single entry point for samples, from any source; positions are opaque to it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from catalog import operations as catalog
from catalog.snapshot import snapshot_of
from ingest.operations import MAX_ERRORS_SHOWN, PointsRefused, Refusal, take_points
from ingest.points import PointError, RawPoint
from kernel.errors import Unavailable
from kernel.tenancy import TenantConnection
from tests.ingest.conftest import Plant, drain
from tests.ingest.test_write_copies import as_it_was
from web.stores import streams

T = 1_770_000_000_000_000_000


def point(plant: Plant, tag: str, value: float | bool | str, t: int | None = T, quality: int = 0) -> RawPoint:
    return RawPoint(plant.slug, tag, value, t, quality)


def test_points_of_any_source_are_stored(plant: Plant) -> None:
    points = [
        (("plc", 0), point(plant, "TT-101", 6.5)),
        (("plc", 1), point(plant, "P-1.run", "Running", quality=1)),
        (("plc", 2), point(plant, "PLC.msg", "Filter changed", None)),
    ]
    assert take_points(plant.tenant, points, T + 1) == 3
    drain(plant.tenant)
    assert plant.stored("TT-101") == {T: (6.5, 0)}
    assert plant.stored("P-1.run") == {T: (1.0, 1)}
    assert plant.stored("PLC.msg") == {T + 1: ("Filter changed", 0)}


@pytest.mark.parametrize(
    "position", [3, ("plant/line 1", 17), {"partition": 0, "offset": 9}, datetime(2026, 1, 1, tzinfo=UTC)]
)
def test_errors_carry_the_positions_that_the_source_gave(plant: Plant, position: Any) -> None:
    points = [("good", point(plant, "TT-101", 1.0)), (position, point(plant, "TT-11", 2.0)), (None, PointError("torn"))]
    with pytest.raises(PointsRefused, match="has no sensor 'TT-11'") as refused:
        take_points(plant.tenant, points, T)
    assert refused.value.refusals == [
        Refusal(position, f"the site '{plant.slug}' has no sensor 'TT-11' (nearest: 'TT-101')"),
        Refusal(None, "torn"),
    ]
    assert refused.value.refusals[0].position is position
    assert refused.value.status == 400 and refused.value.complete
    assert streams().backlogs([plant.tenant.prefix]) == [0], "the good one was not taken either"


@pytest.mark.parametrize(("wrong", "complete"), [(MAX_ERRORS_SHOWN, True), (MAX_ERRORS_SHOWN + 1, False), (999, False)])
def test_reading_ends_where_too_many_points_are_wrong(plant: Plant, wrong: int, complete: bool) -> None:
    read = 0

    class Points:
        def __iter__(self) -> Iterator[tuple[int, PointError]]:
            nonlocal read
            read = 0
            for number in range(wrong):
                read += 1
                yield number, PointError("torn")

    with pytest.raises(PointsRefused) as refused:
        take_points(plant.tenant, Points(), T)
    assert [refusal.position for refusal in refused.value.refusals] == list(range(MAX_ERRORS_SHOWN))
    assert refused.value.complete is complete
    assert read == min(wrong, MAX_ERRORS_SHOWN + 1)


def test_a_one_pass_iterator_is_accepted_although_the_catalog_changed_meanwhile(plant: Plant) -> None:
    before = snapshot_of(plant.tenant)
    catalog.bulk_upsert(plant.tenant, "sensors", [{"site": plant.slug, "tag": "TT-900", "name": "New"}])
    points = [(0, point(plant, "TT-101", 1.0)), (1, point(plant, "TT-900", 2.0)), (2, point(plant, "TT-102", 3.0))]
    with as_it_was(plant, before):
        assert take_points(plant.tenant, iter(points), T) == 3
    drain(plant.tenant)
    assert [plant.stored(tag) for tag in ("TT-101", "TT-900", "TT-102")] == [{T: (v, 0)} for v in (1.0, 2.0, 3.0)]


def test_nothing_is_nothing(plant: Plant) -> None:
    assert take_points(plant.tenant, [], T) == 0
    assert streams().backlogs([plant.tenant.prefix]) == [0]


def test_a_source_that_breaks_off_leaves_nothing_behind(plant: Plant) -> None:
    def broken() -> Iterator[tuple[int, RawPoint]]:
        yield 0, point(plant, "TT-101", 1.0)
        raise Unavailable("The broker went away.")

    with pytest.raises(Unavailable):
        take_points(plant.tenant, broken(), T)
    assert streams().backlogs([plant.tenant.prefix]) == [0]


def test_another_tenants_site_and_sensor_are_unknown_by_name_and_by_id(plant: Plant, rival: TenantConnection) -> None:
    for site, sensor in ((plant.slug, "TT-101"), (plant.site, plant.sensor("TT-101").id)):
        with pytest.raises(PointsRefused, match="there is no site"):
            take_points(rival, [(0, RawPoint(site, sensor, 1.0, T))], T)
    assert streams().backlogs([rival.prefix]) == [0]
