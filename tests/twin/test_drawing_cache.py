"""Drawings in memory: bounded, and never asked for twice."""

from __future__ import annotations

from typing import Any

import pytest

from kernel.errors import NotFound
from kernel.tenancy import TenantConnection
from tests.twin.conftest import Plant
from twin import operations, repository
from twin.drawing_cache import DrawingCache
from twin.models import Drawing
from web.stores import documents


def test_the_drawings_used_last_stay() -> None:
    cache, drawings = DrawingCache(100), [Drawing(width=k + 100, height=100) for k in range(3)]
    cache.put("acme", "v1", drawings[0], 40)
    cache.put("acme", "v2", drawings[1], 40)
    assert cache.get("acme", "v1") is drawings[0]  # so v2 is the one that was not used for longest
    cache.put("acme", "v3", drawings[2], 40)
    assert cache.get("acme", "v2") is None
    assert cache.get("acme", "v1") is drawings[0] and cache.get("acme", "v3") is drawings[2]
    assert cache.get("rival", "v1") is None


def test_a_drawing_larger_than_the_cache_is_not_kept_and_displaces_none() -> None:
    cache = DrawingCache(100)
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
    repository.delete(acme, created.id, None)
    with pytest.raises(NotFound):
        repository.get(acme, created.id)
