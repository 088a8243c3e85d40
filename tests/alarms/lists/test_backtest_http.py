"""Back-tests over HTTP; a bad actor is made quieter by a proposal that is simulated and applied."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from access.models import AuditEntry
from catalog.models import Sensor
from kernel.tenancy import TenantConnection
from kernel.times import DAY, MINUTE
from tests.historian.plant import NOW, add_sensors, write

ClientFor = Callable[..., Client]
RULES, PERFORMANCE = "/api/v1/rules", "/api/v1/alarms/performance"
START = NOW - 2 * DAY


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    for views in ("backtest_views", "rule_views"):
        monkeypatch.setattr(f"alarms.http.{views}.now_ms", lambda: NOW)


@pytest.fixture
def engineer(client_for: ClientFor, acme: TenantConnection) -> Client:
    return client_for("engineer", acme)


@pytest.fixture
def nervous(acme: TenantConnection) -> Sensor:
    """Above 14.5 for one minute of every ten, and once for three hours, into which 18 of those fall and one more."""
    [sensor] = add_sensors(acme, {"unit": "°C"})
    minutes = range(DAY // MINUTE)
    values = [20.0 if 600 <= place < 780 else 15.0 if place % 10 == 0 else 12.0 for place in minutes]
    write(acme, sensor, [(START + place * MINUTE, value) for place, value in enumerate(values)])
    return sensor


def rule(sensor: Sensor, **more: Any) -> dict[str, Any]:
    trigger = {"kind": "limit", "side": "high", "limit": 14.5}
    return {"name": f"High {sensor.id}", "applies": {"sensors": [sensor.id]}, "trigger": trigger, **more}


def post(client: Client, path: str, body: Any, status: int = 200) -> Any:
    response = client.post(path, body, "application/json")
    assert response.status_code == status, response.content
    return response.json()


def test_a_back_test_counts_what_a_rule_would_have_raised(engineer: Client, nervous: Sensor) -> None:
    found = post(engineer, f"{RULES}/backtest", {"rule": rule(nervous), "start": START, "end": START + DAY})
    assert (found["count"], found["shorter_than_2_min"], found["complete"]) == (126, 125, True)
    assert found["targets"][0]["target"]["id"] == nervous.id
    delayed = {"rule": rule(nervous, on_delay_s=120), "start": START, "end": START + DAY}
    assert post(engineer, f"{RULES}/backtest", delayed)["count"] == 1
    assert engineer.get(RULES, {"q": nervous.id}).json()["results"] == [], "nothing is stored"


def test_a_rule_that_applies_to_nothing_is_refused(engineer: Client, nervous: Sensor) -> None:
    wrong = rule(nervous, applies={"sensors": ["TT-nowhere"]})
    answer = post(engineer, f"{RULES}/backtest", {"rule": wrong, "start": START, "end": NOW}, 400)
    assert answer["errors"][0]["field"].startswith("rule.applies.sensors")
    post(engineer, f"{RULES}/backtest", {"rule": rule(nervous), "start": NOW, "end": NOW}, 400)


def test_a_proposal_is_simulated_and_applied_with_one_request(engineer: Client, nervous: Sensor) -> None:
    made = post(engineer, RULES, rule(nervous, enabled=True), 201)
    key = f"{made['id']}:{nervous.id}"
    found = engineer.get(f"{PERFORMANCE}/proposal", {"key": key}).json()
    assert found["before"] == {"raised": 126, "shorter_than_2_min": 125}
    assert found["after"]["raised"] <= 126 / 5 and found["lost"] == 0
    body = {"key": key, "change": found["change"], "revision": found["revision"]}
    changed = post(engineer, f"{PERFORMANCE}/apply", body)
    assert changed["version"] == 2 and changed["overrides"][0]["target"] == nervous.id
    entry = AuditEntry.objects.get(action="alarm-rules.quieten")
    assert (entry.target, entry.detail["target"], entry.detail["version"]) == (made["id"], nervous.id, 2)
    versions = engineer.get(f"{RULES}/{made['id']}/versions").json()["results"]
    assert versions[0]["content"]["note"] == "Proposed by the performance page"
    post(engineer, f"{PERFORMANCE}/apply", body, 409)
    content = {name: value for name, value in changed.items() if name in versions[0]["content"]}
    again = post(engineer, f"{RULES}/backtest", {"rule": content, "start": START, "end": START + DAY})
    assert again["count"] == found["after"]["raised"]


def test_a_proposal_of_another_tenants_alarm_is_not_found(
    engineer: Client, client_for: ClientFor, rival: TenantConnection, nervous: Sensor
) -> None:
    made = post(engineer, RULES, rule(nervous), 201)
    outsider, key = client_for("engineer", rival), f"{made['id']}:{nervous.id}"
    assert outsider.get(f"{PERFORMANCE}/proposal", {"key": key}).status_code == 404
    body = {"key": key, "change": {"on_delay_s": 30}, "revision": 1}
    post(outsider, f"{PERFORMANCE}/apply", body, 404)
    assert engineer.get(f"{PERFORMANCE}/proposal", {"key": "alzzzzzzzzzz:x"}).status_code == 404
    post(engineer, f"{PERFORMANCE}/apply", {**body, "change": {}}, 400)
