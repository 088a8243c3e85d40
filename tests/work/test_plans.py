"""Maintenance plans: due by time, run-hours and events, and their cases, which are opened once."""

from __future__ import annotations

import signal
import threading
from typing import Any

import pytest
from django.test import Client

from catalog.snapshot import snapshot_of
from kernel.tenancy import TenantConnection
from tests.forked import forked
from tests.historian.plant import write
from tests.ingest.conftest import drain
from tests.ingest.devices_world import new_device
from tests.work import doomed_round
from tests.work.cases import DAY, HOUR, MINUTE, T
from tests.work.conftest import CASES, MAINTENANCE, Clock, Works, change, numbers, send
from work.cases.models import Case
from work.plans.opening import id_of_period, open_due

pytestmark = pytest.mark.django_db
START = T - T % HOUR  # a whole hour
MONTHLY = {"calendar": {"count": 1, "unit": "months"}}
APRIL = 1_776_164_400_000  # 2026-04-14T13:00+02:00, a month after T by the clock of Berlin


def plan(client: Client, works: Works, status: int = 201, **more: Any) -> Any:
    body = {"name": "Lubricate", "target": {"assets": [works.assets["P-1"]]}, "every": MONTHLY, "begins": T, **more}
    return send(client, "post", MAINTENANCE, body, status)


def standing(client: Client, made: dict[str, Any]) -> list[dict[str, Any]]:
    response = client.get(f"{MAINTENANCE}/{made['id']}")
    assert response.status_code == 200, response.content
    return list(response.json()["standing"])


def test_a_case_is_opened_when_it_is_due_and_the_next_after_it_was_done(
    engineer: Client, works: Works, acme: TenantConnection, clock: Clock
) -> None:
    made = plan(engineer, works, lead_s=7 * 86_400, instruction="Two strokes", priority=4)
    assert open_due(acme, APRIL - 7 * DAY - 1) == []
    [case] = open_due(acme, APRIL - 7 * DAY)
    assert (case.title, case.description, case.kind, case.priority) == (
        "Lubricate: P-1", "Two strokes", "maintenance", 4,
    )  # fmt: skip
    assert (case.due, case.plan, case.suppress, case.opened_by) == (APRIL, made["id"], True, "")
    assert open_due(acme, APRIL + 90 * DAY) == [], "one at a time"
    clock.now = APRIL + DAY
    done = change(engineer, engineer.get(f"{CASES}/{case.id}").json(), state="done")
    [stands] = standing(engineer, made)
    assert (stands["last_done"], stands["open_case"], stands["reached"]) == (done["ended"], None, [])
    assert open_due(acme, stands["due"] - 7 * DAY - 1) == []
    [following] = open_due(acme, stands["due"])
    assert following.number == case.number + 1


def test_a_cancelled_case_ends_its_period_and_counts_as_not_done(
    engineer: Client, works: Works, acme: TenantConnection, clock: Clock
) -> None:
    made = plan(engineer, works)
    [case] = open_due(acme, APRIL)
    clock.now = APRIL
    change(engineer, engineer.get(f"{CASES}/{case.id}").json(), state="cancelled")
    [stands] = standing(engineer, made)
    assert stands["last_done"] is None and stands["due"] > APRIL + 27 * DAY
    assert open_due(acme, APRIL + DAY) == []


def test_what_was_done_before_there_was_a_plan_counts(
    engineer: Client, works: Works, acme: TenantConnection, clock: Clock
) -> None:
    last = {"asset": works.assets["P-1"], "at": T - 25 * DAY}
    made = plan(engineer, works, begins=None, last_done=[last])
    [stands] = standing(engineer, made)
    assert stands["last_done"] == T - 25 * DAY and T < stands["due"] < T + 6 * DAY
    assert len(open_due(acme, stands["due"])) == 1


