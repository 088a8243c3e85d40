"""A publication or deletion that ends between any two of its writes is finished, or has never begun."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.test import Client

from catalog import journal as plans
from catalog import operations as catalog
from catalog.kinds import SITES
from catalog.operations import bulk_upsert
from catalog.snapshot import snapshot_of
from kernel.tenancy import TenantConnection
from stores.documents import Database
from tests.twin.conftest import NOON
from tests.twin.publishing_world import engineer, line, of, plant, valid
from twin import operations, repository
from twin.publishing.journal import PLANS
from web.stores import documents

__all__ = ["engineer", "line"]
WRITES = ("insert", "insert_many", "_replace", "delete_ids", "delete_many")
BASE = "/api/v1/schematics"


class Killed(BaseException):
    """Ends the process between two writes."""


@contextmanager
def killed_after(writes: int) -> Iterator[list[str]]:
    """The names of the writes that were made. Locks end with the block, as they expire after a kill."""
    made: list[str] = []

    def counted(name: str, write: Callable[..., Any]) -> Callable[..., Any]:
        def counting(self: Database, *args: Any) -> Any:
            if len(made) == writes:
                raise Killed()
            made.append(name)
            return write(self, *args)

        return counting

    with pytest.MonkeyPatch.context() as patch:
        for name in WRITES:
            patch.setattr(Database, name, counted(name, getattr(Database, name)))
        yield made


def is_settled(tenant: TenantConnection) -> bool:
    return documents(tenant).find(PLANS) == [] and documents(tenant).open_plans().all() == []


@pytest.fixture
def id(acme: TenantConnection, line: str) -> str:
    return operations.create(acme, "line", "Line", plant(acme), author="", now=NOON).id


def publish(tenant: TenantConnection, id: str, tag: str) -> None:
    """A version in which the pump is another, which does not exist yet."""
    drawing = plant(tenant, t="T", p=tag, u="U")
    operations.add_version(tenant, id, drawing, author="", now=NOON, revision=None, valid_from=NOON)


def writes_of(action: Callable[[], None]) -> int:
    with killed_after(1_000) as made:
        action()
    return len(made)


def test_a_publication_is_whole_wherever_it_ends(engineer: Client, acme: TenantConnection, id: str) -> None:
    total = writes_of(lambda: publish(acme, id, "N0"))
    assert total > 6
    outcomes = list[bool]()
    for writes in range(total):
        before, versions, tag = valid(engineer), len(repository.get(acme, id).versions), f"N{writes + 1}"
        with pytest.raises(Killed), killed_after(writes):
            publish(acme, id, tag)
        first = valid(engineer)  # whoever asks first, and only for the catalog
        published = len(engineer.get(f"{BASE}/{id}").json()["versions"]) == versions + 1
        assert first == ({f"T>{tag}", f"{tag}>U"} if published else before), writes
        assert bool(of(acme, x=tag)) == published
        assert is_settled(acme)
        outcomes.append(published)
    assert outcomes == sorted(outcomes) and set(outcomes) == {False, True}  # from one write on it is carried out


def test_a_deletion_is_whole_wherever_it_ends(engineer: Client, acme: TenantConnection, line: str) -> None:
    def make() -> str:
        return operations.create(acme, "line", "Line", plant(acme), author="", now=NOON).id

    first = make()
    for writes in range(writes_of(lambda: delete(acme, first))):
        id = make()
        with pytest.raises(Killed), killed_after(writes):
            delete(acme, id)
        shown = valid(engineer)
        there = engineer.get(f"{BASE}/{id}").status_code == 200
        assert shown == ({"T>P", "P>U"} if there else set()), writes
        assert is_settled(acme)
        if there:
            delete(acme, id)


def delete(tenant: TenantConnection, id: str) -> None:
    operations.delete(tenant, id, NOON)


def test_the_next_change_of_the_catalog_finishes_it_first(acme: TenantConnection, id: str) -> None:
    interrupted(acme, id)
    bulk_upsert(acme, "assets", [{"site": "line", "tag": "NEW", "name": "Mine"}])
    assert is_settled(acme)
    assert snapshot_of(acme).assets[of(acme, x="NEW")["x"]].name == "Mine"  # the one that the publication made
    stored = repository.get(acme, id)
    drawing = repository.get_drawing(acme, stored.versions[-1])
    assert drawing.placements[2].asset == of(acme, x="NEW")["x"]


def test_the_next_publication_finishes_it_first(acme: TenantConnection, id: str) -> None:
    interrupted(acme, id)
    publish(acme, id, "Q")
    assert [version.version for version in repository.get(acme, id).versions] == [1, 2, 3]
    assert is_settled(acme)


def test_a_plan_of_which_redis_knows_nothing_is_found_by_a_new_process(
    engineer: Client, acme: TenantConnection, id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a restore of a backup that was taken in the middle of a publication."""
    interrupted(acme, id)
    documents(acme).open_plans().remove(id)
    monkeypatch.setattr(plans, "_looked", set())
    bulk_upsert(acme, "assets", [{"site": "line", "tag": "OTHER"}])
    assert is_settled(acme) and valid(engineer) == {"T>NEW", "NEW>U"}


def test_a_site_is_deleted_with_what_was_interrupted_at_it(acme: TenantConnection, line: str, id: str) -> None:
    interrupted(acme, id)
    catalog.delete(acme, SITES, line, cascade=True)
    assert is_settled(acme)
    assert documents(acme).get(repository.SCHEMATICS, id) is None
    assert documents(acme).find(repository.MODELS, {"schematic": id}) == []


def interrupted(tenant: TenantConnection, id: str) -> None:
    """A publication of which the plan is stored and nothing else."""
    with pytest.raises(Killed), killed_after(3) as made:
        publish(tenant, id, "NEW")
    assert made == ["insert", "insert", "insert"]  # the drawing, what it shows, the plan
