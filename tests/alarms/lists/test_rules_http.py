"""Rules over HTTP: created, listed, changed by revision, deleted; as YAML; and the settings of all alarms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from alarms.tasks import clear_journal
from catalog.models import Sensor
from kernel.tenancy import TenantConnection
from kernel.times import DAY
from tests.alarms.alarm_world import about, forget_alarms, raise_alarm, write_journal
from tests.historian.plant import add_sensors

ClientFor = Callable[..., Client]
URL, SETTINGS = "/api/v1/rules", "/api/v1/alarm-settings"
NOW = 1_773_481_320_000  # 2026-03-14T09:42:00Z


@pytest.fixture
def engineer(client_for: ClientFor, acme: TenantConnection) -> Client:
    return client_for("engineer", acme)


@pytest.fixture
def sensor(acme: TenantConnection) -> Sensor:
    [sensor] = add_sensors(acme, {"unit": "°C"})
    return sensor


def rule(sensor: Sensor, **more: Any) -> dict[str, Any]:
    trigger = {"kind": "limit", "side": "high", "limit": 14.5}
    return {"name": f"High {sensor.id}", "applies": {"sensors": [sensor.id]}, "trigger": trigger, **more}


def make(client: Client, body: dict[str, Any], status: int = 201) -> Any:
    response = client.post(URL, body, "application/json")
    assert response.status_code == status, response.content
    return response.json()


def test_a_rule_is_created_with_the_priority_of_the_matrix(engineer: Client, sensor: Sensor) -> None:
    made = make(engineer, rule(sensor, consequence="severe", urgency="under_3_min"))
    assert (made["priority"], made["version"], made["targets"], made["author"]) == (1, 1, 1, "engineer.acme")
    assert engineer.get(f"{URL}/{made['id']}").json() == made
    assert make(engineer, rule(sensor), 409)["type"] == "/problems/name-taken"


def test_rules_are_found_by_site_words_priority_and_whether_they_are_on(
    engineer: Client, acme: TenantConnection, sensor: Sensor
) -> None:
    [other] = add_sensors(acme, {"unit": "bar"})
    first = make(engineer, rule(sensor, consequence="severe", urgency="under_3_min", owner="Chillers"))
    second = make(engineer, rule(other, enabled=True))

    def found(**query: Any) -> list[str]:
        return [each["id"] for each in engineer.get(URL, {"limit": 1000, **query}).json()["results"]]

    assert found(site=sensor.site) == [first["id"]]
    assert found(site=other.site, enabled="true") == [second["id"]] and found(site=other.site, enabled="false") == []
    assert found(site=sensor.site, priority="1") == [first["id"]] and found(site=sensor.site, priority="2,3") == []
    assert found(site=sensor.site, q="chillers") == [first["id"]]
    assert engineer.get(URL, {"site": "nowhere"}).status_code == 404


def test_a_rule_whose_sensor_was_deleted_says_so(engineer: Client, acme: TenantConnection) -> None:
    kept, sensor = add_sensors(acme, {"unit": "°C"}, {"unit": "°C"})
    both = {"applies": {"site": kept.site, "sensors": [kept.id, sensor.id]}}
    on, off = make(engineer, rule(sensor, enabled=True, **both)), make(engineer, rule(kept, **both))
    expression = {"kind": "expression", "expression": f"{{{sensor.tag}}} > 3 [°C]"}
    other = make(engineer, rule(kept, name=f"Of {sensor.id}", enabled=True, trigger=expression))
    every = [each["id"] for each in (on, off, other)]

    def problems() -> list[str | None]:
        listed = engineer.get(URL, {"limit": 1000}).json()["results"]
        found = {each["id"]: each["problem"] for each in listed if each["id"] in every}
        assert found == {id: engineer.get(f"{URL}/{id}").json()["problem"] for id in every}
        return [found[id] for id in every]

    assert problems() == [None, None, None]
    assert engineer.delete(f"/api/v1/sensors/{sensor.id}").status_code == 204
    named = f"names the sensor {sensor.id}, which was deleted: take it out, or name another one."
    gone, switched_off, unknown = problems()
    assert (gone, switched_off) == (f"applies.sensors[1]: {named}", None)
    assert unknown is not None and unknown.startswith("trigger.expression") and sensor.tag in unknown
    body = rule(sensor, enabled=True, revision=1, applies={"sensors": [kept.id]})
    assert engineer.put(f"{URL}/{on['id']}", body, "application/json").status_code == 200
    assert problems()[0] is None
    for id in every:
        assert engineer.delete(f"{URL}/{id}").status_code == 204


def test_a_change_adds_a_version_and_names_the_revision_it_was_made_from(engineer: Client, sensor: Sensor) -> None:
    made = make(engineer, rule(sensor, note="First"))
    path = f"{URL}/{made['id']}"
    body = rule(sensor, on_delay_s=60, note="It chattered")
    assert engineer.put(path, body, "application/json").status_code == 400, "no revision"
    changed = engineer.put(path, body, "application/json", headers={"If-Match": '"1"'}).json()
    assert (changed["version"], changed["revision"], changed["on_delay_s"]) == (2, 2, 60)
    late = engineer.put(path, {**body, "revision": 1, "on_delay_s": 5}, "application/json")
    assert late.status_code == 409 and late.json()["current"]["on_delay_s"] == 60
    versions = engineer.get(f"{path}/versions").json()["results"]
    assert [(each["version"], each["content"]["note"]) for each in versions] == [(2, "It chattered"), (1, "First")]
    assert engineer.delete(path).status_code == 204
    assert engineer.get(path).status_code == 404


def test_a_viewer_reads_rules_and_changes_none(client_for: ClientFor, acme: TenantConnection, sensor: Sensor) -> None:
    made = make(client_for("engineer", acme), rule(sensor))
    viewer, path = client_for("viewer", acme), f"{URL}/{made['id']}"
    assert viewer.get(path).status_code == 200 and viewer.get(f"{URL}/yaml").status_code == 200
    assert make(viewer, rule(sensor), 403)
    assert viewer.put(path, {**rule(sensor), "revision": 1}, "application/json").status_code == 403
    assert viewer.delete(path).status_code == 403
    assert viewer.post(f"{URL}/yaml", b"rules: []", "application/yaml").status_code == 403


def test_what_is_wrong_with_a_rule_is_named(engineer: Client, sensor: Sensor) -> None:
    answer = make(engineer, rule(sensor, applies={"sensors": ["TT-nowhere"]}), 400)
    assert answer["errors"][0]["field"] == "applies.sensors[0]"
    make(engineer, rule(sensor, trigger={"kind": "limit", "side": "left", "limit": 1}), 400)
    make(engineer, rule(sensor, colour="red"), 400)


def test_an_exported_file_is_imported_again_without_a_change(engineer: Client, sensor: Sensor) -> None:
    make(engineer, rule(sensor))
    exported = engineer.get(f"{URL}/yaml")
    assert exported["Content-Type"].startswith("application/yaml")
    report = engineer.post(f"{URL}/yaml", exported.content, "application/yaml").json()
    assert report["created"] == report["changed"] == report["refused"] == 0 < report["unchanged"]


def test_a_rule_that_names_a_deleted_sensor_says_so_in_its_file_and_when_that_is_imported(
    engineer: Client, acme: TenantConnection
) -> None:
    there, gone = add_sensors(acme, {"unit": "°C"}, {"unit": "°C"})
    made = make(engineer, rule(there, applies={"sensors": [there.id, gone.id]}))
    assert engineer.delete(f"/api/v1/sensors/{gone.id}").status_code == 204
    text = engineer.get(f"{URL}/yaml", {"site": there.site}).content.decode()
    first, second, *_ = text.splitlines()
    assert first.startswith("# These rules name what was deleted.")
    assert second == f"#   {made['name']}: sensor {gone.id}"
    refused = engineer.post(f"{URL}/yaml", text.encode(), "application/yaml")
    assert refused.status_code == 400 and refused.json()["errors"][0]["field"] == made["name"]
    assert f"names the sensor {gone.id}, which was deleted" in refused.json()["detail"]
    mended = "\n".join(line for line in text.splitlines() if gone.id not in line)
    report = engineer.post(f"{URL}/yaml?dry_run=true", mended.encode(), "application/yaml").json()
    assert report["refused"] == 0 and report["changed"] == 1
    assert engineer.delete(f"{URL}/{made['id']}").status_code == 204


def test_a_dry_run_reports_every_rule_and_stores_nothing(engineer: Client, sensor: Sensor) -> None:
    good = f'- {{name: "New {sensor.id}", applies: {{sensors: [{sensor.id}]}}, trigger: {{kind: stale, after_s: 60}}}}'
    bad = '- {name: "Broken", applies: {sensors: [TT-nowhere]}, trigger: {kind: stale, after_s: 60}}'
    text = f"rules:\n{good}\n{bad}\n".encode()
    report = engineer.post(f"{URL}/yaml?dry_run=true", text, "application/yaml").json()
    assert [each["what"] for each in report["rules"]] == ["created", "refused"] and report["dry_run"]
    assert "TT-nowhere" in report["rules"][1]["detail"]
    refused = engineer.post(f"{URL}/yaml", text, "application/yaml")
    assert refused.status_code == 400 and refused.json()["errors"][0]["field"] == "Broken"
    assert engineer.get(URL, {"q": f"new {sensor.id}"}).json()["results"] == []
    stored = engineer.post(f"{URL}/yaml", f"rules:\n{good}\n".encode(), "application/yaml").json()
    assert stored["created"] == 1
    assert len(engineer.get(URL, {"q": f"new {sensor.id}"}).json()["results"]) == 1


@pytest.mark.parametrize("text", [b"\xff", b"rules: 5", b"a: &a [1]\nrules: *a", b"{" * 5_000, b"- x"])
def test_files_that_are_no_rules_are_refused(engineer: Client, text: bytes) -> None:
    assert engineer.post(f"{URL}/yaml", text, "application/yaml").status_code == 400


def test_the_matrix_and_the_journals_retention_are_set_by_an_admin(
    client_for: ClientFor, acme: TenantConnection, sensor: Sensor
) -> None:
    admin, engineer = client_for("admin", acme), client_for("engineer", acme)
    before = engineer.get(SETTINGS).json()
    made = make(engineer, rule(sensor, consequence="minor", urgency="over_30_min"))
    matrix = {**before["matrix"], "minor": {**before["matrix"]["minor"], "over_30_min": 2}}
    wanted = {"matrix": matrix, "journal_days": 30}
    assert engineer.put(SETTINGS, wanted, "application/json").status_code == 403
    assert admin.put(SETTINGS, wanted, "application/json").json() == wanted
    assert engineer.get(f"{URL}/{made['id']}").json()["priority"] == 2
    forget_alarms(acme)
    raise_alarm(acme, about(sensor), NOW - 40 * DAY)
    raise_alarm(acme, about(sensor, rule="albbbbbbbbbb"), NOW - 20 * DAY)
    write_journal(acme)
    clear_journal(acme, NOW)
    left = engineer.get("/api/v1/journal").json()["transitions"]
    assert [each["t"] for each in left] == [NOW - 20 * DAY]
    assert admin.put(SETTINGS, before, "application/json").status_code == 200
