"""The list of alarms over HTTP: what it shows, what people do with alarms, and past moments."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from django.test import Client

from access.models import AuditEntry
from alarms import states
from alarms.journal.drain import write_snapshot
from alarms.machine.model import Sample, Settings
from catalog.models import Asset, Sensor
from catalog.operations import bulk_upsert
from catalog.snapshot import snapshot_of
from kernel.tenancy import TenantConnection
from kernel.times import HOUR, MINUTE, SECOND
from tests.alarms.alarm_world import (
    about,
    change,
    clear_alarm,
    forget_alarms,
    keys,
    raise_alarm,
    write_journal,
)
from tests.historian.plant import add_sensors

ClientFor = Callable[..., Client]
URL = "/api/v1/alarms"
NOW = 1_773_481_320_000  # 2026-03-14T09:42:00Z


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch, acme: TenantConnection) -> None:
    monkeypatch.setattr("alarms.http.views.now_ms", lambda: NOW)
    forget_alarms(acme)


@pytest.fixture
def engineer(client_for: ClientFor, acme: TenantConnection) -> Client:
    return client_for("engineer", acme)


@pytest.fixture
def viewer(client_for: ClientFor, acme: TenantConnection) -> Client:
    return client_for("viewer", acme)


@pytest.fixture
def sensors(acme: TenantConnection) -> list[Sensor]:
    return add_sensors(acme, *[{"unit": "°C"}] * 3)


def plant(tenant: TenantConnection, sensors: list[Sensor], *tags: str) -> list[Asset]:
    """Assets of which each feeds the next."""
    site = sensors[0].site
    bulk_upsert(tenant, "assets", [{"site": site, "tag": tag} for tag in tags])
    links = [{"site": site, "source": a, "target": b, "medium": "chilled water"} for a, b in pairwise(tags)]
    if links:
        bulk_upsert(tenant, "connections", links)
    snapshot = snapshot_of(tenant)
    return [asset for tag in tags if (asset := snapshot.asset(site, tag)) is not None]


def ask(client: Client, status: int = 200, **query: Any) -> Any:
    response = client.get(URL, query)
    assert response.status_code == status, response.content
    return response.json()


def act(client: Client, what: str, status: int = 200, **body: Any) -> Any:
    response = client.post(f"{URL}/{what}", body, "application/json")
    assert response.status_code == status, response.content
    return response.json()


def test_an_active_alarm_says_what_is_wrong(engineer: Client, acme: TenantConnection, sensors: list[Sensor]) -> None:
    [chiller] = plant(acme, sensors, "CH")
    key = raise_alarm(acme, about(sensors[0], chiller), NOW - MINUTE)
    found = ask(engineer)
    [alarm] = found["alarms"]
    assert alarm["key"] == key
    assert alarm["text"] == "17.9 °C over 14.5 °C"
    assert (alarm["condition"], alarm["raised"], alarm["priority"]) == ("unacknowledged", NOW - MINUTE, 2)
    assert alarm["asset"] == {"id": chiller.id, "tag": chiller.tag, "name": chiller.name}
    assert found["counts"] == {
        "active": 1, "unacknowledged": 1, "shelved": 0, "suppressed": 0, "out_of_service": 0,
        "by_priority": [0, 1, 0, 0],
    }  # fmt: skip
    assert found["flood"] is None and found["complete"] and found["at"] == NOW


def test_alarms_are_sorted_by_priority_then_unacknowledged_then_newest(
    engineer: Client, acme: TenantConnection, sensors: list[Sensor]
) -> None:
    first = raise_alarm(acme, about(sensors[0], priority=3), NOW - 3 * MINUTE)
    second = raise_alarm(acme, about(sensors[1], priority=3), NOW - 2 * MINUTE)
    third = raise_alarm(acme, about(sensors[2], priority=1), NOW - MINUTE)
    assert keys(ask(engineer)) == [third, second, first]
    act(engineer, "acknowledge", keys=[second])
    assert keys(ask(engineer)) == [third, first, second]
    assert keys(ask(engineer, sort="raised")) == [third, second, first]


def test_pages_follow_one_another_without_gaps(engineer: Client, acme: TenantConnection, sensors: list[Sensor]) -> None:
    made = [raise_alarm(acme, about(sensor), NOW - place) for place, sensor in enumerate(sensors)]
    first = engineer.get(URL, {"limit": 2}).json()
    second = engineer.get(first["next"]).json()
    assert keys(first) + keys(second) == made
    assert second["next"] is None
    assert engineer.get(URL, {"cursor": ""}).status_code == 400


def test_filters_leave_out_what_does_not_fit(engineer: Client, acme: TenantConnection, sensors: list[Sensor]) -> None:
    [chiller] = plant(acme, sensors, "CH")
    high = raise_alarm(acme, about(sensors[0], chiller, name="Leaving water too warm", priority=1), NOW)
    other = raise_alarm(acme, about(sensors[1]), NOW)
    assert keys(ask(engineer, priority="1")) == [high]
    assert keys(ask(engineer, q="leaving warm")) == [high]
    assert keys(ask(engineer, q=sensors[1].tag)) == [other]
    assert keys(ask(engineer, asset=chiller.id)) == [high]
    assert set(keys(ask(engineer, site=sensors[0].site))) == {high, other}
    assert ask(engineer, asset=chiller.id)["counts"]["active"] == 1
    ask(engineer, 404, site="nowhere")
    ask(engineer, 404, asset="aaaaaaaaaaa")
    ask(engineer, 400, priority="5")
    ask(engineer, 400, sort="colour")
    ask(engineer, 400, view="closed")


def test_an_asset_stands_for_what_it_contains(engineer: Client, acme: TenantConnection, sensors: list[Sensor]) -> None:
    unit, pump, _ = plant(acme, sensors, "AHU", "AHU-P", "AHU-M")
    bulk_upsert(acme, "assets", [{"site": unit.site, "tag": "AHU-P", "parent": "AHU"}])
    bulk_upsert(acme, "assets", [{"site": unit.site, "tag": "AHU-M", "parent": "AHU-P"}])
    _, _, motor = plant(acme, sensors, "AHU", "AHU-P", "AHU-M")
    own, inside = (raise_alarm(acme, about(sensors[k], each), NOW) for k, each in enumerate((unit, motor)))
    raise_alarm(acme, about(sensors[2]), NOW)
    assert set(keys(ask(engineer, asset=unit.id))) == {own, inside}
    assert keys(ask(engineer, asset=pump.id)) == [inside]
    write_journal(acme)
    found = engineer.get("/api/v1/journal", {"asset": unit.id}).json()["transitions"]
    assert {each["key"] for each in found} == {own, inside}
    assert ask(engineer, asset=pump.id, at=NOW)["counts"]["active"] == 1


def test_an_alarm_downstream_is_a_consequence_of_the_one_raised_before(
    engineer: Client, acme: TenantConnection, sensors: list[Sensor]
) -> None:
    chiller, header, coil = plant(acme, sensors, "CH", "HDR", "AHU")
    cause = raise_alarm(acme, about(sensors[0], chiller, name="Chiller tripped", priority=3), NOW - 3 * MINUTE)
    effect = raise_alarm(acme, about(sensors[1], coil, priority=1), NOW - MINUTE)
    found = {alarm["key"]: alarm for alarm in ask(engineer)["alarms"]}
    assert found[effect]["cause"]["key"] == cause
    assert found[effect]["cause"]["name"] == "Chiller tripped"
    assert found[cause]["consequences"] == 1 and found[cause]["cause"] is None
    assert keys(ask(engineer, sort="cause")) == [cause, effect]
    assert header.id not in str(found)


def test_alarms_that_are_normal_again_are_part_of_a_flood(engineer: Client, acme: TenantConnection) -> None:
    [first], [other] = add_sensors(acme, {"unit": "°C"}), add_sensors(acme, {"unit": "°C"})
    for k in range(12):
        raise_alarm(acme, about(first), NOW - 2 * MINUTE + 2 * k * SECOND)
        clear_alarm(acme, about(first), NOW - 2 * MINUTE + (2 * k + 1) * SECOND)
    act(engineer, "acknowledge", keys=[f"alaaaaaaaaaa:{first.id}"])
    raise_alarm(acme, about(other), NOW)
    found = ask(engineer)
    assert len(found["alarms"]) == 1 and found["flood"] == {"since": NOW - 2 * MINUTE, "count": 13}
    assert ask(engineer, site=other.site)["flood"] is None
    assert ask(engineer, site=first.site)["flood"]["count"] == 12
    write_journal(acme)
    then = ask(engineer, at=NOW - MINUTE)
    assert then["flood"] == {"since": NOW - 2 * MINUTE, "count": 12}


def test_what_nobody_was_told_of_makes_no_flood(
    engineer: Client, acme: TenantConnection, sensors: list[Sensor]
) -> None:
    key = raise_alarm(acme, about(sensors[0]), NOW - HOUR)
    act(engineer, "shelve", keys=[key], until=NOW + HOUR, reason="Calibration")
    for k in range(12):
        clear_alarm(acme, about(sensors[0]), NOW - 2 * MINUTE + 2 * k * SECOND)
        raise_alarm(acme, about(sensors[0]), NOW - 2 * MINUTE + (2 * k + 1) * SECOND)
    assert ask(engineer)["flood"] is None


def test_in_a_flood_the_list_is_grouped_by_cause(engineer: Client, acme: TenantConnection) -> None:
    many = add_sensors(acme, *[{"unit": "°C"}] * 12)
    chiller, coil = plant(acme, many, "CH", "AHU")
    cause = raise_alarm(acme, about(many[0], chiller, priority=4), NOW - MINUTE)
    made = [raise_alarm(acme, about(each, coil, priority=2), NOW - (30 - place) * SECOND)
            for place, each in enumerate(many[1:])]  # fmt: skip
    found = ask(engineer)
    assert found["flood"] == {"since": NOW - MINUTE, "count": 12}
    assert found["sort"] == "cause"
    assert keys(found) == [cause, *made]
    assert ask(engineer, sort="priority")["sort"] == "priority"


def test_many_are_acknowledged_at_once_with_a_note_and_a_verdict(
    engineer: Client, acme: TenantConnection, sensors: list[Sensor]
) -> None:
    made = [raise_alarm(acme, about(sensor), NOW - MINUTE) for sensor in sensors]
    done = act(engineer, "acknowledge", keys=made, note="Pump is being changed", verdict="genuine")
    assert done["refused"] == []
    for alarm in done["alarms"]:
        assert alarm["condition"] == "acknowledged"
        assert (alarm["acknowledged"], alarm["acknowledged_by"]) == (NOW, "engineer.acme")
        assert (alarm["note"], alarm["verdict"]) == ("Pump is being changed", "genuine")
    assert ask(engineer)["counts"]["unacknowledged"] == 0
    entry = AuditEntry.objects.get(action="alarms.acknowledge")
    assert entry.detail["count"] == 3 and entry.detail["note"] == "Pump is being changed"


def test_what_cannot_be_done_is_refused_for_each_alarm_and_the_rest_is_done(
    engineer: Client, acme: TenantConnection, sensors: list[Sensor]
) -> None:
    first, second = (raise_alarm(acme, about(sensor), NOW - MINUTE) for sensor in sensors[:2])
    act(engineer, "acknowledge", keys=[first])
    done = act(engineer, "acknowledge", keys=[first, second, "alzzzzzzzzzz:saaaaaaaaaa"])
    assert [alarm["condition"] for alarm in done["alarms"]] == ["acknowledged"] * 2
    assert [refusal["key"] for refusal in done["refused"]] == [first, "alzzzzzzzzzz:saaaaaaaaaa"]
    assert done["refused"][0]["detail"].startswith("Nothing to acknowledge")


def test_a_shelved_alarm_leaves_the_active_ones_until_it_is_unshelved(
    engineer: Client, acme: TenantConnection, sensors: list[Sensor]
) -> None:
    key = raise_alarm(acme, about(sensors[0]), NOW - MINUTE)
    act(engineer, "shelve", keys=[key], until=NOW + HOUR, reason="Calibration")
    assert keys(ask(engineer)) == []
    [alarm] = ask(engineer, view="shelved")["alarms"]
    assert alarm["shelf"] == {"until": NOW + HOUR, "reason": "Calibration", "by": "engineer.acme"}
    assert ask(engineer)["counts"]["shelved"] == 1
    act(engineer, "unshelve", keys=[key])
    assert keys(ask(engineer)) == [key]
    for until in (NOW, NOW + 400 * 24 * HOUR, "soon"):
        act(engineer, "shelve", 400, keys=[key], until=until, reason="Calibration")


def test_an_alarm_out_of_service_is_listed_as_such_and_returns(
    engineer: Client, acme: TenantConnection, sensors: list[Sensor]
) -> None:
    key = raise_alarm(acme, about(sensors[0]), NOW - MINUTE)
    act(engineer, "out-of-service", keys=[key], reason="Transmitter removed")
    [alarm] = ask(engineer, view="out_of_service")["alarms"]
    assert alarm["out_of_service"] == "Transmitter removed" and keys(ask(engineer)) == []
    act(engineer, "in-service", keys=[key])
    assert keys(ask(engineer)) == [key]


def test_a_latched_alarm_is_reset(engineer: Client, acme: TenantConnection, sensors: list[Sensor]) -> None:
    latching = Settings(latching=True, rule_version=1)
    key = raise_alarm(acme, about(sensors[0]), NOW - 3 * MINUTE, settings=latching)
    assert act(engineer, "reset", keys=[key])["refused"][0]["detail"].startswith("It is not latched")
    act(engineer, "acknowledge", keys=[key])
    change(acme, about(sensors[0]), Sample(NOW - MINUTE, False, 14.0, 14.5), settings=latching)
    assert ask(engineer)["alarms"][0]["condition"] == "latched"
    act(engineer, "reset", keys=[key])
    assert states.read(acme, [key])[key].kept is None


def test_a_note_is_kept_with_the_alarm(engineer: Client, acme: TenantConnection, sensors: list[Sensor]) -> None:
    key = raise_alarm(acme, about(sensors[0]), NOW - MINUTE)
    [alarm] = act(engineer, "note", keys=[key], note="Fan belt slips", verdict="false")["alarms"]
    assert (alarm["note"], alarm["verdict"], alarm["condition"]) == ("Fan belt slips", "false", "unacknowledged")


@pytest.mark.parametrize(
    ("what", "more"),
    [
        ("acknowledge", {}),
        ("shelve", {"until": NOW + HOUR, "reason": "x"}),
        ("unshelve", {}),
        ("reset", {}),
        ("out-of-service", {"reason": "x"}),
        ("in-service", {}),
        ("note", {"note": "x"}),
    ],
)
def test_a_viewer_may_do_nothing_with_alarms(
    what: str, more: dict[str, Any], viewer: Client, acme: TenantConnection, sensors: list[Sensor]
) -> None:
    key = raise_alarm(acme, about(sensors[0]), NOW - MINUTE)
    before = states.read(acme, [key])
    act(viewer, what, 403, keys=[key], **more)
    assert states.read(acme, [key]) == before
    assert keys(ask(viewer)) == [key]


def test_another_tenants_engineer_sees_and_changes_nothing(
    client_for: ClientFor, acme: TenantConnection, rival: TenantConnection, sensors: list[Sensor]
) -> None:
    key = raise_alarm(acme, about(sensors[0]), NOW - MINUTE)
    outsider = client_for("engineer", rival)
    assert ask(outsider)["alarms"] == []
    act(outsider, "acknowledge", 404, keys=[key])
    assert outsider.get(URL, headers={"X-Plantrace-Tenant": "acme"}).status_code == 404
    assert states.read(acme, [key])[key].state.condition == "unacknowledged"


def test_past_moments_show_the_alarms_as_they_were(
    engineer: Client, acme: TenantConnection, sensors: list[Sensor]
) -> None:
    first, second = about(sensors[0]), about(sensors[1])
    key = raise_alarm(acme, first, NOW - 5 * HOUR)
    other = raise_alarm(acme, second, NOW - 4 * HOUR)
    write_journal(acme)
    write_snapshot(acme, NOW - 3 * HOUR)
    clear_alarm(acme, first, NOW - 2 * HOUR)
    act(engineer, "acknowledge", keys=[key], note="Seen")
    write_journal(acme)

    def at(hours: float) -> dict[str, Any]:
        return {each["key"]: each for each in ask(engineer, at=int(NOW - hours * HOUR))["alarms"]}

    assert at(6) == {}
    assert set(at(4.5)) == {key}
    assert set(at(3.5)) == {key, other} == set(at(2.5))
    assert at(2.5)[key]["condition"] == "unacknowledged"
    assert at(1)[key]["condition"] == "returned"
    assert at(1)[key]["returned"] == NOW - 2 * HOUR
    assert keys(ask(engineer)) == [other]


def test_names_of_a_past_moment_are_those_of_that_time(
    engineer: Client, acme: TenantConnection, sensors: list[Sensor]
) -> None:
    raise_alarm(acme, about(sensors[0], name="Old name"), NOW - 2 * HOUR)
    write_journal(acme)
    [alarm] = ask(engineer, at=NOW - HOUR)["alarms"]
    assert alarm["name"] == "Old name"
    assert snapshot_of(acme).sensors[sensors[0].id].tag == alarm["target"]["tag"]


@pytest.mark.parametrize(
    "body", [{}, {"keys": []}, {"keys": ["x" * 101]}, {"keys": ["a"] * 501}, {"keys": ["a"], "x": 1}]
)
def test_bodies_that_are_not_valid_are_refused(engineer: Client, body: dict[str, Any]) -> None:
    act(engineer, "acknowledge", 400, **body)


def test_an_alarm_whose_delay_is_still_running_is_not_listed(
    engineer: Client, acme: TenantConnection, sensors: list[Sensor]
) -> None:
    delayed = Settings(on_delay=HOUR, rule_version=1)
    key = raise_alarm(acme, about(sensors[0]), NOW - MINUTE, settings=delayed)
    assert states.read(acme, [key])[key].kept is not None
    assert keys(ask(engineer, view="all")) == []
    assert act(engineer, "acknowledge", keys=[key])["refused"][0]["key"] == key