def test_all_assets_of_a_type_are_looked_after(engineer: Client, works: Works, acme: TenantConnection) -> None:
    made = plan(engineer, works, target={"asset_type": "pump", "site": works.slug})
    assert made["target"] == {"assets": None, "asset_type": "pump", "site": works.site}
    assert [case.asset and case.asset.tag for case in open_due(acme, APRIL)] == ["P-1", "P-2"]
    [paused] = [send(engineer, "put", f"{MAINTENANCE}/{made['id']}", {
        "name": "Lubricate", "target": {"asset_type": "pump"}, "every": MONTHLY, "enabled": False, "revision": 1,
    })]  # fmt: skip
    assert paused["begins"] == T and open_due(acme, APRIL + 90 * DAY) == []


def test_run_hours_of_a_counter(engineer: Client, works: Works, acme: TenantConnection, clock: Clock) -> None:
    """In whole hours, which is what maintenance goes by."""
    every = {"run_hours": {"hours": 30, "sensor": "*-H"}}
    made = plan(engineer, works, target={"assets": [works.assets["P-2"]]}, every=every, begins=START)
    counter = snapshot_of(acme).sensors[works.sensors["P2-H"]]
    write(acme, counter, [(START - MINUTE, 1_000.0), (START + 10 * HOUR, 1_012.0), (START + 20 * HOUR, 1_029.5)])
    clock.now = START + 21 * HOUR
    assert standing(engineer, made)[0]["run_hours"] == 29.5 and open_due(acme, clock.now) == []
    write(acme, counter, [(START + 21 * HOUR, 1_030.0)])
    clock.now = START + 22 * HOUR
    [case] = open_due(acme, clock.now)
    assert case.due == clock.now
    clock.now += MINUTE
    change(engineer, engineer.get(f"{CASES}/{case.id}").json(), state="done")
    assert standing(engineer, made)[0]["run_hours"] == 0.0


def test_run_hours_of_a_state_and_of_runs(engineer: Client, works: Works, acme: TenantConnection, clock: Clock) -> None:
    state = snapshot_of(acme).sensors[works.sensors["P1-STS"]]
    write(acme, state, [(START - HOUR, 1.0), (START + 2 * HOUR, 0.0), (START + 3 * HOUR, 1.0), (START + 7 * HOUR, 2.0)])
    rule = {"by": "state", "sensor": state.id, "states": ["1"]}
    runs = send(engineer, "post", "/api/v1/run-definitions", {"site": works.site, "name": "Runs", "rule": rule}, 201)
    clock.now = START + 9 * HOUR
    for by in ({"sensor": "P1-STS", "states": ["1"]}, {"run": runs["id"]}):
        made = plan(engineer, works, every={"run_hours": {"hours": 100, **by}}, begins=START)
        assert standing(engineer, made)[0]["run_hours"] == pytest.approx(6.0), by
    assert engineer.delete(f"/api/v1/run-definitions/{runs['id']}").status_code == 204
    [stands] = standing(engineer, made)
    assert stands["run_hours"] is None and runs["id"] in stands["problem"]


def test_events_of_the_devices_of_an_asset(
    engineer: Client, works: Works, acme: TenantConnection, clock: Clock
) -> None:
    """Also of those that it contains; whichever comes first."""
    every = {**MONTHLY, "events": {"type": "overload", "count": 3}}
    made = plan(engineer, works, target={"assets": [works.assets["CH-1"]]}, every=every)
    device = new_device(engineer, asset=works.assets["P-1"])["name"]
    send_events(engineer, acme, device, T - MINUTE, T + MINUTE, T + 2 * MINUTE)
    send_events(engineer, acme, "another", T + MINUTE)
    clock.now = T + HOUR
    assert standing(engineer, made)[0]["events"] == 2 and open_due(acme, clock.now) == []
    send_events(engineer, acme, device, T + 3 * MINUTE)
    [case] = open_due(acme, clock.now)
    assert case.due == clock.now and standing(engineer, made)[0]["reached"] == ["events"]


def send_events(client: Client, tenant: TenantConnection, device: str, *times: int) -> None:
    events = [{"ts": t, "type": "overload", "device": device} for t in times]
    assert client.post("/api/v1/events", events, content_type="application/json").status_code < 300
    drain(tenant)


