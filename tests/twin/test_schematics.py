"""Schematics over HTTP, with real servers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.test import Client

from kernel.errors import Conflict
from kernel.tenancy import TenantConnection
from tests.twin.conftest import DRAWING, HOUR, MINUTE, NOON, Plant
from twin import operations, repository
from twin.overlays import Overlays, SensorAlarmRun, SensorAlarms, overlays

ClientFor = Callable[..., Client]
BASE = "/api/v1/schematics"


@pytest.fixture
def engineer(client_for: ClientFor, acme: TenantConnection) -> Client:
    return client_for("engineer", acme)


def create(client: Client, plant: Plant, name: str = "Feed water", **more: Any) -> Any:
    body = {"site": "works", "name": name, "drawing": plant.drawing(), **more}
    return client.post(BASE, body, content_type="application/json")


@pytest.fixture
def schematic(engineer: Client, plant: Plant) -> dict[str, Any]:
    response = create(engineer, plant)
    assert response.status_code == 201, response.content
    created: dict[str, Any] = response.json()
    return created


def update(client: Client, id: str, **body: Any) -> Any:
    return client.put(f"{BASE}/{id}", body, content_type="application/json")


def test_a_first_drawing_has_always_been_valid(engineer: Client, plant: Plant, schematic: dict[str, Any]) -> None:
    read = engineer.get(f"{BASE}/{schematic['id']}?at=0").json()
    assert read == schematic
    assert read["version"]["version"] == 1 and read["version"]["valid_from"] == 0
    assert read["version"]["author"] == "engineer.acme"
    assert read["drawing"]["placements"][0]["asset"] == plant.assets["P-1"]
    listed = engineer.get(f"{BASE}?site=works").json()["results"]
    assert [one["name"] for one in listed] == ["Feed water"]
    assert "drawing" not in listed[0]


def test_each_moment_has_its_version(engineer: Client, plant: Plant, schematic: dict[str, Any]) -> None:
    id = schematic["id"]
    later = plant.drawing(texts=[{"id": "x", "x": 0, "y": 0, "text": "rebuilt"}])
    response = update(engineer, id, drawing=later, revision=1, valid_from="2026-03-14T12:00:00Z", note="rebuilt")
    assert response.status_code == 200, response.content
    assert response.json()["revision"] == 2
    before = engineer.get(f"{BASE}/{id}?at={NOON - 1}").json()
    after = engineer.get(f"{BASE}/{id}?at={NOON}").json()
    assert (before["version"]["version"], after["version"]["version"]) == (1, 2)
    assert before["drawing"]["texts"] == [] and after["drawing"]["texts"][0]["text"] == "rebuilt"
    assert [version["valid_from"] for version in after["versions"]] == [0, NOON]


def test_a_new_version_is_valid_from_now_on(engineer: Client, plant: Plant, schematic: dict[str, Any]) -> None:
    answer = update(engineer, schematic["id"], drawing=plant.drawing(width=700), revision=1).json()
    assert answer["version"]["valid_from"] == answer["version"]["created"] > NOON


def test_before_the_first_version_there_is_none(engineer: Client, plant: Plant) -> None:
    id = create(engineer, plant, valid_from=NOON).json()["id"]
    response = engineer.get(f"{BASE}/{id}/frame?at={NOON - 1}")
    assert response.status_code == 404
    assert response.json()["type"] == "/problems/no-drawing-yet"
    assert response.json()["first"] == NOON


def test_a_change_from_an_old_revision_gets_the_current_one(
    engineer: Client, plant: Plant, schematic: dict[str, Any]
) -> None:
    id = schematic["id"]
    assert update(engineer, id, drawing=plant.drawing(width=601), revision=1).status_code == 200
    response = update(engineer, id, drawing=plant.drawing(width=602), revision=1)
    assert response.status_code == 409
    assert response.json()["current"]["revision"] == 2
    assert update(engineer, id, drawing=plant.drawing()).status_code == 400
    kept = engineer.put(
        f"{BASE}/{id}", {"drawing": plant.drawing()}, content_type="application/json", headers={"If-Match": '"2"'}
    )
    assert kept.status_code == 200


@pytest.mark.django_db(transaction=False)
def test_of_four_writers_one_wins(acme: TenantConnection, plant: Plant) -> None:
    created = operations.create(acme, "works", "Race", plant.drawing(), author="", now=NOON)

    def write(width: int) -> bool:
        try:
            drawing = plant.drawing(width=width)
            operations.add_version(acme, created.id, drawing, author="", now=NOON, revision=created.revision)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(write, range(500, 504))) == 1
    assert len(repository.get(acme, created.id).versions) == 2


def test_all_errors_of_a_drawing_are_reported_and_nothing_is_stored(engineer: Client, plant: Plant) -> None:
    response = create(engineer, plant, drawing=DRAWING)  # tags instead of ids
    assert response.status_code == 400
    assert {error["field"] for error in response.json()["errors"]} == {
        "placements[0].asset",
        "placements[0].slots.run.sensor",
        "tags[0].sensor",
    }
    assert engineer.get(BASE).json()["results"] == []


def test_the_list_is_by_name_and_paged(engineer: Client, plant: Plant) -> None:
    for name in ("Steam", "air", "Chilled water"):
        assert create(engineer, plant, name=name).status_code == 201
    first = engineer.get(f"{BASE}?limit=2").json()
    assert [one["name"] for one in first["results"]] == ["air", "Chilled water"]
    rest = engineer.get(first["next"]).json()
    assert [one["name"] for one in rest["results"]] == ["Steam"] and rest["next"] is None
    assert engineer.get(f"{BASE}?site=nowhere").status_code == 404


def test_names_are_unique_in_a_site(engineer: Client, plant: Plant, schematic: dict[str, Any]) -> None:
    response = create(engineer, plant)
    assert response.status_code == 409
    assert response.json()["current"]["id"] == schematic["id"]
    assert create(engineer, plant, name=" ").status_code == 400
    assert create(engineer, plant, name="x", site="nowhere").status_code == 404


def test_of_two_schematics_renamed_to_one_name_at_once_one_gets_it(
    engineer: Client, acme: TenantConnection, plant: Plant
) -> None:
    ids = [create(engineer, plant, name=name).json()["id"] for name in ("One", "Two")]
    for attempt in range(4):

        def rename(id: str, name: str = f"Same {attempt}") -> bool:
            try:
                operations.add_version(acme, id, plant.drawing(), author="x", now=NOON, revision=None, name=name)
            except Conflict as error:
                assert error.problem == "name-taken"
                return False
            return True

        with ThreadPoolExecutor(2) as both:
            assert sorted(both.map(rename, ids)) == [False, True]


def test_a_frame_has_every_bound_value_as_of_the_moment(
    engineer: Client, plant: Plant, schematic: dict[str, Any]
) -> None:
    at = NOON + 30 * MINUTE + 20_000
    frame = engineer.get(f"{BASE}/{schematic['id']}/frame?at={at}").json()
    assert (frame["at"], frame["live"]) == (at, False)
    values = {value["sensor"]: value for value in frame["values"]}
    flow, state = values[plant.sensors["FT-1"]], values[plant.sensors["P1-STS"]]
    assert (flow["v"], flow["t"], flow["age"], flow["stale"]) == (30.0, at - 20_000, 20_000, False)
    assert (state["v"], state["t"]) == (0.0, NOON)
    assert frame["drawing"] == schematic["drawing"]
    assert frame["alarms"] == {} and "predictions" not in frame


def test_a_live_frame_may_leave_the_drawing_out(engineer: Client, schematic: dict[str, Any]) -> None:
    frame = engineer.get(f"{BASE}/{schematic['id']}/frame?drawing=false").json()
    assert frame["live"] is True and "drawing" not in frame
    assert len(frame["values"]) == 2
    assert frame["version"]["version"] == 1


def test_a_deleted_sensor_is_reported_as_deleted(
    engineer: Client, client_for: ClientFor, acme: TenantConnection, plant: Plant, schematic: dict[str, Any]
) -> None:
    sensor = plant.sensors["FT-1"]
    assert client_for("admin", acme).delete(f"/api/v1/sensors/{sensor}").status_code == 204
    frame = engineer.get(f"{BASE}/{schematic['id']}/frame?at={NOON}").json()
    value = next(value for value in frame["values"] if value["sensor"] == sensor)
    assert (value["v"], value["reason"]) == (None, "no such sensor any more")
    run = engineer.get(f"{BASE}/{schematic['id']}/playback?start={NOON}&end={NOON + HOUR}&frames=3").json()
    assert sensor not in run["columns"]


def test_playback_agrees_with_frames(engineer: Client, plant: Plant, schematic: dict[str, Any]) -> None:
    id, start, end = schematic["id"], NOON - HOUR, NOON + 2 * HOUR
    run = engineer.get(f"{BASE}/{id}/playback?start={start}&end={end}&frames=13").json()
    assert run["t"] == list(range(start, end + 1, 15 * MINUTE))
    for index, at in enumerate(run["t"]):
        frame = engineer.get(f"{BASE}/{id}/frame?at={at}&drawing=0").json()
        for value in frame["values"]:
            assert run["columns"][value["sensor"]][index] == value["v"], (at, value)


def test_playback_marks_the_versions_in_its_range(engineer: Client, plant: Plant, schematic: dict[str, Any]) -> None:
    id = schematic["id"]
    update(engineer, id, drawing=plant.drawing(tags=[]), revision=1, valid_from=NOON)
    update(engineer, id, drawing=plant.drawing(), revision=2, valid_from=NOON + 9 * HOUR)
    run = engineer.get(f"{BASE}/{id}/playback?start={NOON - HOUR}&end={NOON + HOUR}&frames=5").json()
    assert run["version"]["version"] == 1
    assert [version["version"] for version in run["versions"]] == [2]
    assert set(run["columns"]) == set(plant.sensors.values())  # the first version still shows the flow


@pytest.mark.parametrize(
    "query",
    ["", "start=1", "start=2&end=1", "start=2026-03-14&end=2", "start=1&end=2&frames=1", "start=1&end=2&frames=9999"],
)
def test_a_wrong_range_is_a_clear_400(engineer: Client, schematic: dict[str, Any], query: str) -> None:
    response = engineer.get(f"{BASE}/{schematic['id']}/playback?{query}")
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"


def test_deleting_removes_every_version(
    engineer: Client, acme: TenantConnection, plant: Plant, schematic: dict[str, Any]
) -> None:
    from web.stores import documents

    id = schematic["id"]
    update(engineer, id, drawing=plant.drawing(width=700), revision=1)
    stale = engineer.delete(f"{BASE}/{id}", headers={"If-Match": "1"})
    assert stale.status_code == 409
    assert engineer.delete(f"{BASE}/{id}").status_code == 204
    assert engineer.get(f"{BASE}/{id}").status_code == 404
    assert documents(acme).find(repository.DRAWINGS, {"schematic": id}) == []


def test_a_viewer_can_read_but_not_change_drawings(
    client_for: ClientFor, acme: TenantConnection, plant: Plant, schematic: dict[str, Any]
) -> None:
    viewer, id = client_for("viewer", acme), schematic["id"]
    assert viewer.get(f"{BASE}/{id}/frame").status_code == 200
    assert create(viewer, plant, name="Mine").status_code == 403
    assert update(viewer, id, drawing=plant.drawing(), revision=1).status_code == 403
    assert viewer.delete(f"{BASE}/{id}").status_code == 403


def test_an_outsider_gets_404_for_every_method(
    client_for: ClientFor, rival: TenantConnection, rival_plant: Plant, plant: Plant, schematic: dict[str, Any]
) -> None:
    outsider, id = client_for("engineer", rival), schematic["id"]
    for path in ("", "/frame", f"/playback?start={NOON}&end={NOON + HOUR}"):
        assert outsider.get(f"{BASE}/{id}{path}").status_code == 404, path
    assert update(outsider, id, drawing=rival_plant.drawing(), revision=1).status_code == 404
    assert outsider.delete(f"{BASE}/{id}").status_code == 404
    assert outsider.get(BASE).json()["results"] == []
    response = create(outsider, rival_plant, drawing=plant.drawing())  # ids of the other tenant
    assert response.status_code == 400
    assert len(response.json()["errors"]) == 3


def test_ensuring_a_drawing_by_tags_twice_changes_nothing(acme: TenantConnection, plant: Plant) -> None:
    first = operations.ensure_schematic(acme, "works", "Demo", DRAWING, 0, now=NOON)
    assert operations.ensure_schematic(acme, "works", "Demo", DRAWING, 0, now=NOON + 1) == first
    changed = operations.ensure_schematic(acme, "works", "Demo", {**DRAWING, "width": 900}, NOON, now=NOON + 2)
    assert changed.id == first.id
    assert [version.valid_from for version in changed.versions] == [0, NOON]
    assert operations.ensure_schematic(acme, "works", "Demo", DRAWING, 0, now=NOON + 3) == changed


def test_deleting_a_site_deletes_its_schematics(
    client_for: ClientFor, acme: TenantConnection, plant: Plant, schematic: dict[str, Any]
) -> None:
    response = client_for("admin", acme).delete(f"/api/v1/sites/{plant.site}?cascade=true")
    assert response.status_code == 204, response.content
    assert repository.find(acme) == []


def test_overlays_are_included_in_a_frame(
    engineer: Client, schematic: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    connected = overlays()  # by config
    request.addfinalizer(lambda: overlays.connect(connected))

    class Standing:
        def states(self, tenant: TenantConnection, sensors: list[str], at: int, now: int) -> dict[str, SensorAlarms]:
            return {sensors[0]: SensorAlarms(2, "unacknowledged", 1, f"al:{at}")}

        def runs(
            self, tenant: TenantConnection, sensors: list[str], frames: Sequence[int], now: int
        ) -> dict[str, list[SensorAlarmRun]]:
            return {sensors[0]: [SensorAlarmRun(0, len(frames), SensorAlarms(2, "acknowledged", 1, "al"))]}

    overlays.connect(Overlays(alarms=Standing()))
    frame = engineer.get(f"{BASE}/{schematic['id']}/frame?at={NOON}").json()
    its = {"priority": 2, "condition": "unacknowledged", "count": 1, "key": f"al:{NOON}"}
    assert list(frame["alarms"].values()) == [its]
    assert "predictions" not in frame
    playback = engineer.get(f"{BASE}/{schematic['id']}/playback?start={NOON}&end={NOON + 1000}&frames=5").json()
    [[run]] = playback["alarms"].values()
    assert (run["start"], run["end"], run["alarms"]["condition"]) == (0, 5, "acknowledged")


def test_the_openapi_schema_types_everything(engineer: Client) -> None:
    paths = engineer.get("/api/schema/?format=json").json()["paths"]
    frame = paths[f"{BASE}/{{id}}/frame"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert frame["properties"]["values"]["items"]["properties"]["stale"]["type"] == "boolean"
    assert set(paths[BASE]) == {"get", "post"}
    assert set(paths[f"{BASE}/{{id}}"]) == {"get", "put", "delete"}
    stored = paths[f"{BASE}/{{id}}"]["put"]["requestBody"]["content"]["application/json"]["schema"]
    assert stored["properties"]["drawing"]["properties"]["pipes"]["items"]["required"]
