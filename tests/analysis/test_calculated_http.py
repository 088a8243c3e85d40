"""Calculated series over HTTP: made, changed, found, read and deleted."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from catalog import operations as catalog
from catalog.history import History
from catalog.kinds import SENSORS, SITES
from catalog.models import Sensor
from kernel.tenancy import TenantConnection
from kernel.times import DAY, MINUTE
from stores.documents import Database
from tests.historian.plant import NOW, START, add_sensors, every_minute, write
from web.stores import documents

ClientFor = Callable[..., Client]
URL = "/api/v1/calculated"


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analysis.calculated.views.now_ms", lambda: NOW)


@pytest.fixture
def engineer(client_for: ClientFor, acme: TenantConnection) -> Client:
    return client_for("engineer", acme)


@pytest.fixture
def sensors(acme: TenantConnection) -> list[Sensor]:
    """Supply and return."""
    return add_sensors(acme, {"unit": "°C"}, {"unit": "°C"})


def make(client: Client, sensors: list[Sensor], **content: Any) -> dict[str, Any]:
    content = {"site": sensors[0].site, "name": "Spread", "expression": "{TT-0} - {TT-1}", **content}
    response = client.post(URL, content, "application/json")
    assert response.status_code == 201, response.json()
    found: dict[str, Any] = response.json()
    return found


def samples(client: Client, id: str, **query: Any) -> Any:
    return client.get(f"{URL}/{id}/samples", {"start": START, "end": START + 2 * MINUTE, **query})


def problem(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["type"].rpartition("/")[2]


def test_a_series_has_a_unit_and_its_sensors(engineer: Client, sensors: list[Sensor]) -> None:
    made = make(engineer, sensors, description="Of the chilled water")
    assert (made["unit"], made["site"], made["revision"]) == ("K", sensors[0].site, 1)
    [version] = made["versions"]
    assert version["operands"] == [
        {"name": "TT-0", "sensor": sensors[0].id},
        {"name": "TT-1", "sensor": sensors[1].id},
    ]
    response = engineer.get(f"{URL}/{made['id']}")
    assert response.json() == made and response["ETag"] == '"1"'


def test_it_is_read_as_a_sensor_is(engineer: Client, acme: TenantConnection, sensors: list[Sensor]) -> None:
    write(acme, sensors[0], every_minute([12.0, 13.0]))
    write(acme, sensors[1], every_minute([7.0, 7.5]))
    made = make(engineer, sensors)
    found = samples(engineer, made["id"]).json()
    assert (found["sensor"], found["t"], found["v"]) == (made["id"], [START, START + MINUTE], [5.0, 5.5])
    assert (found["method"], found["rung"], found["gaps"], found["complete"]) == ("minmax", "raw", [], True)
    assert found["stats"] == {"count": 2, "min": 5.0, "max": 5.5, "mean": 5.25}
    band = samples(engineer, made["id"], method="band").json()
    assert band["max"] == [5.0, 5.5]


def test_it_is_read_among_sensors(engineer: Client, acme: TenantConnection, sensors: list[Sensor]) -> None:
    """With the same requests: a chart, a value as of a moment."""
    write(acme, sensors[0], every_minute([12.0, 13.0]))
    write(acme, sensors[1], every_minute([7.0, 7.5]))
    id = make(engineer, sensors)["id"]
    span = {"start": START, "end": START + 2 * MINUTE}
    query = {"sensors": [sensors[1].id, id, sensors[0].id], **span}
    results = engineer.post("/api/v1/samples/query", query, "application/json").json()["results"]
    assert [(each["sensor"], each["v"]) for each in results] == [
        (sensors[1].id, [7.0, 7.5]), (id, [5.0, 5.5]), (sensors[0].id, [12.0, 13.0])
    ]  # fmt: skip
    assert engineer.get(f"/api/v1/sensors/{id}/samples", span).json()["v"] == [5.0, 5.5]
    for method in ("raw", "inc"):
        refused = engineer.get(f"/api/v1/sensors/{id}/samples", {**span, "method": method})
        assert problem(refused) == (400, "method-does-not-fit")
    at = START + MINUTE + 1000
    values = engineer.get("/api/v1/values", {"sensors": f"{id},{sensors[0].id}", "at": at}).json()["values"]
    assert [(value["sensor"], value["v"], value["age"]) for value in values] == [
        (id, 5.5, 1000),
        (sensors[0].id, 13.0, 1000),
    ]
    [late] = engineer.get("/api/v1/values", {"sensors": id, "at": at + 10 * MINUTE}).json()["values"]
    assert late["v"] is None and late["stale"] and late["reason"]


def test_csv_is_named_after_the_series(engineer: Client, acme: TenantConnection, sensors: list[Sensor]) -> None:
    write(acme, sensors[0], every_minute([12.0]))
    write(acme, sensors[1], every_minute([7.0]))
    made = make(engineer, sensors, name="=Spread of CH-1")
    response = samples(engineer, made["id"], format="csv")
    assert response["Content-Disposition"] == 'attachment; filename="Spread_of_CH-1.csv"'
    rows = list(csv.reader(io.StringIO(response.content.decode())))
    assert rows == [["time", "'=Spread of CH-1 (K)"], ["2023-11-14T22:14:00.000Z", "5.0"]]


def test_a_change_is_a_version_and_earlier_ones_can_be_read(
    engineer: Client, acme: TenantConnection, sensors: list[Sensor]
) -> None:
    write(acme, sensors[0], every_minute([12.0]))
    write(acme, sensors[1], every_minute([7.0]))
    made = make(engineer, sensors)
    content = {"name": "Spread", "expression": "({TT-0} - {TT-1}) * 2", "unit": "K", "note": "Calibrated"}
    changed = engineer.put(f"{URL}/{made['id']}", {**content, "revision": 1}, "application/json").json()
    assert [version["note"] for version in changed["versions"]] == ["", "Calibrated"]
    assert samples(engineer, made["id"]).json()["v"] == [10.0]
    assert samples(engineer, made["id"], version=1).json()["v"] == [5.0]
    assert problem(samples(engineer, made["id"], version=3)) == (404, "unknown-version")
    stale = engineer.put(f"{URL}/{made['id']}", {**content, "revision": 1}, "application/json")
    assert problem(stale) == (409, "stale-revision") and stale.json()["current"] == changed
    missing = engineer.put(f"{URL}/{made['id']}", content, "application/json")
    assert problem(missing) == (400, "revision-missing")


def test_series_are_found_by_words_and_site(engineer: Client, acme: TenantConnection, sensors: list[Sensor]) -> None:
    other = add_sensors(acme, {"unit": "kW"})
    made = make(engineer, sensors, description="chilled water")
    make(engineer, other, name="Power", expression="{TT-0} * 2")
    names = [each["id"] for each in engineer.get(URL, {"site": sensors[0].site, "q": "WATER spread"}).json()["results"]]
    assert names == [made["id"]]
    assert engineer.get(URL, {"site": sensors[0].site, "q": "power"}).json()["results"] == []
    assert problem(engineer.get(URL, {"site": "nowhere"})) == (404, "unknown-site")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"expression": "{TT-9}"}, "names {TT-9}, which is not a sensor here"),
        ({"expression": "{TT-0} + 1"}, "Give numbers their unit"),
        ({"unit": "°C"}, "in K, not in °C"),
        ({"unit": "parrots"}, "not a unit we know"),
        ({"name": "{x}"}, "no braces"),
        ({"name": " "}, "must have a letter"),
    ],
)
def test_a_wrong_series_is_refused_by_field(
    engineer: Client, sensors: list[Sensor], content: dict[str, Any], message: str
) -> None:
    whole = {"site": sensors[0].site, "name": "Spread", "expression": "{TT-0} - {TT-1}", **content}
    response = engineer.post(URL, whole, "application/json")
    assert problem(response) == (400, "invalid-expression")
    [error] = response.json()["errors"]
    assert message in error["message"] and error["field"] in content


def test_an_expression_is_checked_before_it_is_stored(engineer: Client, sensors: list[Sensor]) -> None:
    draft = {"site": sensors[0].site, "expression": "({TT-0} + {TT-1}) / 2"}
    checked = engineer.post(f"{URL}/check", draft, "application/json").json()
    assert checked["unit"] == "°C" and len(checked["operands"]) == 2
    wrong = engineer.post(f"{URL}/check", {**draft, "expression": "{TT-0} + {TT-1}"}, "application/json")
    assert problem(wrong) == (400, "invalid-expression")
    assert engineer.get(URL, {"site": sensors[0].site}).json()["results"] == []


def test_texts_cannot_be_calculated_with(engineer: Client, acme: TenantConnection) -> None:
    sensors = add_sensors(acme, {"kind": "text", "interval_s": None})
    draft = {"site": sensors[0].site, "expression": "{TT-0}"}
    response = engineer.post(f"{URL}/check", draft, "application/json")
    assert "holds text" in response.json()["detail"]


def test_a_sensor_of_another_site_is_named_with_it(
    engineer: Client, acme: TenantConnection, sensors: list[Sensor]
) -> None:
    [other] = add_sensors(acme, {"unit": "°F", "tag": "TT-7"})
    by_tag, by_id = f"{{TT-0}} - {{{other.site}:TT-7}}", f"{{TT-0}} - {{{other.id}}}"
    for number, expression in enumerate((by_tag, by_id)):
        made = make(engineer, sensors, name=f"Across {number}", expression=expression)
        assert made["versions"][0]["operands"][1]["sensor"] == other.id


def test_names_are_unique_in_a_site(engineer: Client, acme: TenantConnection, sensors: list[Sensor]) -> None:
    make(engineer, sensors)
    again = {"site": sensors[0].site, "name": "spread", "expression": "{TT-0}"}
    assert problem(engineer.post(URL, again, "application/json")) == (409, "name-taken")
    make(engineer, add_sensors(acme, {"unit": "°C"}, {"unit": "°C"}))


def test_a_renamed_sensor_stays_and_another_unit_is_converted(
    engineer: Client, acme: TenantConnection, sensors: list[Sensor]
) -> None:
    write(acme, sensors[0], every_minute([68.0]))
    write(acme, sensors[1], every_minute([7.0]))
    made = make(engineer, sensors)
    new = {"tag": "TT-new", "unit": "°F"}
    catalog.change(acme, SENSORS, sensors[0].id, new, sensors[0].revision, history=History.relabel)
    assert samples(engineer, made["id"]).json()["v"] == [pytest.approx(13.0)]


def test_units_that_no_longer_fit_are_a_conflict(
    engineer: Client, acme: TenantConnection, sensors: list[Sensor]
) -> None:
    made = make(engineer, sensors)
    catalog.change(acme, SENSORS, sensors[0].id, {"unit": "bar"}, sensors[0].revision)
    assert problem(samples(engineer, made["id"])) == (409, "units-changed")


def test_a_deleted_sensor_is_a_conflict_and_a_deleted_site_takes_its_series_along(
    engineer: Client, acme: TenantConnection, sensors: list[Sensor]
) -> None:
    made = make(engineer, sensors)
    catalog.delete(acme, SENSORS, sensors[0].id, cascade=True)
    assert problem(samples(engineer, made["id"])) == (409, "operand-gone")
    catalog.delete(acme, SITES, sensors[0].site, cascade=True)
    assert problem(engineer.get(f"{URL}/{made['id']}")) == (404, "unknown-series")


def test_a_broken_series_says_why_and_leaves_others_alone(
    engineer: Client, acme: TenantConnection, sensors: list[Sensor]
) -> None:
    write(acme, sensors[1], every_minute([7.0, 7.5]))
    broken, sound = make(engineer, sensors)["id"], make(engineer, sensors, name="Own", expression="{TT-1}")["id"]
    catalog.delete(acme, SENSORS, sensors[0].id, cascade=True)
    ids, span = [broken, sound, sensors[1].id], {"start": START, "end": START + 2 * MINUTE}
    for method, empty in (("auto", "v"), ("band", "max")):
        query = {"sensors": ids, "method": method, **span}
        none, *others = engineer.post("/api/v1/samples/query", query, "application/json").json()["results"]
        assert (none["sensor"], none["t"], none[empty], none["stats"]["count"]) == (broken, [], [], 0)
        assert "has been deleted" in none["reason"] and none["gaps"] == [[START, START + 2 * MINUTE]]
        assert [(each["sensor"], each[empty]) for each in others] == [(id, [7.0, 7.5]) for id in ids[1:]]
        assert all("reason" not in each for each in others)
    at = START + MINUTE
    none, *rest = engineer.get("/api/v1/values", {"sensors": ",".join(ids), "at": at}).json()["values"]
    assert (none["sensor"], none["t"], none["v"]) == (broken, None, None) and "has been deleted" in none["reason"]
    assert [(each["sensor"], each["v"], each["reason"]) for each in rest] == [(id, 7.5, None) for id in ids[1:]]
    assert problem(engineer.get(f"/api/v1/sensors/{broken}/samples", span)) == (409, "operand-gone")


def test_a_series_is_deleted(engineer: Client, sensors: list[Sensor]) -> None:
    made = make(engineer, sensors)
    assert engineer.delete(f"{URL}/{made['id']}", headers={"If-Match": '"9"'}).status_code == 409
    assert engineer.delete(f"{URL}/{made['id']}").status_code == 204
    assert problem(engineer.get(f"{URL}/{made['id']}")) == (404, "unknown-series")


def test_viewers_read_and_do_not_change(
    client_for: ClientFor, acme: TenantConnection, engineer: Client, sensors: list[Sensor]
) -> None:
    viewer, made = client_for("viewer", acme), make(engineer, sensors)
    assert samples(viewer, made["id"], end=START + DAY).status_code == 200
    assert viewer.post(URL, {}, "application/json").status_code == 403
    assert viewer.delete(f"{URL}/{made['id']}").status_code == 403


def test_another_tenants_series_does_not_exist(
    client_for: ClientFor, rival: TenantConnection, engineer: Client, sensors: list[Sensor]
) -> None:
    outsider, made = client_for("engineer", rival), make(engineer, sensors)
    assert samples(outsider, made["id"]).status_code == 404
    assert outsider.get(f"{URL}/{made['id']}").status_code == 404
    assert outsider.delete(f"{URL}/{made['id']}").status_code == 404
    assert made["id"] not in outsider.get(URL).content.decode()


def test_the_list_reads_no_versions(
    engineer: Client, acme: TenantConnection, sensors: list[Sensor], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make(engineer, sensors)
    content = {"name": "Spread", "expression": "{TT-0} - {TT-1}", "note": "x" * 2_000}
    for revision in (1, 2, 3):
        changed = engineer.put(f"{URL}/{made['id']}", {**content, "revision": revision}, "application/json")
        assert changed.status_code == 200, changed.content
    whole = changed.json()
    assert [version["version"] for version in whole["versions"]] == [1, 2, 3, 4]
    assert engineer.get(f"{URL}/{made['id']}").json() == whole
    read: list[str] = []
    real = Database.find
    monkeypatch.setattr(
        Database, "find", lambda self, name, *rest, **more: read.append(name) or real(self, name, *rest, **more)
    )
    [listed] = engineer.get(URL, {"site": sensors[0].site}).json()["results"]
    assert listed == {name: value for name, value in whole.items() if name != "versions"}
    assert read.count("calculated") == 1 and "calculated_versions" not in read
    head = documents(acme).get("calculated", made["id"])
    assert head is not None and "versions" not in head and head["last"]["version"] == 4


def test_a_change_that_was_killed_between_its_two_documents_adds_no_version(
    engineer: Client, acme: TenantConnection, sensors: list[Sensor], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make(engineer, sensors)
    content = {"name": "Spread", "expression": "{TT-0} - {TT-1}"}

    class Killed(BaseException):
        """Simulates SIGKILL."""

    def killed(*_: Any, **__: Any) -> None:
        raise Killed()

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(Database, "change", killed)
        engineer.put(f"{URL}/{made['id']}", {**content, "note": "lost", "revision": 1}, "application/json")
    assert engineer.get(f"{URL}/{made['id']}").json() == made
    changed = engineer.put(f"{URL}/{made['id']}", {**content, "note": "kept", "revision": 1}, "application/json").json()
    assert [(version["version"], version["note"]) for version in changed["versions"]] == [(1, ""), (2, "kept")]
    assert engineer.delete(f"{URL}/{made['id']}").status_code == 204
    assert documents(acme).get("calculated_versions", made["id"]) is None
