"""A deletion in the catalog that is killed: what follows it is done by the worker."""

from __future__ import annotations

import signal
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings

from analysis.calculated import operations as calculated
from analysis.calculated import repository as calculated_repository
from analysis.calculated.models import NewCalculated
from catalog import removals
from catalog.kinds import SITES
from catalog.operations import delete
from catalog.signals import removed
from catalog.snapshot import snapshot_of
from kernel.errors import Unavailable
from kernel.tenancy import TenantConnection
from stores.redis.client import redis_client
from tests.catalog import doomed_deletion
from tests.forked import forked
from tests.twin.conftest import NOON
from tests.workspace.conftest import Works
from twin import repository as schematics
from web.stores import documents, streams
from workspace.annotations.models import AnnotationContent
from workspace.annotations.operations import create
from workspace.annotations.repository import ANNOTATIONS


@pytest.fixture
def noted(acme: TenantConnection, works: Works) -> Callable[[], set[str]]:
    """What there is besides the catalog: notes about a sensor and an asset, a calculated series, a drawing."""
    for target in (works.sensors["FT-1"], works.assets["P-1"]):
        create(acme, AnnotationContent(target=target, text=target, start=NOON), author="", now=NOON)
    for series in calculated.find(acme, None, ""):
        calculated_repository.delete(acme, series.id, None)
    calculated.create(acme, NewCalculated(site="works", name="Twice", expression="2 * {FT-1}"), author="", now=NOON)

    def there() -> set[str]:
        found = {each.target for each in ANNOTATIONS.find(acme)} | {each.id for each in schematics.find(acme)}
        return found | {each.name for each in calculated.find(acme, None, "")}

    assert there() == everything(works)
    return there


def everything(works: Works) -> set[str]:
    return {works.sensors["FT-1"], works.assets["P-1"], works.schematic, "Twice"}


def kill(tenant: TenantConnection, site: str, step: str) -> None:
    with forked(doomed_deletion.run, tenant, site, step) as process:
        assert process.wait(60) == -signal.SIGKILL
    client: Any = redis_client(settings.REDIS_URL)
    if held := client.keys("pt:*:lock:catalog"):  # instead of waiting until it expires
        client.delete(*held)


def test_what_follows_a_killed_deletion_is_done_by_the_worker(
    acme: TenantConnection, works: Works, noted: Callable[[], set[str]]
) -> None:
    kill(acme, works.site, "follows")
    assert works.site not in snapshot_of(acme).sites
    removals.finish_left(acme)
    assert noted() == everything(works), "whoever deletes may be at work on it"
    removals.finish_left(acme, age_s=0)
    assert noted() == set()
    assert streams().deleted.among(acme.prefix, list(works.sensors.values())) == set(works.sensors.values())
    assert documents(acme).find(removals.REMOVALS) == []


def test_of_a_deletion_that_was_killed_half_way_only_what_is_gone_is_followed(
    acme: TenantConnection, works: Works, noted: Callable[[], set[str]]
) -> None:
    kill(acme, works.site, "half")
    removals.finish_left(acme, age_s=0)
    assert noted() == everything(works) - {works.sensors["FT-1"]}
    assert works.site in snapshot_of(acme).sites
    delete(acme, SITES, works.site, cascade=True)
    assert noted() == set()


def test_a_deletion_that_was_killed_before_anything_was_gone_has_no_consequences(
    acme: TenantConnection, works: Works, noted: Callable[[], set[str]]
) -> None:
    kill(acme, works.site, "planned")
    removals.finish_left(acme, age_s=0)
    assert noted() == everything(works) and documents(acme).find(removals.REMOVALS) == []


def test_a_receiver_that_fails_is_called_again(
    acme: TenantConnection, works: Works, noted: Callable[[], set[str]]
) -> None:
    def fail(**_: Any) -> None:
        raise Unavailable("The store does not answer.")

    removed.connect(fail)
    try:
        delete(acme, SITES, works.site, cascade=True)
    finally:
        removed.disconnect(fail)
    assert works.site not in snapshot_of(acme).sites and noted() == set(), "the others are called nevertheless"
    ANNOTATIONS.insert(acme, lambda _: late_note(works.sensors["FT-1"], works.site))  # which was created meanwhile
    removals.finish_left(acme, age_s=0)
    assert noted() == set()


def late_note(sensor: str, site: str) -> dict[str, Any]:
    own = {"target": sensor, "kind": "sensor", "site": site, "text": "late", "start": NOON, "end": None, "link": None}
    return {**own, "files": [], "author": "", "created": NOON, "changed": NOON, "changed_by": ""}


def test_the_stored_removal_counts_not_the_note_in_redis(
    acme: TenantConnection, works: Works, noted: Callable[[], set[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    kill(acme, works.site, "follows")
    for id in documents(acme).open_plans(removals.REMOVALS).all():
        documents(acme).open_plans(removals.REMOVALS).remove(id)
    monkeypatch.setattr(removals, "_looked", set())
    removals.finish_left(acme, age_s=0)
    assert noted() == set()
