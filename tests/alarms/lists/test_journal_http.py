"""The journal over HTTP: what alarms did, by time, tag, asset, priority and kind; CSV and Parquet."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pyarrow import parquet

from alarms.journal.models import JournalEntry
from alarms.machine.model import Condition, Transition, What
from catalog.models import Sensor
from kernel.tenancy import TenantConnection
from kernel.times import DAY, HOUR, MINUTE
from tests.alarms.alarm_world import about, clear_alarm, forget_alarms, raise_alarm, write_entries, write_journal
from tests.historian.plant import add_sensors

ClientFor = Callable[..., Client]
URL = "/api/v1/journal"
NOW = 1_773_481_320_000  # 2026-03-14T09:42:00Z


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch, acme: TenantConnection) -> None:
    for views in ("views", "journal_views"):
        monkeypatch.setattr(f"alarms.http.{views}.now_ms", lambda: NOW)
    forget_alarms(acme)


@pytest.fixture
def engineer(client_for: ClientFor, acme: TenantConnection) -> Client:
    return client_for("engineer", acme)


@pytest.fixture
def sensors(acme: TenantConnection) -> list[Sensor]:
    return add_sensors(acme, *[{"unit": "°C"}] * 3)


def ask(client: Client, status: int = 200, **query: Any) -> Any:
    response = client.get(URL, query)
    assert response.status_code == status, response.content
    return response.json()


def whats(found: Any) -> list[str]:
    return [each["what"] for each in found["transitions"]]


def test_the_journal_has_what_an_alarm_did_and_who_did_it(
    engineer: Client, acme: TenantConnection, sensors: list[Sensor]
) -> None:
    key = raise_alarm(acme, about(sensors[0]), NOW - HOUR)
    engineer.post("/api/v1/alarms/acknowledge", {"keys": [key], "note": "Seen"}, "application/json")
    write_journal(acme)
    acknowledged, raised = ask(engineer)["transitions"]
    assert (raised["what"], raised["t"], raised["value"], raised["limit"]) == ("raised", NOW - HOUR, 17.9, 14.5)
    assert (raised["text"], raised["rule_version"], raised["person"]) == ("17.9 °C over 14.5 °C", 1, "")
    assert raised["occurrence"] == f"{key}:{NOW - HOUR}" == acknowledged["occurrence"]
    assert (acknowledged["person"], acknowledged["note"]) == ("engineer.acme", "Seen")
    assert acknowledged["number"] == raised["number"] + 1


def test_two_transitions_within_one_millisecond_both_stay(
    engineer: Client, acme: TenantConnection, sensors: list[Sensor]
) -> None:
    for sensor in sensors:
        raise_alarm(acme, about(sensor), NOW - HOUR)
    assert write_journal(acme) == 3
    assert len(ask(engineer)["transitions"]) == 3


def test_writing_the_same_again_changes_nothing(
    engineer: Client, acme: TenantConnection, sensors: list[Sensor]
) -> None:
    entry = entries(sensors[0], 1)
    write_entries(acme, entry)
    write_entries(acme, entry)
    assert len(ask(engineer)["transitions"]) == 1


def test_filters_leave_out_what_does_not_fit(engineer: Client, acme: TenantConnection, sensors: list[Sensor]) -> None:
    first = raise_alarm(acme, about(sensors[0], priority=1), NOW - 2 * HOUR)
    raise_alarm(acme, about(sensors[1], rule="albbbbbbbbbb"), NOW - HOUR)
    clear_alarm(acme, about(sensors[1], rule="albbbbbbbbbb"), NOW - MINUTE)
    write_journal(acme)
    assert whats(ask(engineer)) == ["returned", "raised", "raised"]
    assert whats(ask(engineer, what="returned,acknowledged")) == ["returned"]
    assert [each["key"] for each in ask(engineer, priority="1")["transitions"]] == [first]
    assert [each["key"] for each in ask(engineer, key=first)["transitions"]] == [first]
    assert len(ask(engineer, rule="albbbbbbbbbb")["transitions"]) == 2
    assert len(ask(engineer, sensor=sensors[1].id)["transitions"]) == 2
    assert len(ask(engineer, site=sensors[0].site)["transitions"]) == 3
    assert whats(ask(engineer, to=NOW - HOUR)) == ["raised"]
    assert whats(ask(engineer, **{"from": NOW - HOUR})) == ["returned", "raised"]
    ask(engineer, 404, site="nowhere")
    ask(engineer, 400, what="exploded")
    ask(engineer, 400, **{"from": NOW, "to": NOW})
    ask(engineer, 400, cursor="yesterday")


def entries(sensor: Sensor, count: int, step: int = MINUTE) -> list[JournalEntry]:
    """Raised every minute, the newest last."""
    its = about(sensor)
    return [
        JournalEntry(
            f"{its.rule}:{sensor.id}",
            number,
            Transition(What.RAISED, NOW - number * step, Condition.UNACKNOWLEDGED, NOW - number * step, 17.9, 14.5),
            its,
        )
        for number in range(1, count + 1)
    ]


def test_pages_over_long_gaps_have_everything_once(
    engineer: Client, acme: TenantConnection, sensors: list[Sensor]
) -> None:
    write_entries(acme, entries(sensors[0], 30) + [
        msg for msg in entries(sensors[1], 5, step=20 * DAY)
    ])  # fmt: skip
    seen, path = list[int](), f"{URL}?limit=7"
    while path:
        page = engineer.get(path).json()
        seen += [each["t"] for each in page["transitions"]]
        path = page["next"]
    assert len(seen) == 35 and seen == sorted(seen, reverse=True)


def test_csv_and_parquet_have_the_same_rows(engineer: Client, acme: TenantConnection, sensors: list[Sensor]) -> None:
    raise_alarm(acme, about(sensors[0], name="=HYPERLINK(1)"), NOW - HOUR)
    clear_alarm(acme, about(sensors[0], name="=HYPERLINK(1)"), NOW - MINUTE)
    write_journal(acme)
    text = engineer.get(f"{URL}?format=csv&limit=1")
    assert text["X-Next-Page"] and "attachment" in text["Content-Disposition"]
    [row] = csv.DictReader(io.StringIO(text.content.decode()))
    assert (row["time"], row["what"], row["name"]) == ("2026-03-14T09:41:00.000Z", "returned", "'=HYPERLINK(1)")
    table = parquet.read_table(io.BytesIO(engineer.get(URL, {"format": "parquet"}).content))
    assert table.column("what").to_pylist() == ["returned", "raised"]
    assert table.column("value").to_pylist() == [17.9, 17.9]
    assert engineer.get(URL, {"format": "xml"}).status_code == 400


def test_another_tenants_engineer_finds_nothing(
    client_for: ClientFor, acme: TenantConnection, rival: TenantConnection, sensors: list[Sensor]
) -> None:
    key = raise_alarm(acme, about(sensors[0]), NOW - HOUR)
    write_journal(acme)
    outsider = client_for("engineer", rival)
    assert ask(outsider, key=key)["transitions"] == []
    ask(outsider, 404, site=sensors[0].site)
    assert outsider.get(URL, headers={"X-Plantrace-Tenant": "acme"}).status_code == 404
