"""Collections of small documents: bounded in number and bytes, counted by the database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from msgspec import Struct

from kernel.errors import Conflict
from kernel.tenancy import TenantConnection
from web.collection import Collection, Head
from web.stores import documents


class Note(Struct, frozen=True):
    id: str
    revision: int
    text: str


@pytest.fixture
def notes(acme: TenantConnection) -> Iterator[Collection[Note]]:
    collection = Collection("test_notes", "zz", Note, "note", maximum=3, head=("text",), max_bytes=1_000)
    yield collection
    collection.delete_where(acme, lambda _: True)


def text(length: int) -> Mapping[str, Any]:
    return {"text": "x" * length}


def test_only_heads_are_read_to_count_them(acme: TenantConnection, notes: Collection[Note]) -> None:
    seen: list[Sequence[Head]] = []

    def make(there: Sequence[Head]) -> Mapping[str, Any]:
        seen.append(there)
        return {"text": "short", "body": "long"}

    first, second = notes.insert(acme, make), notes.insert(acme, make)
    assert first.id.startswith("zz") and notes.get(acme, second.id) == second
    assert [{*head} for head in seen[1]] == [{"_id", "text", "bytes"}]
    assert documents(acme).count("test_notes") == 2
    assert documents(acme).count("test_notes", {"text": "other"}) == documents(acme).count("test_nothing") == 0


def test_all_together_are_bounded_in_bytes(acme: TenantConnection, notes: Collection[Note]) -> None:
    first = notes.insert(acme, lambda _: text(500))
    with pytest.raises(Conflict) as full:
        notes.insert(acme, lambda _: text(500))
    assert full.value.problem == "notes-full" and "1,000 bytes" in full.value.detail
    second = notes.insert(acme, lambda _: text(400))
    with pytest.raises(Conflict) as full:
        notes.change(acme, second.id, 1, lambda _: text(490))
    assert full.value.problem == "notes-full" and notes.get(acme, second.id).text == "x" * 400
    notes.change(acme, first.id, 1, lambda _: text(100))
    assert notes.change(acme, second.id, 1, lambda _: text(800)).revision == 2
    with pytest.raises(Conflict, match="delete one"):
        notes.change(acme, second.id, 2, lambda _: text(900))
    assert notes.change(acme, second.id, 2, lambda _: text(900), bounded=False).revision == 3


def test_what_was_stored_without_its_size_counts_once_it_is_changed(
    acme: TenantConnection, notes: Collection[Note]
) -> None:
    documents(acme).insert("test_notes", {"_id": "zz2222222222", **text(900)})
    notes.insert(acme, lambda _: text(500))
    with pytest.raises(Conflict):
        notes.change(acme, "zz2222222222", 1, lambda _: text(901))


def test_there_are_at_most_so_many(acme: TenantConnection, notes: Collection[Note]) -> None:
    for _ in range(3):
        notes.insert(acme, lambda _: text(1))
    with pytest.raises(Conflict) as many:
        notes.insert(acme, lambda _: text(1))
    assert many.value.problem == "too-many-notes"
