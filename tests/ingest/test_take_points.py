"""The single entry point for samples, from any source: good points are queued, others are dead letters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from catalog import operations as catalog
from catalog.snapshot import snapshot_of
from ingest.letters import MAX_ITEM_BYTES, Letter, Origin, decode_letter
from ingest.operations import (
    MAX_ERRORS_SHOWN,
    Points,
    PointsRefused,
    Refusal,
    Taken,
    append_whole,
    take_points,
    with_current_catalog,
)
from ingest.points import PointError, RawPoint
from kernel.errors import TooManyRequests, Unavailable
from kernel.tenancy import Limits, TenantConnection
from tests.ingest.conftest import Plant, drain
from tests.ingest.test_write_copies import as_it_was
from web.stores import streams

T = 1_770_000_000_000_000_000
ORIGIN = Origin("plc", "/plc", "ada", "k1", "10.0.0.7", {"precision": "s"})


def point(plant: Plant, tag: str, value: float | bool | str, t: int | None = T, quality: int = 0) -> RawPoint:
    return RawPoint(plant.slug, tag, value, t, quality)


def items(positions: Sequence[Any]) -> Iterable[bytes]:
    return [f"item {position}".encode() for position in positions]


def take(tenant: TenantConnection, points: Points, now_ns: int = T) -> Taken:
    return take_points(tenant, points, now_ns, ORIGIN, items)


def take_whole(tenant: TenantConnection, points: Points) -> int:
    return with_current_catalog(tenant, lambda catalog, guard: append_whole(tenant, catalog, points, T, guard))


def letters(tenant: TenantConnection, count: int = 1000) -> list[Letter]:
    """Newest first."""
    return [decode_letter(kept.payload) for kept in streams().dead_letters.page(tenant.prefix, count)]


@pytest.fixture(autouse=True)
def no_letters(acme: TenantConnection, rival: TenantConnection) -> None:
    for tenant in (acme, rival):
        for kept in streams().dead_letters.page(tenant.prefix, 1):
            streams().dead_letters.remove_until(tenant.prefix, kept.id)


def test_points_of_any_source_are_stored(plant: Plant) -> None:
    points = [
        (("plc", 0), point(plant, "TT-101", 6.5)),
        (("plc", 1), point(plant, "P-1.run", "Running", quality=1)),
        (("plc", 2), point(plant, "PLC.msg", "Filter changed", None)),
    ]
    assert take(plant.tenant, points, T + 1) == Taken(3)
    drain(plant.tenant)
    assert plant.stored("TT-101") == {T: (6.5, 0)}
    assert plant.stored("P-1.run") == {T: (1.0, 1)}
    assert plant.stored("PLC.msg") == {T + 1: ("Filter changed", 0)}
    assert letters(plant.tenant) == []


@pytest.mark.parametrize(
    "position", [3, ("plant/line 1", 17), {"partition": 0, "offset": 9}, datetime(2026, 1, 1, tzinfo=UTC)]
)
def test_refusals_carry_the_positions_that_the_source_gave(plant: Plant, position: Any) -> None:
    points = [("good", point(plant, "TT-101", 1.0)), (position, point(plant, "TT-11", 2.0)), (None, PointError("torn"))]
    taken = take(plant.tenant, points)
    assert (taken.stored, taken.refused) == (1, 2)
    assert taken.refusals == (
        Refusal(position, f"the site '{plant.slug}' has no sensor 'TT-11' (nearest: 'TT-101')"),
        Refusal(None, "torn"),
    )
    assert taken.refusals[0].position is position
    drain(plant.tenant)
    assert plant.stored("TT-101") == {T: (1.0, 0)}, "the good one is stored"


def test_a_dead_letter_says_what_was_sent_by_whom_and_what_is_wrong(plant: Plant) -> None:
    take(plant.tenant, [(0, point(plant, "TT-101", 1.0)), (7, PointError("torn")), ((1, 2), PointError("too"))], T + 5)
    second, first = letters(plant.tenant)
    assert first == Letter(ORIGIN, T + 5, "torn", b"item 7", 7)
    assert second == Letter(ORIGIN, T + 5, "too", b"item (1, 2)", "[1,2]")
    drain(plant.tenant)


def test_a_long_item_is_cut_and_says_so(plant: Plant) -> None:
    for length in (MAX_ITEM_BYTES, MAX_ITEM_BYTES + 1):
        take_points(plant.tenant, [(1, PointError("long"))], T, ORIGIN, lambda _, n=length: [b"x" * n])  # type: ignore[misc]
    assert [(len(letter.item), letter.cut) for letter in letters(plant.tenant)] == [
        (MAX_ITEM_BYTES, True), (MAX_ITEM_BYTES, False),
    ]  # fmt: skip


def test_the_first_refusals_are_told_and_the_last_are_kept(plant: Plant) -> None:
    tenant = replace(plant.tenant, limits=Limits(dead_letters=30))
    dropped = streams().dead_letters.counts(tenant.prefix).dropped
    taken = take(tenant, [(k, PointError(f"torn {k}")) for k in range(100)])
    assert (taken.stored, taken.refused) == (0, 100)
    assert [refusal.position for refusal in taken.refusals] == list(range(MAX_ERRORS_SHOWN))
    assert [letter.position for letter in letters(tenant)] == list(range(99, 69, -1))
    assert streams().dead_letters.counts(tenant.prefix).dropped - dropped == 70


def test_letters_of_one_batch_stay_within_the_bytes(plant: Plant) -> None:
    tenant = replace(plant.tenant, limits=Limits(dead_letter_bytes=10_000))
    take_points(tenant, [(k, PointError("torn")) for k in range(50)], T, ORIGIN, lambda ps: [b"x" * 1_000 for _ in ps])
    counts = streams().dead_letters.counts(tenant.prefix)
    assert 5 <= counts.kept <= 10 and counts.bytes <= 10_000
    assert letters(tenant)[0].position == 49, "the last one is there"


def test_refused_points_count_towards_the_rate(plant: Plant) -> None:
    tenant = replace(plant.tenant, limits=Limits(samples_per_s=10))
    take(tenant, [(k, PointError("torn")) for k in range(25)])
    with pytest.raises(TooManyRequests):
        take(tenant, [(0, point(plant, "TT-101", 1.0))])
    assert len(letters(tenant)) == 25


def test_a_batch_that_is_refused_as_a_whole_leaves_no_letters(plant: Plant) -> None:
    tenant = replace(plant.tenant, limits=Limits(stream_length=1))
    assert take(tenant, [(0, point(plant, "TT-101", 1.0)), (1, point(plant, "TT-101", 2.0, T + 1))]) == Taken(2)
    with pytest.raises(TooManyRequests):
        take(tenant, [(0, point(plant, "TT-101", 1.0)), (1, PointError("torn"))])
    assert letters(tenant) == []
    drain(tenant)


def test_only_sensors_with_good_points_are_queued(plant: Plant) -> None:
    take(plant.tenant, [(0, point(plant, "TT-101", 1.0)), (1, point(plant, "TT-102", 1.0, T * 3))])
    (entry,) = streams().waiting(plant.tenant.prefix, 9)
    assert plant.sensor("TT-102").id.encode() not in entry.payload
    drain(plant.tenant)


def test_whole_or_nothing(plant: Plant) -> None:
    with pytest.raises(PointsRefused, match="torn"):
        take_whole(plant.tenant, [(0, point(plant, "TT-101", 1.0)), (1, PointError("torn"))])
    assert streams().backlogs([plant.tenant.prefix]) == [0]
    assert letters(plant.tenant) == []
    assert take_whole(plant.tenant, [(0, point(plant, "TT-101", 1.0))]) == 1
    drain(plant.tenant)


def test_a_one_pass_iterator_is_accepted_although_the_catalog_changed_meanwhile(plant: Plant) -> None:
    before = snapshot_of(plant.tenant)
    catalog.bulk_upsert(plant.tenant, "sensors", [{"site": plant.slug, "tag": "TT-900", "name": "New"}])
    points = [(0, point(plant, "TT-101", 1.0)), (1, point(plant, "TT-900", 2.0)), (2, point(plant, "TT-102", 3.0))]
    with as_it_was(plant, before):
        assert take(plant.tenant, iter(points)) == Taken(3)
    drain(plant.tenant)
    assert [plant.stored(tag) for tag in ("TT-101", "TT-900", "TT-102")] == [{T: (v, 0)} for v in (1.0, 2.0, 3.0)]


def test_nothing_is_nothing(plant: Plant) -> None:
    assert take(plant.tenant, []) == Taken(0)
    assert streams().backlogs([plant.tenant.prefix]) == [0]


def test_a_source_that_breaks_off_leaves_nothing_behind(plant: Plant) -> None:
    def broken() -> Iterator[tuple[int, RawPoint]]:
        yield 0, point(plant, "TT-101", 1.0)
        raise Unavailable("The broker went away.")

    with pytest.raises(Unavailable):
        take(plant.tenant, broken())
    assert streams().backlogs([plant.tenant.prefix]) == [0]


def test_another_tenants_site_and_sensor_are_unknown_by_name_and_by_id(plant: Plant, rival: TenantConnection) -> None:
    for site, sensor in ((plant.slug, "TT-101"), (plant.site, plant.sensor("TT-101").id)):
        taken = take(rival, [(0, RawPoint(site, sensor, 1.0, T))])
        assert taken.stored == 0 and "there is no site" in taken.refusals[0].reason
    assert streams().backlogs([rival.prefix]) == [0]
    assert len(letters(rival)) == 2 and letters(plant.tenant) == []
