"""Alerts of Prometheus Alertmanager land in the same list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from alarms.journal.drain import drain
from catalog.operations import bulk_upsert
from catalog.snapshot import snapshot_of
from kernel.tenancy import TenantConnection
from kernel.times import HOUR, MINUTE, iso
from tests.alarms.alarm_world import forget_alarms
from tests.historian.plant import add_sensors

ClientFor = Callable[..., Client]
URL = "/api/v1/alertmanager"
NOW = 1_773_481_320_000  # 2026-03-14T09:42:00Z


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch, acme: TenantConnection) -> None:
    for views in ("views", "external_views", "journal_views"):
        monkeypatch.setattr(f"alarms.http.{views}.now_ms", lambda: NOW)
    forget_alarms(acme)


@pytest.fixture
def engineer(client_for: ClientFor, acme: TenantConnection) -> Client:
    return client_for("engineer", acme)


def alert(fingerprint: str = "", status: str = "firing", **more: Any) -> dict[str, Any]:
    return {
        "status": status,
        "labels": {"alertname": "DiskFull", "severity": "warning", "instance": "historian-1:9100", "job": "node"},
        "annotations": {"summary": "Disk of historian-1 is 95 % full"},
        "startsAt": iso(NOW - HOUR),
        "endsAt": "0001-01-01T00:00:00Z" if status == "firing" else iso(NOW - MINUTE),
        "generatorURL": "http://prometheus.example/graph",
        "fingerprint": fingerprint,
        **more,
    }


def send(client: Client, *alerts: dict[str, Any], status: int = 200) -> Any:
    """As Alertmanager 0.27 sends it."""
    body = {
        "receiver": "plantrace", "status": alerts[0]["status"] if alerts else "firing", "alerts": alerts,
        "groupLabels": {"alertname": "DiskFull"}, "commonLabels": {"alertname": "DiskFull"}, "commonAnnotations": {},
        "externalURL": "http://alertmanager.example", "version": "4", "groupKey": '{}:{alertname="DiskFull"}',
        "truncatedAlerts": 0,
    }  # fmt: skip
    response = client.post(URL, body, "application/json")
    assert response.status_code == status, response.content
    return response.json()


def listed(client: Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("/api/v1/alarms").json()["alarms"]
    return found


def test_a_firing_alert_is_an_alarm_until_it_is_resolved_and_acknowledged(
    engineer: Client, acme: TenantConnection
) -> None:
    assert send(engineer, alert("f1")) == {"raised": 1, "resolved": 0, "unchanged": 0}
    [alarm] = listed(engineer)
    assert alarm["key"] == "external:f1"
    assert (alarm["name"], alarm["priority"], alarm["kind"]) == ("DiskFull", 3, "external")
    assert (alarm["text"], alarm["raised"]) == ("Disk of historian-1 is 95 % full", NOW - HOUR)
    assert alarm["target"]["tag"] == "historian-1:9100"
    assert send(engineer, alert("f1", "resolved"))["resolved"] == 1
    [alarm] = listed(engineer)
    assert (alarm["condition"], alarm["returned"]) == ("returned", NOW - MINUTE)
    engineer.post("/api/v1/alarms/acknowledge", {"keys": ["external:f1"]}, "application/json")
    assert listed(engineer) == []
    assert drain(acme) == 3
    journal = engineer.get("/api/v1/journal", {"key": "external:f1"}).json()["transitions"]
    assert [each["what"] for each in journal] == ["acknowledged", "returned", "raised"]


def test_the_same_alert_again_changes_nothing_even_after_its_end(engineer: Client, acme: TenantConnection) -> None:
    send(engineer, alert("f2"))
    assert send(engineer, alert("f2")) == {"raised": 0, "resolved": 0, "unchanged": 1}
    send(engineer, alert("f2", "resolved"))
    engineer.post("/api/v1/alarms/acknowledge", {"keys": ["external:f2"]}, "application/json")
    assert send(engineer, alert("f2", "resolved"))["unchanged"] == 1
    assert send(engineer, alert("f2"))["unchanged"] == 1, "delivered late, it is over already"
    assert listed(engineer) == []
    assert send(engineer, alert("f2", startsAt=iso(NOW - MINUTE + 1)))["raised"] == 1
    assert drain(acme) == 4


def test_labels_place_an_alert_in_the_plant(engineer: Client, acme: TenantConnection) -> None:
    [sensor] = add_sensors(acme, {"unit": "°C"})
    bulk_upsert(acme, "assets", [{"site": sensor.site, "tag": "HIST-1"}])
    slug = snapshot_of(acme).sites[sensor.site].slug
    labels = {"alertname": "Down", "severity": "critical", "site": slug, "asset": "HIST-1"}
    send(engineer, alert("f3", labels=labels))
    [alarm] = listed(engineer)
    assert (alarm["site"], alarm["asset"]["tag"], alarm["priority"]) == (sensor.site, "HIST-1", 1)
    assert engineer.get("/api/v1/alarms", {"site": slug}).json()["counts"]["active"] == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"startsAt": "yesterday"},
        {"fingerprint": "a b"},
        {"fingerprint": ""},
        {"status": "pending"},
        {"labels": {"alertname": "x" * 5_000}},
        {"endsAt": iso(NOW - 2 * HOUR), "status": "resolved"},
        {"silenced": True},
    ],
)
def test_what_is_no_alert_is_refused_as_a_whole(engineer: Client, wrong: dict[str, Any]) -> None:
    send(engineer, alert("f4"), {**alert("f5"), **wrong}, status=400)
    assert listed(engineer) == []


def test_more_alerts_than_a_request_may_have_are_refused(engineer: Client) -> None:
    send(engineer, *[alert(f"f{place}") for place in range(1_001)], status=400)


def test_more_alerts_than_a_tenant_may_have_are_refused(engineer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alarms.external.operations.MAX_EXTERNAL", 2)
    send(engineer, alert("f6"), alert("f7"))
    send(engineer, alert("f8"), status=409)
    assert len(listed(engineer)) == 2


def test_a_token_that_only_reads_sends_no_alerts(client_for: ClientFor, acme: TenantConnection) -> None:
    send(client_for("viewer", acme), alert("f9"), status=403)
