"""What a plan was for at a past moment: its assets, and the sensors and devices that its hours and events come from."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from catalog import operations as catalog
from catalog.kinds import ASSETS, SENSORS, SITES
from catalog.operations import bulk_upsert
from catalog.snapshot import snapshot_of
from kernel.tenancy import TenantConnection
from tests.historian.plant import write
from tests.ingest.devices_world import call, new_device
from tests.work.cases import HOUR, MINUTE, T
from tests.work.conftest import MAINTENANCE, Clock, Works, send
from tests.work.test_plans import MONTHLY, START, send_events
from work import history, tasks
from work.fields import PlantObject
from work.plans import membership
from work.plans.membership import as_of, compared, digest_of, members_of
from work.plans.models import PlanMembers
from work.plans.repository import delete_members, stored_members
from work.plans.targets import Target
from work.plans.tracking import track_all

pytestmark = pytest.mark.django_db
TARGETS = st.lists(st.dictionaries(st.sampled_from("abc"), st.tuples(st.booleans(), st.sets(st.sampled_from("xy")))))


def change(tenant: TenantConnection, kind: Any, id: str, **patch: Any) -> None:
    before = getattr(snapshot_of(tenant), kind.name)[id]
    catalog.change(tenant, kind, id, patch, before.revision)


def stands(client: Client, made: dict[str, Any], hours: float) -> list[dict[str, Any]]:
    response = client.get(f"{MAINTENANCE}/{made['id']}?at={int(T + hours * HOUR)}")
    assert response.status_code == 200, response.content
    one = response.json()
    assert one["targets"] == len(one["standing"])
    return list(one["standing"])


def tags(client: Client, made: dict[str, Any], hours: float) -> list[tuple[str, str]]:
    return [(each["asset"]["tag"], each["asset"]["name"]) for each in stands(client, made, hours)]


def test_a_plan_of_then_has_the_assets_of_then(
    engineer: Client, works: Works, acme: TenantConnection, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With their names of then: they are renamed, deleted and added, and so is the plan."""
    body = {"name": "Grease", "target": {"asset_type": "pump", "site": works.slug}, "every": MONTHLY, "begins": T}
    made = send(engineer, "post", MAINTENANCE, body, 201)
    change(acme, ASSETS, works.assets["P-1"], tag="P-9", name="Old pump")
    catalog.delete(acme, ASSETS, works.assets["P-2"], cascade=True)
    bulk_upsert(acme, "assets", [{"site": works.slug, "tag": "P-3", "name": "New pump", "type": "pump"}])
    monkeypatch.setattr(tasks, "now_ms", lambda: T + HOUR)
    tasks.open_due_cases()
    clock.now = T + 2 * HOUR
    only = {"assets": [works.assets["CH-1"]]}
    send(engineer, "put", f"{MAINTENANCE}/{made['id']}", {**body, "target": only, "revision": 1})
    clock.now = T + 3 * HOUR

    first = [("P-1", "Its pump"), ("P-2", "Feed pump")]
    moments = {0.0: first, 0.9: first, 1.0: [("P-3", "New pump"), ("P-9", "Old pump")], 2.0: [("CH-1", "Chiller")]}
    assert {hours: tags(engineer, made, hours) for hours in moments} == moments
    assert engineer.delete(f"{MAINTENANCE}/{made['id']}", headers={"If-Match": '"2"'}).status_code == 204
    clock.now = T + 4 * HOUR
    assert {hours: tags(engineer, made, hours) for hours in moments} == moments, "also of a plan that was deleted"
    catalog.delete(acme, SITES, works.site, cascade=True)
    assert tags(engineer, made, 0) == [], "with their site assets are gone from the past"


