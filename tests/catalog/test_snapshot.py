"""The cached catalog: never older than what was acknowledged, in any process."""

from __future__ import annotations

import multiprocessing
import time
from multiprocessing.sharedctypes import Synchronized
from typing import Any

import msgspec
import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog import operations, reading, snapshot
from catalog.kinds import KINDS, SENSORS, SITES
from catalog.snapshot import Snapshot, snapshot_of
from kernel.errors import PlantraceError
from kernel.tenancy import TenantConnection
from runtime.supervisor import Supervisor
from stores.redis import changes
from stores.redis.epochs import Position
from tests.catalog.conftest import send
from tests.properties import examples
from tests.waiting import wait_until
from web.stores import documents

Plant = dict[str, dict[str, Any]]
fork = multiprocessing.get_context("fork")


def read_for(seconds: float, tenant: TenantConnection, id: str, acknowledged: Any, reads: Any, stale: Any) -> None:
    """Another process: what it reads must not be older than what was acknowledged before it asked."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        least = acknowledged.value
        seen = snapshot_of(tenant).sensors[id].revision
        reads.value += 1
        if seen < least:
            stale.value += 1


def test_readers_in_other_processes_never_see_less_than_was_acknowledged(
    tenant: TenantConnection, plant: Plant
) -> None:
    id = plant["PT-101"]["id"]
    acknowledged: Synchronized[int] = fork.Value("i", 1)
    counts = [(fork.Value("i", 0), fork.Value("i", 0)) for _ in range(2)]
    readers = [
        fork.Process(target=read_for, args=(3.0, tenant, id, acknowledged, reads, stale)) for reads, stale in counts
    ]
    for reader in readers:
        reader.start()
    ends = time.monotonic() + 3.0
    while time.monotonic() < ends:
        revision = acknowledged.value
        _, after = operations.change(tenant, SENSORS, id, {"name": f"name {revision}"}, revision)
        acknowledged.value = after.revision
    for reader in readers:
        reader.join(60)
    assert [stale.value for _, stale in counts] == [0, 0]
    assert min(reads.value for reads, _ in counts) > 50
    assert acknowledged.value > 20


def test_an_unchanged_catalog_is_not_read_again(tenant: TenantConnection, plant: Plant) -> None:
    first = snapshot_of(tenant)
    assert snapshot_of(tenant) is first
    operations.change(tenant, SENSORS, plant["PT-101"]["id"], {"name": "x"}, 1)
    second = snapshot_of(tenant)
    assert second is not first
    assert second.sensors[plant["FT-101"]["id"]] is first.sensors[plant["FT-101"]["id"]], "only what changed is read"


def test_a_change_whose_writer_was_killed_is_seen_when_its_mark_ends(
    tenant: TenantConnection, plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = plant["PT-101"]["id"]
    log = snapshot.log_of(documents(tenant))
    snapshot_of(tenant)
    monkeypatch.setattr(changes, "BUSY_MS", 300)
    log._increment("begin", [f"sensors/{id}"])
    documents(tenant).change("sensors", id, lambda document: {**document, "name": "written"})
    # killed here: written, but never acknowledged
    time.sleep(0.35)
    assert snapshot_of(tenant).sensors[id].name == "written"


def test_a_lookup_accepts_an_id_or_the_natural_name(tenant: TenantConnection, plant: Plant) -> None:
    known = snapshot_of(tenant)
    site = known.site("harbour")
    assert site is not None
    assert known.site(site.id) is site
    assert known.sensor(site.id, "PT-101") is known.sensors[plant["PT-101"]["id"]]
    assert known.sensor(site.id, plant["PT-101"]["id"]) is known.sensor(site.id, "PT-101")
    assert known.sensor("pother12345", plant["PT-101"]["id"]) is None, "an id of another site is not found in this one"
    assert known.asset(site.id, "PUMP") is known.assets[plant["PUMP"]["id"]]
    assert known.area(site.id, "Plant room") is not None
    assert (known.site("x"), known.sensor(site.id, "x")) == (None, None)


def test_no_more_than_fifty_tenants_are_kept(tenant: TenantConnection, plant: Plant) -> None:
    empty = Snapshot(Position("", 0), {name: {} for name in KINDS})
    for number in range(60):
        snapshot._keep(f"test_{number}", empty)
    assert len(snapshot._snapshots) == 50
    assert sum(scope == snapshot.SCOPE for _, scope in reading._loading) <= 51
    assert snapshot_of(tenant).sensors, "one that was dropped is read again"


def test_few_large_tenants_are_kept_instead_of_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot, "MAX_DOCUMENTS", 5)
    snapshot._snapshots.clear()
    for number in range(4):
        kept = {**{name: {} for name in KINDS}, "sensors": {f"s{n}": object() for n in range(3)}}
        snapshot._keep(f"test_{number}", Snapshot(Position("", 0), kept))  # type: ignore[arg-type]
        assert list(snapshot._snapshots)[-1] == f"test_{number}"
    assert len(snapshot._snapshots) == 1
    snapshot._snapshots.clear()


tags = st.sampled_from(["A", "B", "C"])
steps = st.lists(
    st.one_of(
        st.tuples(st.just("upsert"), st.lists(st.tuples(tags, st.sampled_from(["x", "y"])), min_size=1, max_size=3)),
        st.tuples(st.just("delete"), tags),
        st.tuples(st.just("asset"), st.sampled_from(["x", "y"])),
        st.tuples(st.just("slug"), st.sampled_from(["harbour", "a-tower"])),
        st.tuples(st.just("read"), st.none()),
    ),
    max_size=8,
)


@given(steps=steps)
@settings(max_examples=examples(6), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_incrementally_updated_copy_equals_a_fresh_one(
    tenant: TenantConnection, plant: Plant, steps: list[tuple[str, Any]]
) -> None:
    site = plant["site"]["id"]
    for what, with_ in steps:
        if what == "upsert":
            items = [{"site": site, "tag": tag, "name": name, "asset": "PUMP"} for tag, name in dict(with_).items()]
            operations.bulk_upsert(tenant, "sensors", items)
        elif what == "asset":
            operations.bulk_upsert(tenant, "assets", [{"site": site, "tag": "PUMP", "name": with_}])
        elif what == "slug":
            operations.change(tenant, SITES, site, {"slug": with_}, snapshot_of(tenant).sites[site].revision)
        elif what == "delete":
            found = snapshot_of(tenant).named("sensors", site, with_)
            if found is not None:
                operations.delete(tenant, SENSORS, found.id)
        else:
            loaded = snapshot_of(tenant)
            for kind in KINDS:  # so that the next copy can reuse indexes
                loaded.ordered(kind), loaded.haystack(kind), loaded.named(kind)
    copy = snapshot_of(tenant)
    snapshot._snapshots.clear()
    again = snapshot_of(tenant)
    assert msgspec.to_builtins(dict(copy.kept)) == msgspec.to_builtins(dict(again.kept))
    for kind in KINDS:
        assert list(copy.ordered(kind)) == list(again.ordered(kind))
        assert copy.haystack(kind) == again.haystack(kind)
        assert copy.indexes.by_key(kind) == again.indexes.by_key(kind)


# Migration of documents


def test_documents_of_an_older_shape_are_read_as_todays_and_migrated_once(
    tenant: TenantConnection, plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    from catalog import document_migrations
    from catalog.management.commands.migrate_documents import migrate

    def trust_by_name(document: dict[str, Any]) -> dict[str, Any]:
        return {**document, "trusted": "old" not in document["description"]}

    id = plant["PT-101"]["id"]
    operations.change(tenant, SENSORS, id, {"description": "old gauge"}, 1)
    monkeypatch.setitem(document_migrations._steps, "sensors", (trust_by_name,))
    snapshot._snapshots.clear()
    assert snapshot_of(tenant).sensors[id].trusted is False, "read in today's shape before it is stored so"
    assert documents(tenant).get("sensors", id)["schema"] == 1  # type: ignore[index]
    assert migrate(tenant)["sensors"] == 2
    assert documents(tenant).get("sensors", id)["trusted"] is False  # type: ignore[index]
    assert documents(tenant).get("sensors", id)["schema"] == 2  # type: ignore[index]
    assert sum(migrate(tenant).values()) == 0
    assert snapshot_of(tenant).sensors[id].revision == 3


def test_the_command_migrates_every_tenant_or_one(
    tenant: TenantConnection, rival: TenantConnection, capsys: Any
) -> None:
    from django.core.management import CommandError, call_command

    call_command("migrate_documents")
    assert "acme: nothing to do" in capsys.readouterr().out
    call_command("migrate_documents", tenant="rival")
    assert capsys.readouterr().out == "rival: nothing to do\n"
    with pytest.raises(CommandError):
        call_command("migrate_documents", tenant="nobody")


# Any items at all


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
fields = st.sampled_from(
    ["site", "tag", "name", "asset", "unit", "kind", "states", "range", "trusted", "interval_s", "sampling", "id", "x",
     "slug", "timezone", "parent", "area", "properties", "source", "target", "medium", "revision", "description"]
)  # fmt: skip
plausible = st.fixed_dictionaries(
    {"site": st.just("harbour"), "tag": tags}, optional={"asset": values, "range": values}
)


@given(
    kind=st.sampled_from(list(KINDS)),
    items=st.lists(st.one_of(values, st.dictionaries(fields, values), plausible), max_size=4),
)
@settings(max_examples=examples(10), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_input_is_either_stored_completely_or_rejected_with_reasons(
    tenant: TenantConnection, plant: Plant, kind: str, items: list[Any]
) -> None:
    before = {name: dict(models) for name, models in snapshot_of(tenant).kept.items()}
    try:
        plan = operations.plan_bulk(tenant, KINDS[kind], items)
    except PlantraceError as error:
        assert error.status == 400
        assert all(e["message"] for e in error.extra["errors"])
        with pytest.raises(PlantraceError):
            operations.bulk_upsert(tenant, kind, items)
        assert {name: dict(models) for name, models in snapshot_of(tenant).kept.items()} == before
    else:
        result = operations.bulk_upsert(tenant, kind, items)
        assert result.created == len(plan.created)
        assert operations.bulk_upsert(tenant, kind, items).unchanged == len(items)


# A store that is down


def test_a_catalog_is_read_while_the_document_server_is_down_and_changes_say_so(
    tenant: TenantConnection, engineer: Client, plant: Plant, servers: Supervisor
) -> None:
    path = f"/api/v1/sensors/{plant['PT-101']['id']}"
    before = engineer.get("/api/v1/sensors").json()
    servers.stop_program("documents")
    try:
        assert engineer.get("/api/v1/sensors").json() == before, "nothing changed, so nothing is read"
        began = time.monotonic()
        response = send(engineer, "PATCH", path, {"name": "x", "revision": 1})
        assert (response.status_code, response.json()["part"]) == (503, "documents")
        assert time.monotonic() - began < 10
    finally:
        servers.start_program("documents")
        wait_until(lambda: documents(tenant).ping() is None, meanwhile=PlantraceError)
    assert send(engineer, "PATCH", path, {"name": "x", "revision": 1}).status_code == 200
