"""Cases over HTTP."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.test import Client

from access.models import AuditEntry, Membership
from catalog import operations as catalog
from catalog.kinds import ASSETS, SITES
from catalog.snapshot import snapshot_of
from config.people import discard_personal_data
from kernel.tenancy import TenantConnection
from tests.alarms.alarm_world import about, forget_alarms, raise_alarm
from tests.ingest.devices_world import new_device
from tests.work.cases import DAY, HOUR, T
from tests.work.conftest import CASES, Clock, Works, change, numbers, open_case, send
from web.clock import now_ms
from web.stores import documents
from work.cases import repository
from work.cases.models import NewCase
from work.cases.operations import create

pytestmark = pytest.mark.django_db


def test_a_case_is_opened_worked_on_and_done(engineer: Client, viewer: Client, works: Works, clock: Clock) -> None:
    made = open_case(engineer, works, description="Bearing is loud", due=clock.now + DAY, priority=2)
    assert made["asset"] == {"id": works.assets["P-1"], "tag": "P-1", "name": "Its pump"}
    assert (made["site"], made["asset_type"], made["state"]) == (works.site, "pump", "open")
    assert (made["opened"], made["opened_by"], made["began"]) == (T, "engineer.acme", None)
    clock.now += HOUR
    working = change(engineer, made, state="in_progress")
    clock.now += HOUR
    done = change(engineer, working, state="done", what_was_done="Bearing replaced")
    assert (done["began"], done["ended"], done["revision"]) == (T + HOUR, T + 2 * HOUR, 3)
    assert [(step["state"], step["at"]) for step in done["steps"]] == [
        ("open", T), ("in_progress", T + HOUR), ("done", T + 2 * HOUR),
    ]  # fmt: skip
    read = viewer.get(f"{CASES}/{made['id']}")
    assert read.json() == {**done, "notes": []} and read["ETag"] == '"3"'
    actions = AuditEntry.objects.filter(target=made["id"]).order_by("id").values_list("action", flat=True)
    assert list(actions) == ["case.create", "case.update", "case.update"]


def test_numbers_count_up_and_are_never_used_twice(engineer: Client, works: Works, acme: TenantConnection) -> None:
    first = open_case(engineer, works)["number"]
    assert open_case(engineer, works)["number"] == first + 1
    repository.delete_where(acme, lambda _: True, lambda _: None)
    assert open_case(engineer, works)["number"] == first + 2


def test_cases_that_are_opened_at_once_have_different_numbers(works: Works, acme: TenantConnection) -> None:
    content, failed = NewCase(title="x", asset=works.assets["P-1"]), list[Exception]()

    def open_some() -> None:
        try:
            for _ in range(5):
                create(acme, content, author="anna", now=T)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=open_some) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = [case.number for case in repository.all_of(acme).values()]
    assert failed == [] and len(found) == len(set(found)) == 20


def test_it_is_changed_from_the_revision_that_was_read(engineer: Client, works: Works, clock: Clock) -> None:
    made = open_case(engineer, works)
    changed = change(engineer, made, title="Loud")
    stale = change(engineer, made, 409, title="Late")
    assert stale["type"] == "/problems/stale-revision" and stale["current"] == changed
    body = {"title": "x", "asset": works.assets["P-1"]}
    missing = send(engineer, "put", f"{CASES}/{made['id']}", body, 400)
    assert missing["type"] == "/problems/revision-missing"
    assert engineer.delete(f"{CASES}/{made['id']}").status_code == 405


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "two\nlines"}, "title"),
        ({"asset": None}, "asset"),
        ({"asset": "a2222222222"}, "asset"),
        ({"sensor": "s2222222222"}, "sensor"),
        ({"device": "g2222222222"}, "device"),
        ({"alarm": {"key": "al2222222222:s2222222222"}}, "alarm.key"),
        ({"assigned": "m2222222222"}, "assigned"),
        ({"due": "tomorrow"}, "due"),
        ({"opened": T + HOUR}, "opened"),
        ({"state": "done", "ended": T + HOUR}, "ended"),
        ({"downtime": {"start": T - 1, "end": T - 2}}, "downtime.end"),
        ({"downtime": {"start": T + 1}}, "downtime.start"),
        ({"downtime": {"start": T - 1, "end": T + 1}}, "downtime.end"),
        ({"priority": 5}, "priority"),
        ({"state": "closed"}, "state"),
        ({"description": "x" * 4_001}, "description"),
    ],
)
def test_what_is_wrong_is_refused_by_name(
    engineer: Client, works: Works, clock: Clock, wrong: dict[str, Any], field: str
) -> None:
    problem = send(engineer, "post", CASES, {"title": "x", "asset": works.assets["P-1"], **wrong}, 400)
    if field == "due":  # as of all times
        assert problem["parameter"] == "due"
    else:
        assert problem["errors"][0]["field"] == field
    assert numbers(engineer) == []


def test_only_a_case_of_an_asset_suppresses(engineer: Client, works: Works) -> None:
    device = new_device(engineer)
    body = {"title": "x", "device": device["id"], "suppress": True}
    assert send(engineer, "post", CASES, body, 400)["errors"][0]["field"] == "suppress"
    assert send(engineer, "post", CASES, {**body, "suppress": False}, 201)["site"] == ""


def test_what_is_not_said_follows_from_sensor_device_and_alarm(
    engineer: Client, works: Works, acme: TenantConnection
) -> None:
    by_sensor = send(engineer, "post", CASES, {"title": "x", "sensor": works.sensors["P1-STS"]}, 201)
    assert by_sensor["asset"]["tag"] == "P-1" and by_sensor["sensor"]["tag"] == "P1-STS"
    device = new_device(engineer, asset=works.assets["P-2"])
    by_device = send(engineer, "post", CASES, {"title": "x", "device": device["id"]}, 201)
    assert by_device["asset"]["tag"] == "P-2" and by_device["device"]["name"] == device["name"]
    forget_alarms(acme)
    snapshot = snapshot_of(acme)
    sensor, asset = snapshot.sensors[works.sensors["P1-STS"]], snapshot.assets[works.assets["P-1"]]
    key = raise_alarm(acme, about(sensor, asset), T)
    alarm = {"key": key, "occurrence": f"{key}:{T}"}
    by_alarm = send(engineer, "post", CASES, {"title": "x", "alarm": alarm}, 201)
    assert by_alarm["asset"]["tag"] == "P-1" and by_alarm["alarm"] == alarm
    assert numbers(engineer, f"?alarm={key}") == [by_alarm["number"]]
    forget_alarms(acme)
    assert change(engineer, by_alarm, title="Its rule is gone")["alarm"] == alarm


def test_the_list_is_filtered_and_read_page_by_page(engineer: Client, works: Works, clock: Clock) -> None:
    first = open_case(engineer, works, "CH-1")
    second = open_case(engineer, works, "P-1", kind="retrofit", due=T - 1)
    third = open_case(engineer, works, "P-2", title="Oil leak")
    start, end = first["number"], third["number"]
    assert numbers(engineer) == [end - 1, start, end]
    assert numbers(engineer, f"?asset={works.assets['CH-1']}") == [end - 1, start]
    assert numbers(engineer, "?overdue=true") == [end - 1] and numbers(engineer, "?q=OIL") == [end]
    assert numbers(engineer, f"?site={works.slug}&kind=service,maintenance") == [start, end]
    change(engineer, second, state="done")
    assert numbers(engineer, "?state=done,cancelled") == [end - 1]
    page = engineer.get(f"{CASES}?limit=2").json()
    assert page["counts"] == {
        "open": 2, "in_progress": 0, "done": 1, "cancelled": 0, "overdue": 0, "unassigned": 2,
    }  # fmt: skip
    assert numbers(engineer, page["next"].removeprefix(CASES)) == [end - 1]
    assert engineer.get(f"{CASES}?state=closed").json()["parameter"] == "state"
    assert engineer.get(f"{CASES}?asset=a2222222222").status_code == 404
    assert engineer.get(f"{CASES}?site=nowhere").status_code == 404
    device = new_device(engineer)["id"]
    nowhere = send(engineer, "post", CASES, {"title": "Loose", "device": device, "state": "cancelled"}, 201)
    assert numbers(engineer, "?without_site=true") == [nowhere["number"]]
    both = engineer.get(f"{CASES}?without_site=true&site={works.slug}")
    assert both.status_code == 400 and both.json()["parameter"] == "without_site"


def test_a_past_moment_shows_cases_as_they_were(engineer: Client, works: Works, clock: Clock) -> None:
    made = open_case(engineer, works)
    clock.now += 2 * HOUR
    change(engineer, made, state="done")
    clock.now += HOUR
    was = engineer.get(f"{CASES}?at={T + HOUR}").json()
    assert [each["state"] for each in was["results"]] == ["open"] and was["counts"]["open"] == 1
    assert engineer.get(f"{CASES}/{made['id']}?at={T + HOUR}").json()["state"] == "open"
    assert engineer.get(f"{CASES}/{made['id']}?at={T - HOUR}").status_code == 404
    assert numbers(engineer, f"?at={T - HOUR}") == []
    assert engineer.get(f"{CASES}?at={T + 5 * HOUR}").json()["results"][0]["state"] == "done"


def test_cases_are_exported_as_csv(engineer: Client, works: Works) -> None:
    open_case(engineer, works, title='=cmd|" /C calc"')
    open_case(engineer, works)
    response = engineer.get(f"{CASES}?format=csv&limit=1")
    lines = response.content.decode().splitlines()
    assert response["Content-Type"] == "text/csv; charset=utf-8" and len(lines) == 2
    assert "'=cmd" in lines[1] and ",P-1,Its pump,pump," in lines[1]
    rest = engineer.get(response["X-Next-Page"])
    assert len(rest.content.decode().splitlines()) == 2 and not rest.has_header("X-Next-Page")


def test_cases_are_assigned_to_active_members(
    engineer: Client, viewer: Client, works: Works, acme: TenantConnection
) -> None:
    found = engineer.get(f"{CASES}/people").json()
    people = found["results"]
    me = next(each for each in people if each["name"] == "engineer.acme")
    other = next(each for each in people if each["name"] == "viewer.acme")
    assert found["me"] == me["id"] and viewer.get(f"{CASES}/people").status_code == 403
    mine, theirs = open_case(engineer, works, assigned=me["id"]), open_case(engineer, works, assigned=other["id"])
    nobodys = open_case(engineer, works)
    assert mine["assigned"] == me
    assert numbers(engineer, "?assigned=me") == [mine["number"]]
    assert numbers(engineer, f"?assigned={other['id']}") == [theirs["number"]]
    assert numbers(engineer, "?assigned=none") == [nobodys["number"]]
    done = change(engineer, open_case(engineer, works, assigned=other["id"]), state="done")
    row = Membership.objects.get(id=other["id"])
    user = row.user_id
    row.active = False
    row.save()
    assert send(engineer, "post", CASES, {"title": "x", "asset": works.assets["P-1"], "assigned": other["id"]}, 400)
    assert change(engineer, theirs, title="Still theirs")["assigned"] == other
    row.delete()
    before = now_ms()
    discard_personal_data("acme", user)
    now = engineer.get(f"{CASES}/{theirs['id']}").json()
    assert now["assigned"] is None and now["changed"] >= before and now["changed_by"] == ""
    assert engineer.get(f"{CASES}/{theirs['id']}?at={before - 1}").json()["assigned"] == other
    assert engineer.get(f"{CASES}/{done['id']}").json()["assigned"] == other
    assert engineer.get(f"{CASES}/{mine['id']}").json()["assigned"] == me


def test_a_case_stays_when_its_asset_goes_and_goes_with_its_site(
    engineer: Client, works: Works, acme: TenantConnection
) -> None:
    made = open_case(engineer, works, "P-2")
    catalog.delete(acme, ASSETS, works.assets["P-2"], cascade=True)
    left = change(engineer, made, title="Scrapped")
    assert left["asset"] == made["asset"] and left["site"] == works.site
    assert engineer.get(f"{CASES}/{made['id']}").status_code == 200
    catalog.delete(acme, SITES, works.site, cascade=True)
    assert engineer.get(f"{CASES}/{made['id']}").status_code == 404 and numbers(engineer) == []


def test_a_copy_in_memory_is_brought_up_to_date_and_read_again_if_it_is_lost(
    engineer: Client, works: Works, acme: TenantConnection
) -> None:
    made = open_case(engineer, works)
    with repository.log_of(acme).changing([("cases", made["id"])]):  # another process
        documents(acme).change("cases", made["id"], lambda before: {**before, "title": "By another process"})
    assert engineer.get(f"{CASES}/{made['id']}").json()["title"] == "By another process"
    repository._kept.clear()
    assert engineer.get(f"{CASES}/{made['id']}").json()["title"] == "By another process"


def test_a_tenant_has_a_bounded_number_of_bounded_cases(
    engineer: Client, works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = open_case(engineer, works)
    monkeypatch.setattr(repository, "MAX_CASES", 1)
    full = send(engineer, "post", CASES, {"title": "x", "asset": works.assets["P-1"]}, 409)
    assert full["type"] == "/problems/too-many-cases"
    monkeypatch.setattr(repository, "MAX_BYTES", 2_000)
    assert change(engineer, made, 409, description="x" * 3_000)["type"] == "/problems/cases-full"
    assert change(engineer, made, title="shorter")["title"] == "shorter"
