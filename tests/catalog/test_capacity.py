"""A tenant's catalog has a bound of documents and of bytes; within and beyond it, it is read and can be deleted."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from django.test import Client

from catalog import jobs, operations, snapshot
from catalog.capacity import CatalogFull
from catalog.kinds import ASSETS, KINDS, SITES
from catalog.sizes import size_of
from catalog.snapshot import Snapshot, snapshot_of
from kernel.errors import PlantraceError
from kernel.tenancy import Limits, TenantConnection
from stores.redis.epochs import Position
from tests.catalog.conftest import send
from web.stores import documents

Plant = dict[str, dict[str, Any]]
LONG = "\U0001f3ed" * 1_000  # four bytes each
MESSAGE_BYTES = 48_000_000  # the most that PyMongo takes


def large(count: int, of: str = "X") -> list[dict[str, Any]]:
    """Assets as large as they may be, 0.8 MB each."""
    properties = {f"p{n:03}": LONG for n in range(200)}
    return [{"site": "harbour", "tag": f"{of}-{n}", "properties": properties} for n in range(count)]


def limited(tenant: TenantConnection, **limits: int) -> TenantConnection:
    return replace(tenant, limits=Limits(**limits))


def set_limits(tenant_rows: dict[str, Any], monkeypatch: pytest.MonkeyPatch, **limits: int) -> None:
    row = tenant_rows["acme"]
    monkeypatch.setattr(row, "limits", {**row.limits, **limits})
    row.save()


def test_a_catalog_is_full_when_its_bytes_are_used(
    tenant: TenantConnection, engineer: Client, plant: Plant, tenant_rows: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    used = snapshot_of(tenant).bytes
    set_limits(tenant_rows, monkeypatch, catalog_bytes=used + 1_990)
    fits, too_much = [{"site": "harbour", "tag": f"A-{n}", "description": "x" * 700} for n in range(2)], "x" * 1_900
    path = f"/api/v1/sensors/{plant['PT-101']['id']}"
    for response in (
        send(engineer, "POST", "/api/v1/assets", {"site": "harbour", "tag": "B", "description": too_much}),
        send(engineer, "POST", "/api/v1/assets/bulk", {"items": [*fits, {**fits[0], "tag": "A-2"}]}),
        send(engineer, "PATCH", path, {"revision": 1, "description": too_much + "x" * 100}),
    ):
        assert (response.status_code, response.json()["type"]) == (409, "/problems/catalog-full"), response.content
        assert "limits.catalog_bytes" in response.json()["detail"] and response.json()["used"] == used
    assert snapshot_of(tenant).bytes == used, "nothing was written"
    assert send(engineer, "POST", "/api/v1/assets/bulk", {"items": fits}).json()["created"] == 2
    assert used + 1_400 < snapshot_of(tenant).bytes <= used + 1_990


def test_a_catalog_is_full_when_it_has_its_documents(tenant: TenantConnection, plant: Plant) -> None:
    few = limited(tenant, catalog_documents=snapshot_of(tenant).documents + 1)
    items = [{"site": "harbour", "tag": f"A-{n}"} for n in range(2)]
    for refused in (operations.bulk_upsert, operations.plan_bulk):
        with pytest.raises(CatalogFull, match="catalog_documents"):
            refused(few, ASSETS, items)
    operations.create(few, ASSETS, items[0])
    with pytest.raises(CatalogFull):
        operations.create(few, ASSETS, items[1])
    operations.delete(few, ASSETS, plant["TANK"]["id"], cascade=True)
    operations.create(few, ASSETS, items[1])


def test_two_writers_at_once_do_not_fill_it_beyond_its_limit(tenant: TenantConnection, plant: Plant) -> None:
    used = snapshot_of(tenant).bytes
    full = limited(tenant, catalog_bytes=used + 30_000)
    start = threading.Barrier(4)
    refused: list[CatalogFull] = []

    def write(number: int) -> None:
        items = [{"site": "harbour", "tag": f"W{number}-{n}", "description": "x" * 1_800} for n in range(10)]
        start.wait()
        try:
            operations.bulk_upsert(full, ASSETS, items)
        except CatalogFull as error:
            refused.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 3 and used < snapshot_of(tenant).bytes <= used + 30_000


def test_a_long_bulk_call_stops_where_others_have_filled_the_catalog(tenant: TenantConnection, plant: Plant) -> None:
    items = [{"site": "harbour", "tag": f"A-{n}"} for n in range(120)]
    operations.bulk_upsert(tenant, ASSETS, items)
    full = limited(tenant, catalog_bytes=snapshot_of(tenant).bytes + 121 * 1_500)

    def others(done: int, total: int) -> None:
        if done == 50:
            more = [{"site": "harbour", "tag": f"B-{n}", "description": "y" * 1_500} for n in range(60)]
            operations.bulk_upsert(full, ASSETS, more)

    changed = [{**item, "description": "x" * 1_500} for item in items]
    with pytest.raises(CatalogFull):
        operations.bulk_upsert(full, ASSETS, changed, others)
    assert snapshot_of(tenant).bytes <= full.limits.catalog_bytes


def test_a_catalog_beyond_its_limits_is_read_and_shrinks(tenant: TenantConnection, plant: Plant) -> None:
    """Filled before there were limits: more than fits into a message of the document server."""
    before = limited(tenant, catalog_bytes=1 << 30)
    for of in ("X", "Y"):
        operations.bulk_upsert(before, ASSETS, large(33, of))
    snapshot._snapshots.clear()
    known = snapshot_of(tenant)  # read as a whole, as after a start
    assert known.bytes > MESSAGE_BYTES and len(known.assets) == 4 + 66
    assert known.bytes == sum(size_of(model) for kind in KINDS for model in known.kept[kind].values())
    assert sum(map(len, documents(tenant).dump("assets"))) > MESSAGE_BYTES, "a backup reads it, too"
    with pytest.raises(CatalogFull, match=r"limits\.catalog_bytes"):
        operations.create(tenant, ASSETS, {"site": "harbour", "tag": "NEW"})
    asset = known.assets[known.named("assets", plant["site"]["id"], "X-0").id]  # type: ignore[union-attr]
    with pytest.raises(CatalogFull):
        operations.change(tenant, ASSETS, asset.id, {"description": "longer"}, 1)
    operations.change(tenant, ASSETS, asset.id, {"properties": {}}, 1)
    operations.delete(tenant, ASSETS, plant["PUMP"]["id"], cascade=True)
    operations.delete(tenant, SITES, plant["site"]["id"], cascade=True)
    assert snapshot_of(tenant).bytes == 0
    snapshot._snapshots.clear()
    assert snapshot_of(tenant).documents == 0


def test_the_largest_document_that_is_valid_is_as_large_as_readers_expect(
    tenant: TenantConnection, plant: Plant
) -> None:
    from catalog.sizes import MAX_DOCUMENT_BYTES

    word = "\U0001f3ed"
    asset = {
        "site": "harbour", "tag": word * 100, "name": word * 200, "type": word * 100, "description": word * 2_000,
        "properties": {f"{n:03}{word * 97}": LONG for n in range(200)},
    }  # fmt: skip
    states = {str(999_999_000 + n): word * 100 for n in range(1_000)}
    sensor = {**asset, "kind": "discrete", "states": states}
    for name in ("type", "properties"):
        del sensor[name]
    for kind, item in (("assets", asset), ("sensors", sensor)):
        operations.bulk_upsert(tenant, kind, [item])
        stored = max(map(len, documents(tenant).dump(kind)))
        assert stored < MAX_DOCUMENT_BYTES


def test_memory_is_bounded_by_bytes_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot, "MAX_BYTES", 50)
    snapshot._snapshots.clear()
    for number in range(4):
        snapshot._keep(f"test_{number}", Snapshot(Position("", 0), {name: {} for name in KINDS}, bytes=30))
        assert list(snapshot._snapshots) == [f"test_{number}"]
    snapshot._snapshots.clear()


def test_bulk_calls_that_wait_have_a_bound(
    tenant: TenantConnection, plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "MAX_OPEN", 2)
    for _ in range(2):
        waiting = jobs.queue(tenant, ASSETS, [{"site": "harbour", "tag": "TANK"}], 1, 1)
    with pytest.raises(PlantraceError) as refused:
        jobs.queue(tenant, ASSETS, [{"site": "harbour", "tag": "TANK"}], 1, 1)
    assert (refused.value.status, refused.value.problem) == (429, "too-many-jobs")
    assert refused.value.extra["retry_after"] > 0
    jobs.cancel(tenant, waiting.id, 2)
    jobs.queue(tenant, ASSETS, [{"site": "harbour", "tag": "TANK"}], 1, 1)


def test_a_copy_that_was_brought_up_counts_as_one_that_was_read(tenant: TenantConnection, plant: Plant) -> None:
    snapshot_of(tenant)
    operations.bulk_upsert(tenant, "assets", [{"site": "harbour", "tag": "TANK", "description": "x" * 500}])
    operations.delete(tenant, ASSETS, plant["V1"]["id"], cascade=True)
    copy = snapshot_of(tenant)
    snapshot._snapshots.clear()
    again = snapshot_of(tenant)
    assert (copy.bytes, copy.documents) == (again.bytes, again.documents)
    assert copy.bytes == sum(len(msgspec.json.encode(m)) for models in copy.kept.values() for m in models.values())
