"""What mapping may create and cost: limits, races, hostile input."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from catalog import operations as catalog
from catalog.snapshot import snapshot_of
from kernel.tenancy import Limits, TenantConnection
from tests.ingest.conftest import drain
from tests.ingest.mapping_world import T, forget, letters, map_by, rule, sensors, stored, with_two_sites, write
from web.stores import streams


@pytest.fixture
def tenant(acme: TenantConnection) -> Iterator[TenantConnection]:
    yield from with_two_sites(acme)


def limited(tenant: TenantConnection, **limits: int) -> TenantConnection:
    return replace(tenant, limits=replace(Limits(), **limits))


def test_new_series_are_limited_per_hour(tenant: TenantConnection) -> None:
    map_by(tenant, unmatched="create")
    small = limited(tenant, new_series_per_hour=3)
    taken = write(small, *(f"m,k={k} x=1 {T}" for k in range(5)))
    assert (taken.stored, taken.refused) == (3, 2)
    assert "3 per hour (limits.new_series_per_hour)" in taken.refusals[0].reason
    assert write(small, *(f"m,k={k} x=2 {T + 1}" for k in range(3))).stored == 3, "those that exist go on"
    assert len(letters(tenant)) == 2


def test_created_sensors_count_before_anything_is_written(tenant: TenantConnection) -> None:
    map_by(tenant, unmatched="create")
    taken = write(limited(tenant, sensors=3), *(f"m,k={k} x=1 {T}" for k in range(5)))
    assert (taken.stored, taken.refused) == (2, 3)
    assert "(limits.sensors)" in taken.refusals[0].reason
    full = write(limited(tenant, catalog_documents=5), f"n x=1 {T}", f"harbour,sensor=TT-1 value=1 {T}")
    assert (full.stored, full.refused) == (1, 1)
    assert "limits.catalog_documents" in full.refusals[0].reason
    assert len(sensors(tenant)) == 2


def test_a_full_catalog_leaves_the_hours_new_series_to_be_created_later(tenant: TenantConnection) -> None:
    map_by(tenant, unmatched="create")
    small, new = limited(tenant, new_series_per_hour=3), [f"m,k={k} x=1 {T}" for k in range(3)]
    full = limited(tenant, new_series_per_hour=3, catalog_documents=snapshot_of(tenant).documents)
    for _ in range(2):
        assert "limits.catalog_documents" in write(full, *new).refusals[0].reason
    assert write(small, *new).stored == 3


def test_what_is_rejected_takes_no_dead_letters_place(
    tenant: TenantConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.operations.MAX_LETTERS", 10)
    map_by(tenant, unmatched="reject")
    taken = write(tenant, "broken", *(f"m,k={k} x=1 {T}" for k in range(20)))
    assert taken.refused == 21
    assert [letter.item for letter in letters(tenant)] == [b"broken"]


def test_two_writers_of_one_new_series_make_one_sensor(tenant: TenantConnection) -> None:
    map_by(tenant, unmatched="create")
    count, lines = 4, [f"m,k={k} x=1" for k in range(20)]
    together = threading.Barrier(count)
    taken: list[int] = []

    def one(number: int) -> None:
        together.wait()
        taken.append(write(tenant, *(f"{line} {T + number}" for line in lines)).stored)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert taken == [20] * count
    assert len(sensors(tenant)) == 20
    drain(tenant)
    assert stored(tenant, "m.0.x") == {T + number: 1.0 for number in range(count)}


@pytest.mark.parametrize("count", [20_000, pytest.param(100_000, marks=pytest.mark.soak)])
def test_a_flood_of_new_series_is_bounded(tenant: TenantConnection, count: int) -> None:
    """Beyond what is compared with rules, created and kept of one batch."""
    map_by(tenant, unmatched="create", rules=[rule(f"other-{k}-{{x}}", "harbour", "TT-1") for k in range(200)])
    small = limited(tenant, new_series_per_hour=100)
    taken = write(small, *(f"m,k={k} x=1 {T}" for k in range(count)), f"harbour,sensor=TT-1 value=1 {T}")
    assert (taken.stored, taken.refused) == (101, count - 100)
    assert len(sensors(tenant)) == 100
    assert len(letters(tenant)) > 0
    assert write(small, f"harbour,sensor=TT-1 value=1 {T}", f"m,k=7 x=1 {T}").stored == 2


def test_the_comparisons_with_rules_are_bounded_for_each_batch(
    tenant: TenantConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.mapping.routing.MAX_WORK", 1_000)
    tags = {"a": "{a}", "z": "{z}x"}
    rules = [rule("{name}", "harbour", f"{k}.{{a}}", tags=tags) for k in range(10)]
    map_by(tenant, rules=[rule("other", "harbour", "TT-1"), *rules, rule("m", "harbour", "TT-1")])
    taken = write(tenant, *(f"m,a={k},z=y x=1 {T + k}" for k in range(100)))
    assert 20 < taken.stored < 50
    assert "had to be compared with rules; send smaller batches" in taken.refusals[0].reason
    stored_first = taken.stored
    taken = write(tenant, *(f"m,a={k},z=y x=1 {T + k}" for k in range(100)))
    assert taken.stored > stored_first, "what was compared is known"
    assert len(letters(tenant)) > 0


def test_how_many_writers_are_asked_for_is_bounded(tenant: TenantConnection, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    numbers = streams().arrivals.numbers

    def counted(prefix: str, source: str, writers: Sequence[str], maximum: int) -> list[int]:
        asked.append(len(writers))
        return numbers(prefix, source, writers, maximum)

    monkeypatch.setattr(streams().arrivals, "numbers", counted)
    monkeypatch.setattr("ingest.mapping.routing.MAX_ASKED_WRITERS", 1_500)
    map_by(tenant, distinguish={"influxdb": {"tag": "node", "by": "time"}})
    taken = write(tenant, *(f"harbour,sensor=TT-1,node=n{k} value=1 {T}" for k in range(3_000)))
    assert (taken.stored, taken.refused) == (1_000, 2_000)
    assert asked == [1_500]


@pytest.mark.parametrize(
    "line",
    [
        r"m,k=\ \  x=1",
        "m,k=" + "v" * 300 + " x=1",
        "sabcdefghij,k=s0123456789 x=1",
        "m,$a.b=1 $x.y=1",
        "m\u2028n,k=\u202e x=1",
        "m " + ",".join(f"f{k}=1" for k in range(500)),
    ],
)
def test_any_name_becomes_a_tag(tenant: TenantConnection, line: str) -> None:
    map_by(tenant, unmatched="create")
    assert write(tenant, f"{line} {T}").refused == 0
    made = sensors(tenant)
    assert made and all(0 < len(tag) <= 100 for tag in made)
    assert write(tenant, f"{line} {T + 1}").refused == 0
    assert sensors(tenant) == made


@pytest.mark.parametrize("line", [r"harbour,sensor=TT\ \ 102 value", "harbour,sensor=TT\u00a0102\u00a0 value"])
def test_white_space_in_a_name_leads_to_the_sensor_of_the_clean_name(tenant: TenantConnection, line: str) -> None:
    map_by(tenant, unmatched="create")
    catalog.bulk_upsert(tenant, "sensors", [{"site": "harbour", "tag": "TT 102"}])
    assert write(tenant, f"{line}=1 {T}", f"harbour,sensor=TT-1 value=2 {T}").stored == 2
    drain(tenant)
    assert (stored(tenant, "TT 102"), stored(tenant, "TT-1"), sensors(tenant)) == ({T: 1.0}, {T: 2.0}, {})


@pytest.mark.parametrize("tag", ["TT-1", "NEW"])
def test_a_rule_that_ends_a_tag_in_a_space_names_the_sensor_without_it(tenant: TenantConnection, tag: str) -> None:
    map_by(tenant, unmatched="create", rules=[rule("cpu", "harbour", "{h}", tags={"host": "{h}"})])
    assert write(tenant, rf"cpu,host={tag}\  usage=1 {T}").stored == 1
    drain(tenant)
    assert stored(tenant, tag) == {T: 1.0}


def test_a_rule_that_takes_over_may_name_a_sensor_that_is_still_to_be_created(tenant: TenantConnection) -> None:
    map_by(tenant, unmatched="create")
    write(tenant, f"mem free=2 {T}")
    map_by(tenant, unmatched="create", rules=[rule("mem", "harbour", "MEM-1")])
    assert write(tenant, f"mem free=3 {T + 1}").stored == 1
    drain(tenant)
    assert (stored(tenant, "mem.free"), stored(tenant, "MEM-1")) == ({T: 2.0}, {T + 1: 3.0})


def test_a_series_too_long_to_be_kept_is_refused(tenant: TenantConnection) -> None:
    map_by(tenant, unmatched="create")
    (refusal,) = write(tenant, f"m,k={'v' * 3_000} x=1 {T}").refusals
    assert "at most 2,000" in refusal.reason


def test_another_tenants_mapping_and_sensors_are_not_touched(tenant: TenantConnection, rival: TenantConnection) -> None:
    forget(rival)
    map_by(tenant, unmatched="create")
    write(tenant, f"m x=1 {T}")
    assert write(rival, f"m x=1 {T}").refused == 1
    assert sensors(rival) == {}


def test_a_series_that_is_too_long_is_compared_with_no_rule(tenant: TenantConnection) -> None:
    map_by(tenant, rules=[rule("{any}", "harbour", "TT-1")])
    lines = [f"m,k={'a' * chars} x=1 {T + chars}" for chars in (1_900, 2_000)]
    taken = write(tenant, *lines, f"harbour,sensor=NEW,k={'a' * 2_000} value=1 {T}")
    assert (taken.stored, taken.refused) == (1, 2)
    assert all("at most 2,000" in refusal.reason for refusal in taken.refusals)
    assert write(tenant, f"harbour,sensor=TT-1,k={'a' * 2_000} value=1 {T}").stored == 1, "it needs no rule"


def test_long_texts_take_more_of_the_work_of_a_batch(tenant: TenantConnection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.mapping.routing.MAX_WORK", 500)
    map_by(tenant, rules=[rule("m", "harbour", "TT-1", tags={"k": "{x}b"})])
    for chars, refused in ((10, 0), (1_900, 1)):
        taken = write(tenant, *(f"m,k={'a' * chars}{k} x=1 {T}" for k in range(20)))
        assert sum("smaller batches" in refusal.reason for refusal in taken.refusals) >= refused
        assert bool(refused) == any("smaller batches" in refusal.reason for refusal in taken.refusals)
