"""Runs over HTTP: defined, found, marked, compared and deleted; events that start and end them."""

from __future__ import annotations

import itertools
import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from analysis.runs import conditions, models, queries
from catalog import operations as catalog
from catalog.history import History
from catalog.kinds import SENSORS, SITES
from catalog.models import Sensor
from kernel.tenancy import TenantConnection
from kernel.times import DAY, HOUR, MINUTE, parse_time
from tests.historian.plant import NOW, START, add_sensors, every_minute, write
from tests.ingest.conftest import drain

ClientFor = Callable[..., Client]
URL = "/api/v1/run-definitions"
GUIDE = (Path(__file__).parents[2] / "docs/api/runs.md").read_text()
STATE = {"kind": "discrete", "sampling": "on_change", "interval_s": None}


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analysis.runs.views.now_ms", lambda: NOW)


@pytest.fixture
def engineer(client_for: ClientFor, acme: TenantConnection) -> Client:
    return client_for("engineer", acme)


@pytest.fixture
def sensors(acme: TenantConnection) -> list[Sensor]:
    """A state, and a temperature."""
    return add_sensors(acme, STATE, {"unit": "°C"})


def body(of: list[Sensor], **content: Any) -> dict[str, Any]:
    rule = {"by": "state", "sensor": of[0].id, "states": ["1"]}
    return {"site": of[0].site, "name": "Batches", "rule": rule, "sensors": [of[1].id], **content}


def make(client: Client, of: list[Sensor], **content: Any) -> dict[str, Any]:
    response = client.post(URL, body(of, **content), "application/json")
    assert response.status_code == 201, response.json()
    found: dict[str, Any] = response.json()
    return found


def ask(client: Client, id: str, **query: Any) -> Any:
    return client.get(f"{URL}/{id}/runs", {"start": START, "end": START + DAY, **query})


