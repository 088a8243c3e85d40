"""Drawings and schematics in memory: bounded, never asked for twice, and never older than what was acknowledged."""

from __future__ import annotations

import time
from typing import Any

import pytest

from kernel.errors import NotFound
from kernel.tenancy import TenantConnection
from stores.documents import Database
from stores.redis.epochs import Position
from tests.twin.conftest import NOON, Plant
from twin import operations, queries, repository
from twin.document_cache import DocumentCache
from twin.models import Drawing
from twin.schematic_cache import MAX_AGE_S, SchematicCache
from twin.stored import Stored, StoredVersion
from web.stores import documents


def test_the_drawings_used_last_stay() -> None:
    cache, drawings = DocumentCache[Drawing](100), [Drawing(width=k + 100, height=100) for k in range(3)]
    cache.put("acme", "v1", drawings[0], 40)
    cache.put("acme", "v2", drawings[1], 40)
    assert cache.get("acme", "v1") is drawings[0]  # so v2 is the one that was not used for longest
    cache.put("acme", "v3", drawings[2], 40)
    assert cache.get("acme", "v2") is None
    assert cache.get("acme", "v1") is drawings[0] and cache.get("acme", "v3") is drawings[2]
    assert cache.get("rival", "v1") is None


def test_a_drawing_larger_than_the_cache_is_not_kept_and_displaces_none() -> None:
    cache = DocumentCache[Drawing](100)
    cache.put("acme", "v0", Drawing(width=100, height=100), 10)
    cache.put("acme", "v1", Drawing(width=100, height=100), 101)
    assert cache.get("acme", "v1") is None and cache.get("acme", "v0") is not None
    cache.put("acme", "v1", Drawing(width=100, height=100), 100)
    cache.put("acme", "v1", Drawing(width=100, height=100), 90)
    cache.put("acme", "v2", Drawing(width=100, height=100), 10)
    assert cache.get("acme", "v1") is not None


def test_a_drawing_is_read_once_and_a_deleted_schematic_is_gone(
    acme: TenantConnection, plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    created: Any = operations.create(acme, "works", "Cached", plant.drawing(), author="", now=1)
    [version] = repository.get(acme, created.id).versions
    first = repository.get_drawing(acme, version)
    documents(acme).delete_many(repository.DRAWINGS, {"_id": version.drawing})
    assert repository.get_drawing(acme, version) is first
    operations.delete(acme, created.id, NOON)
    with pytest.raises(NotFound):
        repository.get(acme, created.id)


def stored(id: str, versions: int) -> Stored:
    return Stored(id, "site", id, 1, [StoredVersion(n, n, "", "", n, f"v{n}", "") for n in range(versions)])


def test_schematics_in_memory_are_bounded_and_do_not_get_old() -> None:
    clock = 100.0
    cache = SchematicCache(lambda: clock, max_bytes=900)
    for id in ("d1", "d2"):
        cache.put("acme", stored(id, 3), Position("e", 1))
    assert cache.get("rival", "d1") is None
    assert cache.get("acme", "d1") is not None
    cache.put("acme", stored("d3", 3), Position("e", 1))
    assert cache.get("acme", "d2") is None and cache.get("acme", "d1") is not None
    cache.put("acme", stored("d1", 50), Position("e", 2))
    assert cache.get("acme", "d1") is None, "it is larger than all may be, and what was kept of it is outdated"
    clock += MAX_AGE_S + 1
    assert cache.get("acme", "d3") is None


@pytest.mark.parametrize("change", ["a version", "a name", "deleted"])
def test_a_frame_follows_what_another_process_changed(
    acme: TenantConnection, plant: Plant, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    created = operations.create(acme, "works", f"Followed, {change}", plant.drawing(), author="", now=1)
    now = 1_800_000_000_000
    first = queries.frame(acme, created.id, now, now, live=True)
    monkeypatch.setattr(repository, "_schematics", SchematicCache(time.monotonic))  # that of the other process
    if change == "deleted":
        operations.delete(acme, created.id, NOON)
    else:
        name = "Another name" if change == "a name" else None
        drawing = plant.drawing(tags=[])
        operations.add_version(acme, created.id, drawing, author="", now=2, revision=1, name=name)
    monkeypatch.undo()
    if change == "deleted":
        with pytest.raises(NotFound):
            queries.frame(acme, created.id, now, now, live=True)
        return
    after = queries.frame(acme, created.id, now, now, live=True)
    assert (first.revision, after.revision, after.version.version) == (1, 2, 2)
    assert (len(first.values), len(after.values)) == (2, 1)


def test_an_unchanged_schematic_is_shown_without_asking_the_document_database(
    acme: TenantConnection, plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    created = operations.create(acme, "works", "Looked at", plant.drawing(), author="", now=1)
    now = 1_800_000_000_000
    frame = queries.frame(acme, created.id, now, now, live=True)
    with monkeypatch.context() as patch:
        patch.setattr(Database, "get", lambda *_: pytest.fail("asked"))
        assert queries.frame(acme, created.id, now, now, live=True) == frame
        assert repository.get(acme, created.id).revision == 1
