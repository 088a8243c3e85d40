"""Corrections over HTTP: permissions, responses, audit trail, and effects on the ladder."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from catalog.snapshot import snapshot_of
from historian.ladder.verify import verify
from ingest.changes import journal_of, purge_expired
from ingest.changes.journal import TTL_S
from jobs import Queue, work
from kernel.tenancy import TenantConnection
from kernel.times import MINUTE
from tests.conftest import ClientFor
from tests.historian.test_ladder_work import settle
from tests.ingest.conftest import Plant
from tests.ingest.corrections_world import World, now
from tests.ingest.test_imports_api import run_import, upload

START = 1_714_521_600_000  # that of the CSV


@pytest.fixture
def engineer(acme: TenantConnection, client_for: ClientFor) -> Client:
    return client_for("engineer", acme)


def post(client: Client, url: str, body: Any = None) -> Any:
    return client.post(url, "" if body is None else body, content_type="application/json")


def imported(plant: Plant, engineer: Client) -> str:
    id: str = upload(engineer, plant).json()["id"]
    run_import(plant.tenant, id)
    return id


def test_an_import_is_previewed_and_undone(plant: Plant, engineer: Client) -> None:
    World(plant).write("TT-102", {START: (99.0, 1)})
    id = imported(plant, engineer)
    wrote = engineer.get(f"/api/v1/imports/{id}/ranges").json()
    sensor = plant.sensor("TT-102").id
    assert wrote["undoable"] is True
    assert {part["sensor"]: (part["start"], part["end"], part["samples"]) for part in wrote["ranges"]} == {
        plant.sensor("TT-101").id: (START, START, 1),
        sensor: (START, START + MINUTE, 2),
    }
    queued = post(engineer, f"/api/v1/imports/{id}/undo", {"dry_run": True})
    assert queued.status_code == 202, queued.content
    work(Queue.long, now)
    seen = engineer.get(queued["Location"]).json()
    assert (seen["state"], seen["dry_run"], seen["target"]) == ("done", True, id)
    assert {name: seen["result"][name] for name in ("removed", "changed", "added", "left")} == {
        "removed": 2, "changed": 1, "added": 0, "left": 0,
    }  # fmt: skip
    assert len(plant.stored("TT-102")) == 2
    assert post(engineer, f"{queued['Location']}/start").status_code == 202
    assert post(engineer, f"{queued['Location']}/undo").status_code == 409
    work(Queue.long, now)
    assert engineer.get(queued["Location"]).json()["result"]["removed"] == 2
    assert (plant.stored("TT-101"), plant.stored("TT-102")) == ({}, {START * 1_000_000: (99.0, 1)})
    assert engineer.get("/api/v1/corrections").json()["results"][0]["result"]["sensors"] == []


def test_an_import_that_failed_or_was_cancelled_is_undone_as_far_as_it_got(
    plant: Plant, engineer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ingest.imports.report import recorder

    def broken(*args: Any) -> None:
        raise OverflowError("too late")

    id = upload(engineer, plant).json()["id"]
    assert post(engineer, f"/api/v1/imports/{id}/undo").status_code == 409, "it has not ended"
    monkeypatch.setattr(recorder.Recorder, "finish", broken)
    run_import(plant.tenant, id)
    assert engineer.get(f"/api/v1/imports/{id}").json()["state"] == "failed"
    assert len(plant.stored("TT-102")) == 2
    assert post(engineer, f"/api/v1/imports/{id}/undo").status_code == 202
    work(Queue.long, now)
    assert plant.stored("TT-102") == {}


def test_samples_are_deleted_by_tag_and_iso_time(plant: Plant, engineer: Client, client_for: ClientFor) -> None:
    imported(plant, engineer)
    span = {"start": "2024-05-01T00:01:00Z", "end": "2024-05-02T00:00Z"}
    body = {"action": "delete", "sensors": [f"{plant.slug}:TT-102"], **span}
    created = post(engineer, "/api/v1/corrections", body).json()
    assert (created["state"], created["start"], created["sensors"]) == (
        "queued",
        START + MINUTE,
        [plant.sensor("TT-102").id],
    )
    work(Queue.long, now)
    assert list(plant.stored("TT-102")) == [START * 1_000_000]
    trail = client_for("admin", plant.tenant).get("/api/v1/audit").json()["results"]
    [entry] = [entry for entry in trail if entry["target"] == created["id"]]
    assert (entry["action"], entry["detail"]["action"], entry["detail"]["end"]) == (
        "correction.create", "delete", START + 1440 * MINUTE,
    )  # fmt: skip


def test_every_change_of_stored_samples_is_in_the_audit_trail(
    plant: Plant, engineer: Client, client_for: ClientFor
) -> None:
    one, other = (plant.sensor(tag).id for tag in ("TT-101", "TT-102"))
    loaded = imported(plant, engineer)
    stopped = upload(engineer, plant).json()["id"]
    assert post(engineer, f"/api/v1/imports/{stopped}/cancel").status_code == 200
    checked = upload(engineer, plant, query="?dry_run=1").json()["id"]
    run_import(plant.tenant, checked)
    assert post(engineer, f"/api/v1/imports/{checked}/start").status_code == 202
    span = {"start": START, "end": START + 1}
    bodies: list[dict[str, Any]] = [
        {"action": "shift", "sensors": [one], **span, "by_ms": 1_000},
        {"action": "swap", "sensors": [one, other], "start": START},
        {"action": "convert", "sensors": [one], **span, "unit": "°F"},
    ]
    created = []
    for body in bodies:
        response = post(engineer, "/api/v1/corrections", {**body, "dry_run": True})
        assert response.status_code == 202, response.content
        created.append(response.json()["id"])
    work(Queue.long, now)
    assert post(engineer, f"/api/v1/corrections/{created[0]}/start").status_code == 202
    assert post(engineer, f"/api/v1/corrections/{created[0]}/cancel").status_code == 200
    undo = post(engineer, f"/api/v1/imports/{loaded}/undo", {"dry_run": True}).json()
    trail = client_for("admin", plant.tenant).get("/api/v1/audit?limit=1000").json()["results"]
    details = {(entry["action"], entry["target"]): entry["detail"] for entry in trail}
    for id, body in zip(created, bodies, strict=True):
        assert body.items() <= details["correction.create", id].items()
    assert details["correction.create", undo["id"]]["target"] == loaded
    assert {("import.cancel", stopped), ("import.start", checked)} <= details.keys()
    assert {("correction.start", created[0]), ("correction.cancel", created[0])} <= details.keys()


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ({"action": "delete"}, "sensors"),
        ({"action": "erase", "sensors": ["x"]}, "erase"),
        ({"action": "delete", "sensors": ["nope"], "start": 1, "end": 2}, "not a sensor here"),
        ({"action": "delete", "sensors": ["x:y"], "start": 1, "end": 2}, "not a sensor here"),
        ({"action": "delete", "sensors": [], "start": 1, "end": 2}, "length"),
        ({"action": "shift", "sensors": ["x"], "by_ms": 1e300}, "by_ms"),
        ({"action": "shift", "sensors": ["x"], "by": 1}, "by"),
    ],
)
def test_errors_are_reported(plant: Plant, engineer: Client, body: dict[str, Any], why: str) -> None:
    response = post(engineer, "/api/v1/corrections", body)
    assert (response.status_code, why in response.json()["detail"]) == (400, True), response.content


def test_viewers_see_and_outsiders_see_nothing(plant: Plant, rival: TenantConnection, client_for: ClientFor) -> None:
    engineer = client_for("engineer", plant.tenant)
    source = imported(plant, engineer)
    body = {"action": "delete", "sensors": [plant.sensor("TT-102").id], "start": START, "end": START + 1}
    id = post(engineer, "/api/v1/corrections", body).json()["id"]
    viewer, outsider = client_for("viewer", plant.tenant), client_for("engineer", rival)
    assert viewer.get(f"/api/v1/corrections/{id}").status_code == 200
    for client, status in ((viewer, 403), (outsider, 404)):
        for path in (f"corrections/{id}/start", f"corrections/{id}/cancel", f"corrections/{id}/undo"):
            assert post(client, f"/api/v1/{path}").status_code == status, path
        assert post(client, f"/api/v1/imports/{source}/undo").status_code == status
    assert outsider.get(f"/api/v1/imports/{source}/ranges").status_code == 404
    assert post(outsider, "/api/v1/corrections", body).status_code == 400, "its sensors are none"
    assert post(engineer, f"/api/v1/corrections/{id}/cancel").json()["state"] == "cancelled"
    work(Queue.long, now)
    assert len(plant.stored("TT-102")) == 2


def test_the_ladder_is_right_afterwards(plant: Plant) -> None:
    world, tenant = World(plant), plant.tenant
    sensors = [plant.sensor(tag) for tag in ("TT-101", "TT-102")]
    for offset, sensor in enumerate(sensors):
        world.write(sensor.tag, {START + n * 20_000 + offset: (float(n % 50 + offset), 0) for n in range(3_000)})
    settle(tenant, now())
    id = world.new_import()
    world.write("TT-101", {START + n * 30_000: (500.0, 0) for n in range(1_000)}, journal=id)
    settle(tenant, now())
    world.correct("shift", "TT-101", start=START + 3_000_000, end=START + 9_000_000, by_ms=1_500_000)
    world.correct("swap", "TT-101", "TT-102", start=START + 6_000_000)
    world.correct("delete", "TT-102", start=START, end=START + 2_000_000)
    world.undo(id)
    settle(tenant, now())
    for sensor in sensors:
        assert list(verify(tenant, snapshot_of(tenant).sensors[sensor.id])) == []


def test_journals_are_deleted_after_thirty_days_and_with_the_tenant(plant: Plant) -> None:
    world, id = World(plant), World(plant).new_import()
    world.write("TT-101", {START: (1.0, 0)}, journal=id)
    journal, at = journal_of(plant.tenant, id), now() / 1000
    purge_expired(at + TTL_S - 60, is_gone=lambda name: False)
    assert journal.exists()
    purge_expired(at + TTL_S + 60, is_gone=lambda name: False)
    assert not journal.exists()
    world.write("TT-101", {START: (1.0, 0)}, journal=id)
    purge_expired(at, is_gone=lambda name: name == plant.tenant.documents)
    assert not journal.exists()