def test_what_cannot_be_counted_is_said_and_the_rest_counts(
    engineer: Client, works: Works, acme: TenantConnection, clock: Clock
) -> None:
    pump = {"assets": [works.assets["P-2"]]}
    for sensor, problem in (("*-NONE", "no counter that fits"), ("P2-N", "no unit of time")):
        every = {**MONTHLY, "run_hours": {"hours": 10, "sensor": sensor}}
        [stands] = standing(engineer, plan(engineer, works, target=pump, every=every))
        assert stands["run_hours"] is None and problem in stands["problem"]
    assert len(open_due(acme, APRIL)) == 2


def test_rounds_at_once_open_each_case_once(works: Works, engineer: Client, acme: TenantConnection) -> None:
    plan(engineer, works, target={"asset_type": "pump", "site": works.slug})
    found, failed = list[Case](), list[Exception]()

    def round_() -> None:
        try:
            found.extend(open_due(acme, APRIL))
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=round_) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == [] and len(found) == 2 and len(numbers(engineer)) == 2


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_round_that_is_killed_opens_the_rest_and_none_twice(
    works: Works, engineer: Client, acme: TenantConnection, moment: str
) -> None:
    plan(engineer, works, target={"asset_type": "pump", "site": works.slug})
    with forked(doomed_round.run, acme, APRIL, moment, 1) as process:
        assert process.wait(60) == -signal.SIGKILL
    left = open_due(acme, APRIL)
    assert len(numbers(engineer)) == 2 and len(left) == (2 if moment == "before" else 1)
    assert open_due(acme, APRIL) == []


def test_an_edited_period_has_an_id_of_its_own() -> None:
    ids = {id_of_period("mp1", asset, t) for asset in ("a1", "a2") for t in (1, 2)}
    assert len(ids) == 4 and id_of_period("mp1", "a1", 1) in ids


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": " "}, "name"),
        ({"target": {}}, "target"),
        ({"target": {"assets": []}}, "target.assets"),
        ({"target": {"assets": ["a2222222222"], "asset_type": "pump"}}, "target"),
        ({"target": {"assets": ["a2222222222"]}}, "target.assets[0]"),
        ({"target": {"asset_type": "pump", "site": "nowhere"}}, "target.site"),
        ({"every": {}}, "every"),
        ({"every": {"run_hours": {"hours": 1}}}, "every.run_hours"),
        ({"every": {"run_hours": {"hours": 1, "run": "w2222222222"}}}, "every.run_hours.run"),
        ({"every": {"run_hours": {"hours": 1, "run": "w2222222222", "states": ["1"]}}}, "every.run_hours.states"),
        ({"every": {"run_hours": {"hours": 0, "sensor": "H"}}}, "every.run_hours.hours"),
        ({"every": {"calendar": {"count": 1, "unit": "moons"}}}, "every.calendar.unit"),
        ({"last_done": [{"asset": "a2222222222", "at": T}]}, "last_done[0].asset"),
        ({"assigned": "m2222222222"}, "assigned"),
        ({"lead_s": -1}, "lead_s"),
    ],
)
def test_what_is_wrong_is_refused_by_name(engineer: Client, works: Works, wrong: dict[str, Any], field: str) -> None:
    problem = plan(engineer, works, 400, **wrong)
    assert problem["errors"][0]["field"] == field
    assert engineer.get(MAINTENANCE).json()["results"] == []


def test_plans_are_listed_changed_and_deleted(engineer: Client, viewer: Client, works: Works) -> None:
    first, second = plan(engineer, works, name="b"), plan(engineer, works, name="A")
    assert [each["id"] for each in viewer.get(MAINTENANCE).json()["results"]] == [second["id"], first["id"]]
    body = {"name": "c", "target": first["target"], "every": MONTHLY}
    changed = send(engineer, "put", f"{MAINTENANCE}/{first['id']}", {**body, "revision": 1})
    assert (changed["name"], changed["begins"], changed["revision"]) == ("c", T, 2)
    stale = send(engineer, "put", f"{MAINTENANCE}/{first['id']}", {**body, "revision": 1}, 409)
    assert stale["current"] == changed
    assert send(viewer, "post", MAINTENANCE, body, 403)
    assert engineer.delete(f"{MAINTENANCE}/{first['id']}").status_code == 204
    assert viewer.get(f"{MAINTENANCE}/{first['id']}").status_code == 404
