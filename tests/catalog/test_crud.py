"""Sites, areas, assets, sensors and connections over HTTP."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.test import Client

from tests.catalog.conftest import created, send

Plant = dict[str, dict[str, Any]]


def test_a_site_is_created_read_changed_and_deleted(engineer: Client) -> None:
    site = created(engineer, "/api/v1/sites", name="Harbour Tower", timezone="Asia/Dubai")
    assert (site["slug"], site["revision"]) == ("harbour-tower", 1)
    assert engineer.get(f"/api/v1/sites/{site['id']}").json() == site
    assert engineer.get("/api/v1/sites/harbour-tower").json() == site
    changed = send(engineer, "PATCH", f"/api/v1/sites/{site['id']}", {"name": "Harbour", "revision": 1})
    assert changed.status_code == 200
    assert changed.json() == {**site, "name": "Harbour", "revision": 2}
    assert engineer.get("/api/v1/sites").json()["results"] == [changed.json()]
    assert engineer.delete(f"/api/v1/sites/{site['id']}").status_code == 204
    assert engineer.get(f"/api/v1/sites/{site['id']}").status_code == 404


def test_references_may_be_names_and_are_answered_as_ids(engineer: Client, plant: Plant) -> None:
    sensor = plant["PT-101"]
    assert sensor["site"] == plant["site"]["id"]
    assert sensor["asset"] == plant["PUMP"]["id"]
    assert plant["PUMP"]["area"] == plant["room"]["id"]
    assert plant["V1>PUMP"]["source"] == plant["V1"]["id"]
    assert sensor["range"] == [0.0, 6.0]
    assert plant["FT-101"]["name"] == "FT-101"


def test_creating_returns_location_and_revision(engineer: Client, plant: Plant) -> None:
    response = send(engineer, "POST", "/api/v1/sensors", {"site": "harbour", "tag": "TT-1"})
    assert response["Location"] == f"/api/v1/sensors/{response.json()['id']}"
    assert response["ETag"] == '"1"'


def test_discrete_and_text_sensors_are_sampled_on_change_by_default(engineer: Client, plant: Plant) -> None:
    state = created(
        engineer, "/api/v1/sensors", site="harbour", tag="STS", kind="discrete", states={"1": "On", "0": "Off"}
    )
    assert state["sampling"] == "on_change"
    assert list(state["states"].items()) == [("0", "Off"), ("1", "On")]
    assert created(engineer, "/api/v1/sensors", site="harbour", tag="MSG", kind="text")["sampling"] == "on_change"
    assert created(engineer, "/api/v1/sensors", site="harbour", tag="T")["sampling"] == "periodic"


def test_put_resets_missing_fields_to_their_defaults(engineer: Client, plant: Plant) -> None:
    sensor = plant["PT-101"]
    response = send(
        engineer, "PUT", f"/api/v1/sensors/{sensor['id']}", {"site": "harbour", "tag": "PT-101", "revision": 1}
    )
    assert response.status_code == 200
    assert (response.json()["unit"], response.json()["range"], response.json()["asset"]) == ("", None, None)
    incomplete = send(engineer, "PUT", f"/api/v1/sensors/{sensor['id']}", {"site": "harbour", "revision": 2})
    assert incomplete.json()["errors"] == [{"field": "tag", "message": "is missing."}]


def test_what_was_read_can_be_put_back_as_it_was(engineer: Client, plant: Plant) -> None:
    for name, path in (
        ("PT-101", "sensors"),
        ("PUMP", "assets"),
        ("V1>PUMP", "connections"),
        ("room", "areas"),
        ("site", "sites"),
    ):
        document = plant[name]
        response = send(engineer, "PUT", f"/api/v1/{path}/{document['id']}", document)
        assert response.status_code == 200, response.content
        assert response.json() == document, "nothing changed, so the revision stays"


def test_a_second_sensor_with_the_same_tag_is_refused_with_the_first(engineer: Client, plant: Plant) -> None:
    response = send(engineer, "POST", "/api/v1/sensors", {"site": "harbour", "tag": "PT-101"})
    assert response.status_code == 409
    assert response.json()["type"] == "/problems/already-exists"
    assert response.json()["current"] == plant["PT-101"]
    created(engineer, "/api/v1/sites", name="Other", timezone="UTC")
    created(engineer, "/api/v1/sensors", site="other", tag="PT-101")


def test_a_tag_cannot_be_changed_to_an_existing_one(engineer: Client, plant: Plant) -> None:
    response = send(engineer, "PATCH", f"/api/v1/sensors/{plant['PT-101']['id']}", {"tag": "FT-101", "revision": 1})
    assert response.status_code == 400
    assert plant["FT-101"]["id"] in response.json()["detail"]


def test_a_name_without_a_derivable_slug_requires_one(engineer: Client) -> None:
    response = send(engineer, "POST", "/api/v1/sites", {"name": "温度", "timezone": "Asia/Shanghai"})
    assert response.json()["errors"] == [
        {"field": "slug", "message": "is missing, and none can be made from the name."}
    ]
    site = created(engineer, "/api/v1/sites", name="温度", slug="wendu", timezone="Asia/Shanghai")
    assert engineer.get("/api/v1/sites?q=温").json()["results"] == [site]


def test_neither_id_nor_site_of_a_document_can_be_changed(engineer: Client, plant: Plant) -> None:
    created(engineer, "/api/v1/sites", name="Other", timezone="UTC")
    path = f"/api/v1/sensors/{plant['PT-101']['id']}"
    for fields, field in (
        ({"id": plant["FT-101"]["id"]}, "id"),
        ({"site": "other"}, "site"),
        ({"site": "nowhere"}, "site"),
    ):
        response = send(engineer, "PATCH", path, {**fields, "revision": 1})
        assert [error["field"] for error in response.json()["errors"]] == [field]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"{",
        b"[" * 100_000,
        b'{"a":' * 5000 + b"1" + b"}" * 5000,
        b"\xff",
        b'{"tag":"\\ud800"}',
        b'{"range":[NaN,1]}',
    ],
    ids=["empty", "null", "open", "brackets", "deep", "bytes", "surrogate", "nan"],
)
def test_a_body_that_is_not_a_json_object_is_refused_clearly(engineer: Client, body: bytes) -> None:
    for path in ("/api/v1/sensors", "/api/v1/sensors/bulk"):
        response = engineer.generic("POST", path, body, content_type="application/json")
        assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")


def test_a_stale_change_gets_409_and_the_current_document(engineer: Client, plant: Plant) -> None:
    path = f"/api/v1/sensors/{plant['PT-101']['id']}"
    current = send(engineer, "PATCH", path, {"name": "Riser pressure", "revision": 1}).json()
    stale = send(engineer, "PATCH", path, {"name": "Pump pressure", "revision": 1})
    assert stale.status_code == 409
    assert stale.json()["type"] == "/problems/stale-revision"
    assert stale.json()["current"] == current
    assert send(engineer, "PATCH", path, {"unit": "kPa"}, **{"If-Match": '"2"'}).json()["unit"] == "kPa"
    assert send(engineer, "PATCH", path, {"unit": "kPa"}, **{"If-Match": '"2"'}).status_code == 409
    assert send(engineer, "DELETE", f"{path}?revision=1").status_code == 409


def test_a_change_without_a_revision_is_rejected(engineer: Client, plant: Plant) -> None:
    response = send(engineer, "PATCH", f"/api/v1/sensors/{plant['PT-101']['id']}", {"name": "x"})
    assert (response.status_code, response.json()["type"]) == (400, "/problems/revision-missing")


@pytest.mark.django_db(transaction=True)
def test_of_four_racing_changes_exactly_one_wins_in_each_round(tenant: Any, plant: Plant) -> None:
    from catalog import operations
    from catalog.kinds import SENSORS
    from kernel.errors import Conflict

    id = plant["PT-101"]["id"]
    for round_ in range(1, 26):
        outcomes: list[Any] = []

        def change(writer: int, revision: int = round_, outcomes: list[Any] = outcomes) -> None:
            try:
                outcomes.append(operations.change(tenant, SENSORS, id, {"name": f"{revision}/{writer}"}, revision))
            except Conflict as conflict:
                outcomes.append(conflict)

        threads = [threading.Thread(target=change, args=(writer,)) for writer in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        [winner] = [outcome for outcome in outcomes if isinstance(outcome, tuple)]
        losers = [outcome for outcome in outcomes if isinstance(outcome, Conflict)]
        assert len(losers) == 3
        assert all(loser.extra["current"] == winner[1] for loser in losers)


@pytest.mark.django_db(transaction=True)
def test_of_four_racing_creates_of_one_tag_exactly_one_wins(tenant: Any, plant: Plant) -> None:
    from catalog import operations
    from catalog.kinds import SENSORS
    from kernel.errors import Conflict

    for round_ in range(10):
        outcomes: list[Any] = []

        def create(tag: str = f"TT-{round_}", outcomes: list[Any] = outcomes) -> None:
            try:
                outcomes.append(operations.create(tenant, SENSORS, {"site": "harbour", "tag": tag}))
            except Conflict:
                outcomes.append(None)

        threads = [threading.Thread(target=create) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sum(outcome is not None for outcome in outcomes) == 1


def test_a_site_with_sensors_is_deleted_only_with_all_its_dependents(engineer: Client, plant: Plant) -> None:
    path = f"/api/v1/sites/{plant['site']['id']}"
    refused = engineer.delete(path)
    assert refused.status_code == 409
    assert refused.json()["type"] == "/problems/in-use"
    assert "1 area, 4 assets, 2 sensors and 4 connections" in refused.json()["detail"]
    assert refused.json()["dependents"]["sensors"] == {"count": 2, "examples": ["PT-101", "FT-101"]}
    assert refused.json()["hanging"] == refused.json()["dependents"], "the former name, for one release"
    assert engineer.get("/api/v1/sensors").json()["count"] == 2
    assert engineer.delete(f"{path}?cascade=true").status_code == 204
    for name in ("sites", "areas", "assets", "sensors", "connections"):
        assert engineer.get(f"/api/v1/{name}").json() == {"results": [], "next": None, "count": 0}


def test_deleting_an_asset_or_an_area_deletes_its_content_and_nothing_else(engineer: Client, plant: Plant) -> None:
    created(engineer, "/api/v1/assets", site="harbour", tag="MOTOR", parent="PUMP")
    created(engineer, "/api/v1/sensors", site="harbour", asset="MOTOR", tag="IT-101", unit="A")
    refused = engineer.delete(f"/api/v1/assets/{plant['PUMP']['id']}")
    assert "1 asset, 2 sensors and 2 connections" in refused.json()["detail"]
    assert engineer.delete(f"/api/v1/assets/{plant['PUMP']['id']}?cascade=1").status_code == 204
    assert {asset["tag"] for asset in engineer.get("/api/v1/assets").json()["results"]} == {"TANK", "V1", "V2"}
    assert [sensor["tag"] for sensor in engineer.get("/api/v1/sensors").json()["results"]] == ["FT-101"]
    assert engineer.get("/api/v1/connections").json()["count"] == 2
    assert engineer.delete(f"/api/v1/areas/{plant['room']['id']}?cascade=1").status_code == 204
    assert engineer.get("/api/v1/assets").json()["count"] == 0
    assert engineer.get("/api/v1/sites").json()["count"] == 1


def test_a_tag_that_was_deleted_can_be_used_again_under_a_new_id(engineer: Client, plant: Plant) -> None:
    assert engineer.delete(f"/api/v1/sensors/{plant['PT-101']['id']}").status_code == 204
    again = created(engineer, "/api/v1/sensors", site="harbour", tag="PT-101")
    assert again["id"] != plant["PT-101"]["id"]
    assert engineer.get(f"/api/v1/sensors/{plant['PT-101']['id']}").status_code == 404


def test_receivers_are_called_before_a_delete_and_can_abort_it(engineer: Client, tenant: Any, plant: Plant) -> None:
    from catalog.signals import removing
    from kernel.errors import Unavailable

    received: list[dict[str, Any]] = []

    def refuse(sender: object, **change: Any) -> None:
        received.append(change)
        raise Unavailable("The samples could not be deleted.")

    removing.connect(refuse)
    try:
        assert engineer.delete(f"/api/v1/sites/{plant['site']['id']}?cascade=1").status_code == 503
    finally:
        removing.disconnect(refuse)
    assert received[0]["site"] == plant["site"]["id"]
    assert set(received[0]["removed"]["sensors"]) == {plant["PT-101"]["id"], plant["FT-101"]["id"]}
    assert engineer.get("/api/v1/sensors").json()["count"] == 2


def test_a_viewer_reads_and_does_not_write(viewer: Client, plant: Plant) -> None:
    path = f"/api/v1/sensors/{plant['PT-101']['id']}"
    assert viewer.get(path).status_code == 200
    assert viewer.get("/api/v1/sensors").json()["count"] == 2
    for method, address in (("POST", "/api/v1/sensors"), ("PATCH", path), ("PUT", path), ("DELETE", path)):
        assert send(viewer, method, address, {"site": "harbour", "tag": "x", "revision": 1}).status_code == 403
    assert send(viewer, "POST", "/api/v1/sensors/bulk", {"items": []}).status_code == 403


def test_anonymous_callers_get_401(plant: Plant) -> None:
    assert Client().get("/api/v1/sensors").status_code == 401


def test_an_outsider_gets_404_for_every_method(outsider: Client, plant: Plant) -> None:
    created(outsider, "/api/v1/sites", name="Rival's", timezone="UTC")
    for name, path in (
        ("PT-101", "sensors"),
        ("PUMP", "assets"),
        ("V1>PUMP", "connections"),
        ("room", "areas"),
        ("site", "sites"),
    ):
        address = f"/api/v1/{path}/{plant[name]['id']}"
        for method in ("GET", "PATCH", "PUT", "DELETE"):
            assert send(outsider, method, address, {"revision": 1}).status_code == 404, (method, address)
    for direction in ("upstream", "downstream"):
        assert outsider.get(f"/api/v1/assets/{plant['PUMP']['id']}/{direction}").status_code == 404
    for name in ("areas", "assets", "sensors", "connections"):
        assert outsider.get(f"/api/v1/{name}").json()["count"] == 0
        assert outsider.get(f"/api/v1/{name}?site={plant['site']['id']}").status_code == 404
    refused = send(outsider, "POST", "/api/v1/sensors", {"site": plant["site"]["id"], "tag": "x"})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "site")
    own = send(outsider, "POST", "/api/v1/sensors", {"site": "rival-s", "asset": plant["PUMP"]["id"], "tag": "x"})
    assert (own.status_code, own.json()["errors"][0]["field"]) == (400, "asset")


@pytest.mark.django_db(transaction=True)
def test_each_change_is_audited(engineer: Client, plant: Plant) -> None:
    from web.audit import audited

    received: list[dict[str, Any]] = []

    def hear(sender: object, **change: Any) -> None:
        received.append(change)

    audited.connect(hear)
    try:
        path = f"/api/v1/sensors/{plant['PT-101']['id']}"
        send(engineer, "PATCH", path, {"unit": "kPa", "revision": 1})
        engineer.delete(path)
    finally:
        audited.disconnect(hear)
    assert [(entry["action"], entry["target"]) for entry in received] == [
        ("sensor.update", plant["PT-101"]["id"]),
        ("sensor.delete", plant["PT-101"]["id"]),
    ]
    assert received[0]["detail"]["changes"] == {"unit": ["bar", "kPa"]}
    assert received[0]["username"].startswith("engineer")
