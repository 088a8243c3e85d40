"""The historian's HTTP API."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from django.test import Client

from catalog import operations
from catalog.history import History
from catalog.kinds import SENSORS
from catalog.models import Sensor
from kernel.ids import SENSOR, new_id
from kernel.tenancy import TenantConnection
from kernel.times import DAY, MINUTE, iso
from stores.redis.latest import Latest
from tests.historian.plant import NOW, START, add_sensors, every_minute, write
from web.stores import streams

ClientFor = Callable[..., Client]
CLOCK = "historian.http.views.now_ms"


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CLOCK, lambda: NOW)


@pytest.fixture
def viewer(client_for: ClientFor, acme: TenantConnection) -> Client:
    return client_for("viewer", acme)


@pytest.fixture
def sensor(acme: TenantConnection) -> Sensor:
    [sensor] = add_sensors(acme, {"tag": "TT-101", "unit": "°C"})
    return sensor


def ask(client: Client, sensor: str | Sensor, **query: Any) -> Any:
    id = sensor if isinstance(sensor, str) else sensor.id
    return client.get(f"/api/v1/sensors/{id}/samples", {"start": START, "end": START + DAY, **query})


def test_a_range_has_every_member_of_the_contract(viewer: Client, acme: TenantConnection, sensor: Sensor) -> None:
    write(acme, sensor, every_minute([1.0, 2.0]))
    response = ask(viewer, sensor, end=START + 2 * MINUTE)
    assert response.status_code == 200
    assert response.json() == {
        "sensor": sensor.id,
        "start": START,
        "end": START + 2 * MINUTE,
        "t": [START, START + MINUTE],
        "v": [1.0, 2.0],
        "gaps": [],
        "rung": "raw",
        "method": "minmax",
        "complete": True,
        "resolution_ms": 0,
        "samples": 2,
        "bad": 0,
        "stats": {"count": 2, "min": 1.0, "max": 2.0, "mean": 1.5},
    }


def test_times_may_be_iso_or_milliseconds(viewer: Client, acme: TenantConnection, sensor: Sensor) -> None:
    write(acme, sensor, every_minute([1.0, 2.0]))
    by_ms, by_iso = ask(viewer, sensor), ask(viewer, sensor, start=iso(START), end=iso(START + DAY))
    shifted = ask(viewer, sensor, start="2023-11-15T02:14:00+04:00")
    assert by_ms.json() == by_iso.json() == shifted.json()


def test_a_band_has_its_own_columns(viewer: Client, acme: TenantConnection, sensor: Sensor) -> None:
    write(acme, sensor, every_minute([1.0, 2.0]))
    answer = ask(viewer, sensor, method="band").json()
    assert {"t", "min", "max", "mean"} < answer.keys()
    assert "v" not in answer


WRONG: list[tuple[dict[str, Any], int, str]] = [
    ({"start": START, "end": START}, 400, "empty-range"),
    ({"start": START + 1, "end": START}, 400, "start-after-end"),
    ({"start": ""}, 400, "missing-parameter"),
    ({"end": "2026-03-14T09:42:00"}, 400, "naive-time"),
    ({"start": "2026-03-14"}, 400, "naive-time"),
    ({"start": "yesterday"}, 400, "not-a-time"),
    ({"start": "2026-02-30T00:00:00Z"}, 400, "not-a-time"),
    ({"start": "-9999999999999999"}, 400, "time-out-of-range"),
    ({"end": "99999999999999"}, 400, "time-out-of-range"),
    ({"points": "1e9"}, 400, "bad-points"),
    ({"points": "1000000000"}, 400, "bad-points"),
    ({"points": "0"}, 400, "bad-points"),
    ({"points": "-1"}, 400, "bad-points"),
    ({"points": "abc"}, 400, "bad-points"),
    ({"points": ""}, 400, "bad-points"),
    ({"points": "9" * 400}, 400, "bad-points"),
    ({"points": "１００"}, 400, "bad-points"),
    ({"method": "median"}, 400, "unknown-method"),
    ({"method": "inc"}, 400, "method-does-not-fit"),
    ({"format": "xml"}, 400, "unknown-format"),
    ({"method": "raw", "limit": "100001"}, 400, "bad-limit"),
    ({"method": "raw", "limit": "0"}, 400, "bad-limit"),
    ({"method": "raw", "cursor": "next"}, 400, "bad-cursor"),
    ({"method": "raw", "cursor": "1"}, 400, "bad-cursor"),
]


@pytest.mark.parametrize(("query", "status", "kind"), WRONG, ids=[f"{kind}-{query}" for query, _, kind in WRONG])
def test_each_mistake_has_its_own_answer(
    viewer: Client, sensor: Sensor, query: dict[str, Any], status: int, kind: str
) -> None:
    response = ask(viewer, sensor, **query)
    problem = response.json()
    assert (response.status_code, problem["type"]) == (status, f"/problems/{kind}"), problem
    assert response["Content-Type"] == "application/problem+json"
    assert len(problem["detail"]) > 20


def test_an_unknown_sensor_is_not_found(viewer: Client) -> None:
    for id in (new_id(SENSOR), "TT-101", "x" * 64):
        response = ask(viewer, id)
        assert (response.status_code, response.json()["type"]) == (404, "/problems/unknown-sensor")


def test_an_outsider_finds_nothing_by_any_call(
    client_for: ClientFor, acme: TenantConnection, rival: TenantConnection, sensor: Sensor
) -> None:
    write(acme, sensor, every_minute([1.0]))
    [own] = add_sensors(rival, {"tag": "TT-101"})
    outsider = client_for("admin", rival)
    span = {"start": START, "end": START + DAY}
    many = {"sensors": [own.id, sensor.id], **span}
    for response in (
        ask(outsider, sensor),
        ask(outsider, sensor, method="raw", format="csv"),
        outsider.post("/api/v1/samples/query", many, content_type="application/json"),
        outsider.get("/api/v1/values", {"sensors": f"{own.id},{sensor.id}"}),
        outsider.get("/api/v1/values", {"site": sensor.site}),
    ):
        assert response.status_code == 404
        assert sensor.tag not in response.content.decode()
    assert ask(outsider, own).status_code == 200
    assert ask(outsider, sensor, tenant="acme").status_code == 404


def test_anonymous_and_write_only_callers_are_rejected(
    client_for: ClientFor, acme: TenantConnection, sensor: Sensor
) -> None:
    assert ask(Client(), sensor).status_code == 401
    device = client_for("engineer", acme, ("ingest",))
    assert ask(device, sensor).status_code == 403
    assert ask(client_for("operator"), sensor).status_code == 400


def test_many_sensors_are_answered_in_one_call(viewer: Client, acme: TenantConnection) -> None:
    sensors = add_sensors(acme, {"tag": "A"}, {"tag": "B", "kind": "discrete"}, {"tag": "C", "kind": "text"})
    write(acme, sensors[0], every_minute([1.0, 2.0]))
    write(acme, sensors[2], every_minute(["x", "y"]))
    body = {"sensors": [sensor.id for sensor in reversed(sensors)], "start": START, "end": iso(START + DAY)}
    response = viewer.post("/api/v1/samples/query", body, content_type="application/json")
    assert response.status_code == 200, response.content
    results = response.json()["results"]
    assert [result["sensor"] for result in results] == body["sensors"]
    assert [result["v"] for result in results] == [["x", "y"], [], [1.0, 2.0]]
    assert [result["method"] for result in results] == ["changes", "changes", "minmax"]


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"sensors": []}, "no-sensors"),
        ({"sensors": ["s"] * 51}, "unknown-sensor"),
        ({"sensors": [f"s{number}" for number in range(51)]}, "too-many-sensors"),
        ({"sensors": "s1"}, "invalid-body"),
        ({"point": 10}, "invalid-body"),
        ({"points": 10**9}, "bad-points"),
        ({"method": "raw"}, "method-does-not-fit"),
        ({"start": START + DAY}, "empty-range"),
        ({"end": "2026-03-14T09:42:00"}, "naive-time"),
        ({"format": "xlsx"}, "unknown-format"),
    ],
)
def test_mistakes_in_a_query_of_many_sensors_are_reported(
    viewer: Client, sensor: Sensor, change: dict[str, Any], kind: str
) -> None:
    body = {"sensors": [sensor.id], "start": START, "end": START + DAY, **change}
    response = viewer.post("/api/v1/samples/query", body, content_type="application/json")
    assert response.json()["type"] == f"/problems/{kind}", response.json()
    broken = viewer.post("/api/v1/samples/query", b"{", content_type="application/json")
    assert broken.json()["type"] == "/problems/not-json"


def test_raw_pages_lose_nothing_and_repeat_nothing(viewer: Client, acme: TenantConnection, sensor: Sensor) -> None:
    within = [START * 1_000_000 + step for step in (0, 1, 999_999, 1_000_000, 1_000_001, 2_500_000, 2_500_001)]
    write(acme, sensor, [(t, float(number), number % 3) for number, t in enumerate(within)], unit_ns=1)
    for limit in (1, 2, 3, 6, 7, 8):
        seen: list[tuple[int, float, int]] = []
        url: str | None = (
            f"/api/v1/sensors/{sensor.id}/samples?start={START}&end={START + DAY}&method=raw&limit={limit}"
        )
        pages = 0
        while url:
            page = viewer.get(url).json()
            assert len(page["t"]) == len(page["v"]) == len(page["q"]) <= limit
            seen += zip(page["t"], page["v"], page["q"], strict=True)
            url, pages = page["next"], pages + 1
        assert seen == [(t // 1_000_000, float(number), number % 3) for number, t in enumerate(within)]
        assert pages == -(-len(within) // limit)


def test_each_gap_is_listed_on_the_page_that_ends_it(viewer: Client, acme: TenantConnection, sensor: Sensor) -> None:
    rows = every_minute([1.0] * 30)
    write(acme, sensor, rows[:10] + rows[20:])
    query = {"method": "raw", "limit": 10, "end": START + 30 * MINUTE}
    first = ask(viewer, sensor, **query).json()
    assert first["gaps"] == []
    second = viewer.get(first["next"]).json()
    assert second["gaps"] == [[START + 9 * MINUTE, START + 20 * MINUTE]]
    assert second["t"][0] == START + 20 * MINUTE
    assert second["next"] is None


def test_samples_arriving_between_two_pages_are_on_the_second(
    viewer: Client, acme: TenantConnection, sensor: Sensor
) -> None:
    write(acme, sensor, [(START, 1.0), (START + MINUTE, 2.0)])
    first = ask(viewer, sensor, method="raw", limit=1).json()
    write(acme, sensor, [(START + 1, 1.5)])
    assert viewer.get(first["next"]).json()["v"] == [1.5]


def test_pages_go_on_over_samples_of_a_kind_that_the_sensor_had_before(
    viewer: Client, acme: TenantConnection, sensor: Sensor
) -> None:
    write(acme, sensor, [(START, "old"), (START + 1, "old"), (START + 2, "old"), (START + 3, 1.0), (START + 4, 2.0)])
    url: str | None = f"/api/v1/sensors/{sensor.id}/samples?start={START}&end={START + DAY}&method=raw&limit=2"
    seen = []
    while url:
        page = viewer.get(url).json()
        seen += page["v"]
        url = page["next"]
    assert seen == [1.0, 2.0]


def read_csv(response: Any) -> list[list[str]]:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    text = content.decode()
    assert text.count("\n") == text.count("\r\n")
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def test_csv_has_a_header_with_tag_and_unit_and_times_in_iso(
    viewer: Client, acme: TenantConnection, sensor: Sensor
) -> None:
    write(acme, sensor, every_minute([1.5, -2.0]))
    response = ask(viewer, sensor, format="csv")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="TT-101.csv"'
    assert read_csv(response) == [
        ["time", "TT-101 (°C)"],
        ["2023-11-14T22:14:00.000Z", "1.5"],
        ["2023-11-14T22:15:00.000Z", "-2.0"],
    ]


def test_csv_of_several_sensors_has_a_column_each(viewer: Client, acme: TenantConnection) -> None:
    number, text = add_sensors(acme, {"tag": 'a "b", c', "unit": "kW"}, {"tag": "note", "kind": "text"})
    write(acme, number, every_minute([1.0, 2.0]))
    write(acme, text, [(START + MINUTE, "one, two"), (START + 2 * MINUTE, "three")])
    body = {"sensors": [number.id, text.id], "start": START, "end": START + DAY, "format": "csv"}
    rows = read_csv(viewer.post("/api/v1/samples/query", body, content_type="application/json"))
    assert rows[0] == ["time", 'a "b", c (kW)', "note"]
    assert [row[1:] for row in rows[1:]] == [["1.0", ""], ["2.0", "one, two"], ["", "three"]]


def test_csv_of_a_band_has_three_columns(viewer: Client, acme: TenantConnection, sensor: Sensor) -> None:
    write(acme, sensor, every_minute([1.0, 3.0]))
    rows = read_csv(ask(viewer, sensor, format="csv", method="band", points=2, end=START + 4 * MINUTE))
    assert rows[0] == ["time", "TT-101 min (°C)", "TT-101 max (°C)", "TT-101 mean (°C)"]


def test_all_raw_samples_are_exported_however_many(
    viewer: Client, acme: TenantConnection, sensor: Sensor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("historian.http.views.EXPORT_PAGE", 1_000)
    write(acme, sensor, [*every_minute([float(number) for number in range(2_500)])])
    write(acme, sensor, [((START + 1) * 1_000_000 + 7, 0.25, 2)], unit_ns=1)
    rows = read_csv(ask(viewer, sensor, method="raw", format="csv", end=START + 9 * DAY))
    assert rows[0] == ["time", "TT-101 (°C)", "quality"]
    assert rows[2] == ["2023-11-14T22:14:00.001000007Z", "0.25", "2"]
    assert len(rows) == 2_502
    assert all(earlier[0] < later[0] for earlier, later in pairwise(rows[1:]))


def test_values_of_the_present_and_of_the_past(viewer: Client, acme: TenantConnection, sensor: Sensor) -> None:
    write(acme, sensor, every_minute([1.0, 2.0]))
    streams().latest.store(acme.prefix, {sensor.id: Latest((NOW - MINUTE) * 1_000_000, 3.0)})
    live = viewer.get("/api/v1/values", {"sensors": sensor.id}).json()
    assert (live["at"], live["live"]) == (NOW, True)
    assert live["values"] == [
        {"sensor": sensor.id, "t": NOW - MINUTE, "v": 3.0, "q": 0, "age": MINUTE, "stale": False, "reason": None}
    ]
    past = viewer.get("/api/v1/values", {"sensors": sensor.id, "at": iso(START + 90_000)}).json()
    assert (past["at"], past["live"], past["values"][0]["v"]) == (START + 90_000, False, 2.0)


def test_values_return_the_catalogs_revision(viewer: Client, acme: TenantConnection) -> None:
    [sensor] = add_sensors(acme, {"tag": "TT-1", "unit": "°C"})
    streams().latest.store(acme.prefix, {sensor.id: Latest((NOW - MINUTE) * 1_000_000, 20.0)})

    def asked() -> tuple[float, str]:
        answer = viewer.get("/api/v1/values", {"sensors": sensor.id}).json()
        return answer["values"][0]["v"], answer["catalog"]

    before = asked()
    assert asked() == before
    operations.change(acme, SENSORS, sensor.id, {"unit": "°F"}, sensor.revision, history=History.convert)
    after = asked()
    assert (before[0], after[0]) == (20.0, 68.0) and before[1] != after[1]


def test_values_of_a_whole_site(viewer: Client, acme: TenantConnection) -> None:
    sensors = add_sensors(acme, {"tag": "A"}, {"tag": "B"})
    write(acme, sensors[0], every_minute([1.0]))
    answer = viewer.get("/api/v1/values", {"site": sensors[0].site, "at": START}).json()
    assert {value["sensor"]: value["v"] for value in answer["values"]} == {sensors[0].id: 1.0, sensors[1].id: None}


@pytest.mark.parametrize(
    ("query", "status", "kind"),
    [
        ({}, 400, "no-sensors"),
        ({"sensors": ""}, 400, "missing-parameter"),
        ({"sensors": ","}, 400, "no-sensors"),
        ({"sensors": "nothing"}, 404, "unknown-sensor"),
        ({"sensors": ",".join(f"s{number}" for number in range(1001))}, 400, "too-many-sensors"),
        ({"site": "nowhere"}, 404, "unknown-site"),
        ({"sensors": "s", "at": "2026-03-14T09:42"}, 400, "naive-time"),
        ({"sensors": "s", "at": "soon"}, 400, "not-a-time"),
    ],
)
def test_mistakes_in_asking_for_values(viewer: Client, query: dict[str, str], status: int, kind: str) -> None:
    response = viewer.get("/api/v1/values", query)
    assert (response.status_code, response.json()["type"]) == (status, f"/problems/{kind}")


def test_a_hot_query_does_not_touch_the_relational_database(
    viewer: Client, acme: TenantConnection, sensor: Sensor, django_assert_num_queries: Any
) -> None:
    write(acme, sensor, every_minute([1.0]))
    body = json.dumps({"sensors": [sensor.id], "start": START, "end": START + DAY})
    ask(viewer, sensor)  # the credential is remembered for some seconds from here on
    with django_assert_num_queries(0):
        assert ask(viewer, sensor).status_code == 200
        assert viewer.post("/api/v1/samples/query", body, content_type="application/json").status_code == 200
        assert viewer.get("/api/v1/values", {"sensors": sensor.id, "at": START}).status_code == 200


def test_one_small_query_is_one_round_trip(
    viewer: Client, acme: TenantConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    from stores.timeseries import Timeseries

    requested: list[int] = []
    read = Timeseries.read
    monkeypatch.setattr(Timeseries, "read", lambda store, texts: requested.append(len(texts)) or read(store, texts))
    sensors = add_sensors(acme, {"tag": "A"}, {"tag": "B", "kind": "discrete"}, {"tag": "C", "kind": "text"})
    body = {"sensors": [sensor.id for sensor in sensors], "start": START, "end": START + DAY}
    assert viewer.post("/api/v1/samples/query", body, content_type="application/json").status_code == 200
    assert len(requested) == 1


def test_an_unsupported_method_is_a_problem_document(viewer: Client) -> None:
    response = viewer.post("/api/v1/values")
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")
    assert response.json()["type"] == "/problems/method-not-allowed"
