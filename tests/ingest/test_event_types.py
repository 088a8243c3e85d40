"""Schemas of events: what fits and what does not, sensors among the fields, proposals, replays, look-up tables."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from access.models import AuditEntry
from ingest.events import config, repository
from ingest.events.lookup import MAX_ROWS
from ingest.events.operations import take_events
from ingest.events.repository import SCHEMAS, TABLES
from kernel.errors import NotFound
from kernel.tenancy import TenantConnection
from tests.conftest import ClientFor
from tests.ingest.conftest import Plant, drain
from tests.ingest.test_events import NOW, ORIGIN, clear, event, listed, send

TYPES, TABLE = "/api/v1/event-types", "/api/v1/event-tables"


@pytest.fixture
def engineer(acme: TenantConnection, client_for: ClientFor) -> Iterator[Client]:
    clear(acme)
    yield client_for("engineer", acme)
    for collection in (SCHEMAS, TABLES):
        for kept in repository.find_all(acme, collection):
            repository.remove(acme, collection, kept.name, kept.revision)
    clear(acme)


def put(client: Client, fields: dict[str, Any], type_: str = "door.opened", **members: Any) -> Any:
    return client.put(f"{TYPES}/{type_}", {"fields": fields, **members}, "application/json")


def put_table(client: Client, name: str, rows: list[dict[str, Any]], **members: Any) -> Any:
    return client.put(f"{TABLE}/{name}", {"rows": rows, **members}, "application/json")


def replay(client: Client, type_: str = "door.opened", **body: Any) -> Any:
    return client.post(f"{TYPES}/{type_}/replay", body, "application/json").json()


def overflow(client: Client, type_: str = "door.opened") -> dict[tuple[str, str], int]:
    found = client.get(f"{TYPES}/{type_}/overflow").json()["results"]
    return {(each["field"], each["firmware"]): each["events"] for each in found}


def test_a_field_that_does_not_fit_keeps_the_event_and_is_counted_by_firmware(
    acme: TenantConnection, engineer: Client
) -> None:
    put(engineer, {"n": {"type": "integer"}, "w": {"type": "number", "unit": "kW"}, "s": {"type": "text"}})
    odd = {"n": "three", "w": {"v": 1}, "other": [1]}
    send(engineer, [event(0, firmware="1.0", **odd), event(1, firmware="1.1", n=2.0, w=3), event(2, n="x", s=None)])
    drain(acme)
    first, second, third = listed(engineer)
    assert (first["fields"], first["_overflow"], first["version"]) == ({}, odd, 1)
    assert (second["fields"], second["_overflow"]) == ({"n": 2.0, "w": 3}, {})
    assert (third["fields"], third["_overflow"]) == ({"s": None}, {"n": "x"})
    assert overflow(engineer) == {("n", "1.0"): 1, ("w", "1.0"): 1, ("other", "1.0"): 1, ("n", ""): 1}


def test_a_batch_with_any_number_of_misfits_is_counted_in_few_counters(
    acme: TenantConnection, engineer: Client
) -> None:
    put(engineer, {"n": {"type": "integer"}})
    for start in (0, 40):
        send(engineer, [event(k, odd=1, **{f"f{k}-{j}": 1 for j in range(60)}) for k in range(start, start + 40)])
    drain(acme)
    counted = overflow(engineer)
    assert len(counted) <= 2_001 and sum(counted.values()) == 80 * 61
    assert counted["odd", ""] == 80, "the most frequent ones keep their names"
    names = {f"f{k}-{j}": {"type": "integer"} for k in range(76, 80) for j in range(60)}
    put(engineer, {"n": {"type": "integer"}, "odd": {"type": "integer"}, **names}, revision=1)
    replay(engineer)
    drain(acme)
    assert sum(overflow(engineer).values()) == 76 * 60, "also what was counted under no name is taken back"


def test_an_overflow_counts_once_however_often_its_event_is_sent_or_replayed(
    acme: TenantConnection, engineer: Client
) -> None:
    put(engineer, {})
    batch = [event(k, firmware="1") for k in range(6)]
    items = [json.dumps(each).encode() for each in batch]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: take_events(acme, items, NOW * 10**6, ORIGIN), range(8)))
    assert overflow(engineer) == {}, "what is counted is stored"
    drain(acme)
    assert overflow(engineer) == {("n", "1"): 6}
    put(engineer, {"n": {"type": "integer"}}, revision=1)
    send(engineer, [*batch[:2], event(9, firmware="1", n="x")])  # two now fit, in the same queue as what follows
    for _ in range(3):
        replay(engineer)
    drain(acme)
    assert overflow(engineer) == {("n", "1"): 1}
    assert replay(engineer)["left"] == 1
    drain(acme)
    assert overflow(engineer) == {("n", "1"): 1}


def test_once_the_schema_is_right_a_replay_repairs_the_events_under_their_ids(
    plant: Plant, acme: TenantConnection, engineer: Client
) -> None:
    put(engineer, {"n": {"type": "integer"}})
    send(engineer, [event(k, temperature=20.5 + k, odd=[k]) for k in range(3)])
    drain(acme)
    before = listed(engineer)
    temperature = {"type": "number", "sensor": f"{plant.slug}:TT-101"}
    assert put(engineer, {"n": {"type": "integer"}, "temperature": temperature}, revision=1).status_code == 200
    assert replay(engineer) == {"read": 3, "repaired": 0, "left": 3, "next": None}
    drain(acme)
    after = listed(engineer)
    assert [each["id"] for each in after] == [each["id"] for each in before]
    assert [(each["fields"], each["_overflow"], each["version"]) for each in after] == [
        ({"n": k, "temperature": 20.5 + k}, {"odd": [k]}, 2) for k in range(3)
    ]
    stored = {(NOW - 1_000 * k) * 10**6: (20.5 + k, 0) for k in range(3)}
    assert plant.stored("TT-101") == stored
    assert overflow(engineer) == {("odd", ""): 3}
    everything = {"n": {"type": "integer"}, "temperature": temperature, "odd": {"type": "json"}}
    put(engineer, everything, revision=2)
    assert replay(engineer) == {"read": 3, "repaired": 3, "left": 0, "next": None}
    drain(acme)
    assert replay(engineer)["read"] == 0 and overflow(engineer) == {}
    assert [each["_overflow"] for each in listed(engineer)] == [{}, {}, {}]
    assert AuditEntry.objects.filter(action="event-type.replay").count() == 3


def test_a_long_replay_goes_page_by_page(acme: TenantConnection, engineer: Client) -> None:
    put(engineer, {})
    send(engineer, [event(k) for k in range(700)])
    drain(acme)
    put(engineer, {"n": {"type": "integer"}}, revision=1)
    first = replay(engineer)
    assert (first["read"], first["repaired"]) == (500, 500)
    assert replay(engineer, cursor=first["next"]) == {"read": 200, "repaired": 200, "left": 0, "next": None}
    drain(acme)
    assert all(each["fields"] and not each["_overflow"] for each in listed(engineer, "?limit=1000"))
    assert overflow(engineer) == {}


def test_fields_that_are_sensors_become_samples(plant: Plant, acme: TenantConnection, engineer: Client) -> None:
    site = plant.slug
    put(engineer, {
        "t": {"type": "number", "unit": "°F", "sensor": f"{site}:{{device}}"},
        "running": {"type": "boolean", "sensor": f"{site}:P-1.run"},
        "says": {"type": "text", "sensor": f"{plant.site}:PLC.msg"},
    })  # fmt: skip
    sent = {"ts": NOW, "type": "door.opened", "t": 212, "running": True, "says": "hello"}
    send(engineer, [{**sent, "device": "TT-101"}, {**sent, "device": "TT-9", "running": None, "ts": NOW + 1}])
    drain(acme)
    assert plant.stored("TT-101") == {NOW * 10**6: (100.0, 0)}
    assert plant.stored("P-1.run") == {NOW * 10**6: (1.0, 0)}
    assert plant.stored("PLC.msg") == {(NOW + k) * 10**6: ("hello", 0) for k in range(2)}
    unknown, known = listed(engineer)
    assert known["fields"] == {"t": 212, "running": True, "says": "hello"}
    assert unknown["_overflow"] == {"t": 212}, "there is no sensor TT-9, so the field does not fit"


def test_a_proposal_says_what_the_newest_events_have(acme: TenantConnection, engineer: Client) -> None:
    send(engineer, [event(k, w=[1, 0.5][k % 2], ok=True, s="a") for k in range(4)])
    send(engineer, [event(9, n="odd", w=None, ok=False, s="b", deep={"a": 1})])
    drain(acme)
    found = engineer.get(f"{TYPES}/door.opened/proposal").json()
    assert found["events"] == 5
    kinds = {name: (each["schema"]["type"], each["seen"], each["fits"]) for name, each in found["fields"].items()}
    assert kinds == {
        "n": ("integer", 5, 4), "w": ("number", 5, 5), "ok": ("boolean", 5, 5), "s": ("text", 5, 5),
        "deep": ("json", 1, 1),
    }  # fmt: skip
    assert found["fields"]["s"]["examples"] == ["a", "b"]
    schema = {name: each["schema"] for name, each in found["fields"].items()}
    assert put(engineer, schema).status_code == 200, "a proposal can be stored as it is"
    assert not any(each["is_new"] for each in engineer.get(f"{TYPES}/door.opened/proposal").json()["fields"].values())


def test_versions_are_kept_and_an_outdated_revision_is_refused(acme: TenantConnection, engineer: Client) -> None:
    first = put(engineer, {"n": {"type": "integer"}}, note="First")
    assert first["ETag"] == '"1"'
    for members in ({}, {"revision": 7}):
        stale = put(engineer, {}, **members)
        assert (stale.status_code, stale.json()["current"]) == (409, 1)
    assert put(engineer, {}, "other", revision=3).status_code == 404
    second = put(engineer, {"n": {"type": "number"}}, revision=1)
    assert (second.json()["version"], second.json()["fields"]["n"]["type"]) == (2, "number")
    versions = engineer.get(f"{TYPES}/door.opened/versions").json()["results"]
    assert [(each["version"], each["note"], each["author"]) for each in versions] == [
        (2, "", "engineer.acme"), (1, "First", "engineer.acme"),
    ]  # fmt: skip
    assert engineer.get(f"{TYPES}/door.opened/versions/1").json()["fields"]["n"]["type"] == "integer"
    assert engineer.get(f"{TYPES}/door.opened/versions/3").status_code == 404
    body = {"fields": {}, "revision": 2}
    beside = engineer.put(f"{TYPES}/door.opened", body, content_type="application/json", headers={"If-Match": "x"})
    assert (beside.status_code, beside.json()["field"]) == (400, "If-Match"), "also beside a revision in the body"
    assert engineer.delete(f"{TYPES}/door.opened", headers={"If-Match": '"1"'}).status_code == 409
    assert engineer.delete(f"{TYPES}/door.opened", headers={"If-Match": '"2"'}).status_code == 204
    assert engineer.get(f"{TYPES}/door.opened").status_code == 404
    assert [each.action for each in AuditEntry.objects.filter(target="door.opened").order_by("id")] == [
        "event-type.update", "event-type.update", "event-type.delete",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("field", "slug"),
    [
        ({"type": "number", "sensor": "TT-101"}, "bad-sensor"),
        ({"type": "json", "sensor": "{site}:TT-101"}, "bad-sensor"),
        ({"type": "number", "sensor": "nowhere:TT-101"}, "bad-sensor"),
        ({"type": "number", "sensor": "{site}:TT-9"}, "bad-sensor"),
        ({"type": "number", "unit": "bar", "sensor": "{site}:TT-101"}, "bad-unit"),
        ({"type": "float"}, "invalid-body"),
    ],
)
def test_a_wrong_schema_is_refused(field: dict[str, str], slug: str, plant: Plant, engineer: Client) -> None:
    field = {name: text.replace("{site}", plant.slug) for name, text in field.items()}
    answer = put(engineer, {"x": field})
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (400, slug)


def at(hour: int) -> int:
    return int(datetime(2026, 11, 10, hour, 30, tzinfo=UTC).timestamp() * 1000)


def test_tables_add_shift_operator_and_product_when_events_arrive(acme: TenantConnection, engineer: Client) -> None:
    shifts = [
        {"values": {"shift": name}, "daily": daily}
        for name, daily in (("early", ["06:00", "14:00"]), ("late", ["14:00", "22:00"]), ("night", ["22:00", "06:00"]))
    ]
    assert put_table(engineer, "shifts", shifts, timezone="Europe/Berlin").status_code == 200
    orders = [
        {"key": "M-1", "values": {"product": "A"}, "from": at(0), "to": at(8)},
        {"key": "M-1", "values": {"product": "B", "operator": "Ada"}, "from": at(8)},
        {"values": {"product": "none"}},
    ]
    assert put_table(engineer, "orders", orders, types=["step"]).status_code == 200
    assert put_table(engineer, "recipes", [{"key": "7", "values": {"recipe": "Cola"}}], key="recipe").status_code == 200
    step = {"type": "step", "device": "M-1"}
    send(engineer, [
        {**step, "ts": at(5)}, {**step, "ts": at(14), "recipe": 7}, {**step, "ts": at(22), "device": "M-2"},
        {**step, "ts": at(6), "type": "other"},
    ])  # fmt: skip
    drain(acme)
    contexts = {(each["ts"], each["type"]): each["context"] for each in listed(engineer)}
    assert contexts == {  # in November Berlin is an hour ahead
        (at(5), "step"): {"shift": "early", "product": "A"},
        (at(14), "step"): {"shift": "late", "product": "B", "operator": "Ada", "recipe": "Cola"},
        (at(22), "step"): {"shift": "night", "product": "none"},
        (at(6), "other"): {"shift": "early"},
    }
    assert [(each["name"], each["rows"]) for each in engineer.get(TABLE).json()["results"]] == [
        ("orders", 3), ("recipes", 1), ("shifts", 3),
    ]  # fmt: skip
    assert engineer.get(f"{TABLE}/orders").json()["rows"][1]["from"] == at(8)


def test_tables_are_changed_from_the_revision_that_was_read(engineer: Client) -> None:
    rows = [{"values": {"a": "b"}}]
    assert put_table(engineer, "t", rows)["ETag"] == '"1"'
    assert put_table(engineer, "t", rows).status_code == 409
    assert put_table(engineer, "t", [], revision=1).json()["revision"] == 2
    assert put_table(engineer, "u", rows, timezone="Berlin").json()["type"].endswith("bad-timezone")
    backwards = [{"values": {"a": "b"}, "from": 2, "to": 1}]
    assert put_table(engineer, "u", backwards).json()["type"].endswith("bad-table")
    assert engineer.delete(f"{TABLE}/t").status_code == 204
    assert engineer.get(f"{TABLE}/t").status_code == engineer.delete(f"{TABLE}/t").status_code == 404


def test_contents_are_bounded_in_bytes_and_lists_do_not_read_rows(
    acme: TenantConnection, engineer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [{"key": str(k), "values": {"a": "b" * 20}} for k in range(30)]
    put_table(engineer, "t", rows)
    first = repository.find(acme, TABLES, "t")
    assert first is not None and first.present.bytes > 1_000
    monkeypatch.setattr(repository, "MAX_BYTES", int(2.3 * first.present.bytes))
    monkeypatch.setattr(repository, "MAX_PAST_BYTES", int(1.5 * first.present.bytes))
    for revision in (1, 2, 3):
        assert put_table(engineer, "t", rows, revision=revision).status_code == 200
    assert put_table(engineer, "u", rows).status_code == 200
    full = put_table(engineer, "v", rows)
    assert (full.status_code, full.json()["type"]) == (409, "/problems/no-room")
    assert "Remove one" in full.json()["detail"]
    assert put_table(engineer, "v", rows[:1]).status_code == 200
    assert [each["rows"] for each in engineer.get(TABLE).json()["results"]] == [30, 30, 1]
    [kept] = [each for each in repository.find_all(acme, TABLES, without=["content.rows"]) if each.name == "t"]
    assert "rows" not in kept.content
    assert [bool(version.content) for version in kept.versions] == [False, False, True, True]
    assert repository.content_of(acme, TABLES, "t", 3)[1]["rows"]
    with pytest.raises(NotFound, match="no longer kept"):
        repository.content_of(acme, TABLES, "t", 1)
    assert engineer.delete(f"{TABLE}/t").status_code == 204


def test_what_is_remembered_of_tenants_is_bounded_in_bytes(
    acme: TenantConnection, rival: TenantConnection, engineer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_table(engineer, "t", [{"key": str(k), "values": {"a": "b"}} for k in range(30)])
    monkeypatch.setattr(config, "MAX_BYTES", 100)
    config.config_of(rival)
    assert config.config_of(acme).bytes > 100
    assert list(config._known) == [acme.documents]
    config.config_of(rival)
    assert list(config._known) == [rival.documents]


def test_tables_take_no_more_memory_than_is_counted(acme: TenantConnection, engineer: Client) -> None:
    put_table(engineer, "t", [{"key": f"{k:x}", "values": {"a": ""}} for k in range(MAX_ROWS)])
    config._known.clear()
    tracemalloc.start()
    try:
        counted, used = config.config_of(acme).bytes, tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert 0.5 * counted < used < counted
    all_of_a_tenant = 2 * repository.MAX_BYTES * config.MEMORY_PER_BYTE  # schemas and tables
    assert all_of_a_tenant < config.MAX_BYTES < 128 << 20


def test_viewers_read_and_another_tenant_finds_nothing(
    acme: TenantConnection, rival: TenantConnection, engineer: Client, client_for: ClientFor
) -> None:
    put(engineer, {"n": {"type": "integer"}})
    put_table(engineer, "t", [])
    viewer, outsider = client_for("viewer", acme), client_for("engineer", rival)
    assert viewer.get(f"{TYPES}/door.opened").status_code == 200
    assert put(viewer, {}, revision=1).status_code == put_table(viewer, "t", []).status_code == 403
    for path in (f"{TYPES}/door.opened", f"{TYPES}/door.opened/versions/1", f"{TABLE}/t"):
        assert outsider.get(path).status_code == 404
    assert outsider.get(TYPES).json()["results"] == outsider.get(TABLE).json()["results"] == []
    assert client_for("engineer", acme, ("ingest",)).get(TYPES).status_code == 403