def test_hours_and_events_of_then_are_counted_by_the_sensor_and_devices_of_then(
    engineer: Client, works: Works, acme: TenantConnection, clock: Clock
) -> None:
    counter = snapshot_of(acme).sensors[works.sensors["P2-H"]]
    write(acme, counter, [(START - MINUTE, 1_000.0), (START + HOUR, 1_001.0)])
    device = new_device(engineer, asset=works.assets["P-2"])
    every = {"run_hours": {"hours": 30, "sensor": "*-H"}, "events": {"type": "overload", "count": 3}}
    body = {"name": "Grease", "target": {"assets": [works.assets["P-2"]]}, "every": every, "begins": START}
    made = send(engineer, "post", MAINTENANCE, body, 201)
    send_events(engineer, acme, device["name"], T + MINUTE)
    change(acme, SENSORS, counter.id, tag="P2-RESERVE", name="Spare")
    other = {"asset": works.assets["P-1"], "revision": device["revision"]}
    call(engineer, "PATCH", f"/api/v1/devices/{device['id']}", other)
    track_all(acme, T + 3 * HOUR)
    clock.now = T + 4 * HOUR

    [then], [now] = stands(engineer, made, 2.5), stands(engineer, made, 3.5)
    assert (then["run_hours"], then["events"], then["problem"]) == (1.0, 1, None)
    assert (now["run_hours"], now["events"]) == (None, 0) and "no counter that fits" in now["problem"]
    catalog.delete(acme, SENSORS, counter.id)
    [then] = stands(engineer, made, 2.5)
    assert then["run_hours"] is None and then["problem"] == "The sensor P2-H, which counted the hours, was deleted."


def test_a_plan_that_nothing_is_known_of_has_the_assets_of_now(
    engineer: Client, works: Works, acme: TenantConnection, clock: Clock
) -> None:
    """As one that was stored by an earlier version; from the next round on it is known."""
    target = {"assets": [works.assets["P-1"]]}
    made = send(engineer, "post", MAINTENANCE, {"name": "Grease", "target": target, "every": MONTHLY}, 201)
    delete_members(acme, [made["id"]])
    change(acme, ASSETS, works.assets["P-1"], tag="P-8")
    track_all(acme, T + HOUR)
    known = stored_members(acme, made["id"])
    change(acme, ASSETS, works.assets["P-1"], tag="P-9")
    track_all(acme, T + 2 * HOUR)
    clock.now = T + 3 * HOUR
    assert [tags(engineer, made, hours)[0][0] for hours in (0.5, 1.5, 2.5)] == ["P-9", "P-8", "P-9"]
    assert known is not None and known.since == T + HOUR


def test_what_plans_were_for_is_forgotten_with_them(
    engineer: Client, works: Works, acme: TenantConnection, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "MAX_DELETED", 1)
    body = {"name": "Grease", "target": {"assets": [works.assets["P-1"]]}, "every": MONTHLY}
    made = [send(engineer, "post", MAINTENANCE, body, 201)["id"] for _ in range(2)]
    for id in made:
        clock.now += HOUR
        assert engineer.delete(f"{MAINTENANCE}/{id}", headers={"If-Match": '"1"'}).status_code == 204
    assert [stored_members(acme, id) is not None for id in made] == [False, True]


@given(TARGETS)
def test_each_round_is_found_again(rounds: list[dict[str, tuple[bool, set[str]]]]) -> None:
    """Of assets, by id, some of which have a sensor and devices."""
    wanted = [[target(id, sensor, devices) for id, (sensor, devices) in sorted(each.items())] for each in rounds]
    known = None
    for t, targets in enumerate(wanted):
        known = compared(known, members_of(targets, t), t)
        assert known.digest == digest_of(members_of(targets, t + 1))
    assert known is None or [as_of(known.members, t) for t in range(len(wanted))] == wanted


@pytest.mark.parametrize(("bound", "count"), [("MAX_MEMBERS", 3), ("MAX_MEMBERS_BYTES", 300)])
def test_the_newest_members_are_kept(bound: str, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(membership, bound, count)
    rounds, known = [[target(f"a{t}", False, set())] for t in range(10)], None
    for t, targets in enumerate(rounds):
        known = compared(known, members_of(targets, t), t)
    assert isinstance(known, PlanMembers) and 0 < known.since < 9
    assert [as_of(known.members, t) == rounds[t] for t in range(10)] == [t >= known.since for t in range(10)]
    present = members_of([target("a", True, set("wxyz"))], 0)
    assert [each.kind for each in present] == ["asset", "sensor", "device"], "assets first, devices last"


def target(id: str, sensor: bool, devices: set[str]) -> Target:
    named = PlantObject(id=id, tag=id.upper(), name="Pump")
    return Target(named, "s", named if sensor else None, [PlantObject(id=one, name=one) for one in sorted(devices)])