def problem(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["type"].rpartition("/")[2]


def test_runs_are_listed_with_their_figures(engineer: Client, acme: TenantConnection, sensors: list[Sensor]) -> None:
    write(acme, sensors[0], [(START, 0.0), (START + HOUR, 1.0), (START + 2 * HOUR, 0.0)])
    write(acme, sensors[1], every_minute([20.0] * 180))
    made = make(engineer, sensors, best={"figure": "duration"})
    assert ask(engineer, made["id"]).json() == {
        "results": [{
            "start": START + HOUR, "end": START + 2 * HOUR, "duration_s": 3600.0, "begun": False, "open": False,
            "mark": None, "note": "", "to_best": 0.0,
            "figures": [
                {"sensor": sensors[1].id, "count": 60, "mean": 20.0, "min": 20.0, "max": 20.0, "total": 20.0}
            ],
        }],
        "best": 0, "truncated": False, "complete": True,
    }  # fmt: skip


def test_a_definition_is_changed_from_a_revision(engineer: Client, sensors: list[Sensor]) -> None:
    made = make(engineer, sensors)
    new = {"name": "Starts", "rule": {"by": "hand"}, "revision": 1}
    changed = engineer.put(f"{URL}/{made['id']}", new, "application/json").json()
    assert (changed["name"], changed["rule"]["by"], changed["site"]) == ("Starts", "hand", made["site"])
    assert changed["rule"]["sensor"] is None and changed["sensors"] == []
    stale = engineer.put(f"{URL}/{made['id']}", new, "application/json")
    assert problem(stale) == (409, "stale-revision") and stale.json()["current"] == changed
    assert engineer.get(f"{URL}/{made['id']}").json() == changed


def test_runs_are_marked_and_unmarked(engineer: Client, sensors: list[Sensor]) -> None:
    made = make(engineer, sensors, rule={"by": "hand"}, sensors=[])
    marks = f"{URL}/{made['id']}/marks"
    marked = engineer.post(marks, {"start": START, "end": START + HOUR, "note": "Trial"}, "application/json").json()
    [run] = ask(engineer, made["id"]).json()["results"]
    assert (run["mark"], run["note"], run["duration_s"]) == (marked["id"], "Trial", 3600.0)
    empty = engineer.post(marks, {"start": START, "end": START}, "application/json")
    assert problem(empty) == (400, "empty-range")
    long = engineer.post(marks, {"start": START - 367 * DAY, "end": START}, "application/json")
    assert problem(long) == (400, "run-too-long")
    other = make(engineer, sensors, name="Others", rule={"by": "hand"})
    assert problem(engineer.delete(f"{URL}/{other['id']}/marks/{marked['id']}")) == (404, "unknown-mark")
    assert engineer.delete(f"{marks}/{marked['id']}").status_code == 204
    assert ask(engineer, made["id"]).json()["results"] == []


def test_events_start_and_end_runs(engineer: Client, acme: TenantConnection, sensors: list[Sensor]) -> None:
    kinds = {"begin": "batch-begin-r", "end": "batch-end-r"}
    times = [("begin", 1, "M-1"), ("begin", 2, "M-2"), ("end", 4, "M-1"), ("end", 5, "M-2"), ("begin", 7, "M-1")]
    start = NOW - DAY
    events = [{"ts": start + t * HOUR, "type": kinds[what], "device": device} for what, t, device in times]
    sent = engineer.post("/api/v1/events", events, "application/json")
    assert sent.status_code in (200, 202), sent.content
    drain(acme)
    rule = {"by": "event", "start_event": kinds["begin"], "end_event": kinds["end"]}
    made = make(engineer, sensors, rule=rule)
    found = ask(engineer, made["id"], start=start, end=start + 10 * HOUR).json()["results"]
    hours = [((run["start"] - start) // HOUR, (run["end"] - start) // HOUR, run["open"]) for run in found]
    assert hours == [(7, 10, True), (2, 5, False), (1, 4, False)]
    one = make(engineer, sensors, name="Of one", rule={**rule, "device": "M-2"})
    found = ask(engineer, one["id"], start=start, end=start + 10 * HOUR).json()["results"]
    assert [(run["start"] - start) // HOUR for run in found] == [2]
    late = ask(engineer, made["id"], start=start + 3 * HOUR, end=start + 6 * HOUR).json()["results"]
    hours = [((run["start"] - start) // HOUR, (run["end"] - start) // HOUR, run["begun"]) for run in late]
    assert sorted(hours) == [(3, 4, True), (3, 5, True)]


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ({"rule": {"by": "state", "states": ["1"]}}, "rule.sensor"),
        ({"rule": {"by": "state", "sensor": "s222222222a", "states": ["1"]}}, "rule.sensor"),
        ({"rule": {"by": "threshold", "sensor": "{0}"}}, "rule.above"),
        ({"rule": {"by": "threshold", "sensor": "{0}", "above": 2, "below": 1}}, "rule.below"),
        ({"rule": {"by": "state", "sensor": "{0}"}}, "rule.states"),
        ({"rule": {"by": "hand", "states": ["1"]}}, "rule.states"),
        ({"rule": {"by": "event", "start_event": "a"}}, "rule.end_event"),
        ({"rule": {"by": "event", "start_event": "a", "end_event": "a"}}, "rule.end_event"),
        ({"sensors": ["s222222222a"]}, "sensors"),
        ({"sensors": ["{0}", "{0}"]}, "sensors"),
        ({"best": {"figure": "mean", "sensor": "{0}"}}, "best.sensor"),
        ({"best": {"figure": "duration", "sensor": "{1}"}}, "best.sensor"),
        ({"name": " "}, "name"),
    ],
)
def test_a_wrong_definition_is_refused_by_field(
    engineer: Client, sensors: list[Sensor], content: dict[str, Any], field: str
) -> None:
    text = json.dumps(body(sensors, **content)).replace("{0}", sensors[0].id).replace("{1}", sensors[1].id)
    response = engineer.post(URL, json.loads(text), "application/json")
    assert problem(response) == (400, "invalid-definition")
    assert [error["field"] for error in response.json()["errors"]] == [field]


def test_names_are_unique_in_a_site(engineer: Client, sensors: list[Sensor]) -> None:
    make(engineer, sensors)
    assert problem(engineer.post(URL, body(sensors, name="BATCHES"), "application/json")) == (409, "name-taken")


def test_a_deleted_sensor_is_a_conflict_and_a_deleted_site_takes_its_definitions_along(
    engineer: Client, acme: TenantConnection, sensors: list[Sensor]
) -> None:
    made = make(engineer, sensors)
    catalog.delete(acme, SENSORS, sensors[0].id, cascade=True)
    assert problem(ask(engineer, made["id"])) == (409, "sensor-gone")
    catalog.delete(acme, SITES, sensors[0].site, cascade=True)
    assert problem(engineer.get(f"{URL}/{made['id']}")) == (404, "unknown-definition")


def test_limits_follow_a_converted_sensor(engineer: Client, acme: TenantConnection, sensors: list[Sensor]) -> None:
    write(acme, sensors[1], every_minute([float(k) for k in range(60)]))
    rule = {"by": "threshold", "sensor": sensors[1].id, "above": 20.0, "below": 30.0}
    made = make(engineer, sensors, rule=rule, sensors=[])
    assert made["rule"]["unit"] == "°C"
    before = ask(engineer, made["id"]).json()["results"]
    assert [(run["start"] - START) // MINUTE for run in before] == [21]
    catalog.change(acme, SENSORS, sensors[1].id, {"unit": "°F"}, sensors[1].revision, history=History.convert)
    assert ask(engineer, made["id"]).json()["results"] == before
    same = {**body(sensors, rule=made["rule"], sensors=[]), "name": "Warm", "revision": 1}
    same.pop("site")
    assert engineer.put(f"{URL}/{made['id']}", same, "application/json").status_code == 200
    assert ask(engineer, made["id"]).json()["results"] == before
    wrong = engineer.post(URL, body(sensors, rule={**rule, "unit": "bar"}), "application/json")
    assert problem(wrong) == (400, "invalid-definition") and wrong.json()["errors"][0]["field"] == "rule.unit"


def test_limits_of_a_sensor_with_another_label_are_a_conflict(
    engineer: Client, acme: TenantConnection, sensors: list[Sensor]
) -> None:
    write(acme, sensors[1], every_minute([20.0] * 60))
    made = make(engineer, sensors, rule={"by": "threshold", "sensor": sensors[1].id, "above": 2.0})
    catalog.change(acme, SENSORS, sensors[1].id, {"unit": "bar"}, sensors[1].revision, history=History.relabel)
    assert problem(ask(engineer, made["id"])) == (409, "units-changed")


def test_viewers_read_and_do_not_change(
    client_for: ClientFor, acme: TenantConnection, engineer: Client, sensors: list[Sensor]
) -> None:
    viewer, made = client_for("viewer", acme), make(engineer, sensors)
    assert ask(viewer, made["id"]).status_code == 200
    assert viewer.post(f"{URL}/{made['id']}/marks", {}, "application/json").status_code == 403
    assert viewer.delete(f"{URL}/{made['id']}").status_code == 403
    query = {"sensor": sensors[1].id, "runs": [{"start": START, "end": START + MINUTE}]}
    assert viewer.post("/api/v1/runs/overlay", query, "application/json").status_code == 200


def test_another_tenants_runs_do_not_exist(
    client_for: ClientFor, rival: TenantConnection, engineer: Client, sensors: list[Sensor]
) -> None:
    outsider, made = client_for("engineer", rival), make(engineer, sensors)
    assert ask(outsider, made["id"]).status_code == 404
    assert outsider.get(f"{URL}/{made['id']}").status_code == 404
    assert outsider.delete(f"{URL}/{made['id']}").status_code == 404
    marked = {"start": START, "end": START + 1}
    assert outsider.post(f"{URL}/{made['id']}/marks", marked, "application/json").status_code == 404
    query = {"sensor": sensors[1].id, "runs": [marked]}
    assert outsider.post("/api/v1/runs/overlay", query, "application/json").status_code == 404


def test_the_commands_of_the_guide_work_one_after_the_other(
    engineer: Client, acme: TenantConnection, sensors: list[Sensor], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analysis.runs.views.now_ms", lambda: parse_time("2026-03-09T00:00:00Z", "now"))
    start = parse_time("2026-03-01T00:00:00Z", "start")
    write(acme, sensors[0], [(start + HOUR, 1.0), (start + 2 * HOUR, 0.0)])
    write(acme, sensors[1], every_minute([20.0] * 180, start))
    id, answers = "", []
    for command in re.findall(r"^curl .*$", GUIDE, re.MULTILINE):
        names = {"$URL": "", "$RUNS": id, "north": sensors[0].site, "$STATE": sensors[0].id, "$SENSOR": sensors[1].id}
        for name, value in names.items():
            command = command.replace(name, value)
        response = run(engineer, command)
        assert response.status_code in (200, 201), (command, response.content)
        answers.append(response.json())
        id = id or answers[0]["id"]
    assert [len(answers[place]["results"]) for place in (1, 3)] == [1, 2]
    assert answers[3]["results"][0]["t"][:2] == [0, MINUTE]


def run(client: Client, command: str) -> Any:
    _, *words = shlex.split(command)
    [url] = [word for word in words if word.startswith("/")]
    options = dict(itertools.pairwise(words))
    if options.get("-X") == "POST":
        return client.post(url, json.loads(options["-d"]), content_type="application/json")
    return client.get(url)


def test_the_limits_of_the_guide_are_those_of_the_code() -> None:
    limits = (models.MAX_MARKS, conditions.MAX_UNDECIDED, queries.MAX_EVENTS, queries.MAX_RUNS, models.MAX_SENSORS)
    for number in (*limits, models.MAX_OVERLAID):
        assert f"{number:,}" in GUIDE
