"""Mapping over HTTP: rules are tried, saved and replayed; unmapped sensors are named, with suggestions."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from access.models import AuditEntry
from catalog import operations as catalog
from ingest.mapping import recent
from ingest.sources.influxdb.operations import take_lines
from kernel.tenancy import TenantConnection
from tests.conftest import ClientFor
from tests.ingest.conftest import drain
from tests.ingest.mapping_world import T, forget, letters, map_by, rule, sensor, sensors, stored, write

URL = "/api/v1/mapping"
CPU = "cpu,host=gw-1 usage_idle=90.5,usage_user=9i"
RULE = rule("cpu", "harbour", "{host}.{field}", tags={"host": "{host}"})


@pytest.fixture
def tenant(acme: TenantConnection) -> Iterator[TenantConnection]:
    """acme with the site `harbour` and one sensor."""
    forget(acme)
    recent._kept_at.clear()
    catalog.bulk_upsert(acme, "sites", [{"slug": "harbour", "name": "Harbour", "timezone": "UTC"}])
    catalog.bulk_upsert(acme, "sensors", [{"site": "harbour", "tag": "gw-1.usage_idle", "unit": "%"}])
    yield acme
    forget(acme)


@pytest.fixture
def engineer(tenant: TenantConnection, client_for: ClientFor) -> Client:
    return client_for("engineer", tenant)


def send(client: Client, method: str, path: str, body: Any = None) -> Any:
    return client.generic(method, path, json.dumps(body), content_type="application/json")


def save(client: Client, **mapping: Any) -> Any:
    return send(client, "PUT", URL, {"revision": client.get(URL).json()["revision"], **mapping})


def test_rules_are_read_and_saved_by_revision(engineer: Client, tenant: TenantConnection) -> None:
    assert engineer.get(URL).json()["unmatched"] == "keep"
    saved = save(engineer, unmatched="create", rules=[{**RULE, "unit": "percent", "field": "usage_idle"}])
    assert saved.status_code == 200, saved.content
    assert saved["ETag"] == '"2"'
    read = engineer.get(URL).json()
    assert read == {name: value for name, value in saved.json().items() if name != "replayed"}
    assert (read["revision"], read["rules"][0]["unit"]) == (2, "%")
    assert save(engineer, rules=[]).json()["revision"] == 3
    stale = send(engineer, "PUT", URL, {"revision": 2})
    assert (stale.status_code, stale.json()["current"]["revision"]) == (409, 3)
    assert send(engineer, "PUT", URL, {}).status_code == 400, "no revision"
    entry = AuditEntry.objects.filter(action="mapping.update").order_by("id").first()
    assert entry is not None and entry.detail["unmatched"] == ["keep", "create"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"rules": [rule("{a}{b}", "s", "t")]}, "rules[0].name"),
        ({"rules": [RULE, rule("a", "{site}", "t")]}, "rules[1].site"),
        ({"rules": [rule("a", "s", "{field}", tags={"k": "{field}"})]}, "rules[0].field"),
        ({"rules": [rule("a", "s", "t", unit="furlongsss")]}, "rules[0].unit"),
        ({"rules": [rule("a", "s", "t", scale=0)]}, "rules[0].scale"),
        ({"rules": [rule("", "s", "t")]}, "rules[0].name"),
        ({"rules": [RULE] * 201}, "rules"),
        ({"site": "nowhere"}, "site"),
    ],
)
@pytest.mark.parametrize("path", [URL, f"{URL}/test"])
def test_a_wrong_mapping_is_refused_by_field(engineer: Client, wrong: Any, field: str, path: str) -> None:
    body = {**wrong, "revision": 1} if path == URL else wrong
    response = send(engineer, "PUT" if path == URL else "POST", path, body)
    assert response.status_code == 400
    assert field in [error["field"] for error in response.json()["errors"]]
    assert engineer.get(URL).json()["revision"] == 1


def test_rules_are_tried_on_what_arrived_last(engineer: Client, tenant: TenantConnection) -> None:
    write(tenant, f"{CPU} {T}", f'mem,host=gw-1 text="full" {T}', f"harbour,sensor=gw-1.usage_idle value=1 {T}")
    before = len(letters(tenant))
    trial = send(engineer, "POST", f"{URL}/test", {"rules": [{**RULE, "scale": 2}]}).json()
    by_name = {arrival["name"]: arrival for arrival in trial["arrivals"]}
    assert sorted(by_name) == ["cpu", "mem"], "what needs no rule is no example"
    idle, user = by_name["cpu"]["fields"]
    known = sensor(tenant, "gw-1.usage_idle")
    assert (idle["outcome"], idle["id"], idle["becomes"], idle["unit"], idle["rule"]) == (
        "stored",
        known.id,
        181,
        "%",
        1,
    )
    assert (user["outcome"], user["rule"], user["reason"]) == (
        "kept",
        1,
        "rule 1 names the sensor 'gw-1.usage_user' of 'harbour', which does not exist",
    )
    assert by_name["cpu"]["time"] == str(T)
    assert trial["counts"] == {"stored": 1, "kept": 2}
    created = send(engineer, "POST", f"{URL}/test", {"rules": [RULE], "unmatched": "create"}).json()
    assert created["counts"] == {"stored": 1, "created": 2}
    rules = {field["field"]: field["rule"] for arrival in created["arrivals"] for field in arrival["fields"]}
    assert rules == {"usage_idle": 1, "usage_user": 1, "text": None}
    assert (len(letters(tenant)), sensors(tenant)) == (before, {}), "nothing is stored or created"


def test_a_disabled_rule_keeps_its_number_and_matches_nothing(engineer: Client, tenant: TenantConnection) -> None:
    write(tenant, f"cpu,host=gw-1 usage_idle=90 {T}")
    rules = [{**RULE, "sensor": "wrong", "enabled": False}, RULE]
    (tried,) = send(engineer, "POST", f"{URL}/test", {"rules": rules}).json()["arrivals"]
    assert [(field["outcome"], field["sensor"], field["rule"]) for field in tried["fields"]] == [
        ("stored", "gw-1.usage_idle", 2)
    ]
    assert save(engineer, rules=rules).json()["rules"][0]["enabled"] is False
    assert write(tenant, f"cpu,host=gw-1 usage_idle=80 {T + 1}").stored == 1


def test_series_that_would_overwrite_each_other_are_named(engineer: Client, tenant: TenantConnection) -> None:
    write(tenant, *(f"cpu,host=gw-1,node=n{k} usage_idle=1 {T}" for k in range(3)))
    assert send(engineer, "POST", f"{URL}/test", {"rules": [RULE]}).json()["clashes"] == [
        {"site": "harbour", "sensor": "gw-1.usage_idle", "series": 3}
    ]
    apart = {"rules": [RULE], "distinguish": {"influxdb": {"tag": "node", "by": "time"}}}
    assert send(engineer, "POST", f"{URL}/test", apart).json()["clashes"] == []


def test_only_the_last_hundred_arrivals_are_kept(engineer: Client, tenant: TenantConnection) -> None:
    for batch in range(7):
        recent._kept_at.clear()
        write(
            tenant, *(f"m{batch},k={k} x=1 {T}" for k in range(30)), f"wide {','.join(f'f{k}=1' for k in range(3_000))}"
        )
    trial = send(engineer, "POST", f"{URL}/test", {}).json()
    assert len(trial["arrivals"]) == 100
    assert trial["arrivals"][0]["name"] == "m6"


def test_an_arrival_whose_time_cannot_be_stored_is_refused_and_no_example(
    engineer: Client, tenant: TenantConnection
) -> None:
    hour = 3_600_000_000_000
    body = f"press,k=a x=1 {T // hour}\npress,k=b x=1 9999999999999999999"
    taken = take_lines(tenant, body.encode(), hour, time.time_ns())
    assert (taken.stored, taken.refused) == (0, 2), "no rule matches either"
    [arrival] = send(engineer, "POST", f"{URL}/test", {}).json()["arrivals"]
    assert arrival["tags"] == {"k": "a"}


def test_kept_letters_are_replayed_once_a_rule_matches(engineer: Client, tenant: TenantConnection) -> None:
    write(tenant, f"{CPU} {T}", f"other x=1 {T}", f"harbour,sensor=gw-1.usage_idle value=x {T}")
    saved = save(engineer, rules=[{**RULE, "field": "usage_idle"}]).json()
    assert saved["replayed"] == {"letters": 0, "points": 0, "left": 2, "more": False}, (
        "one of its fields is still wrong"
    )
    saved = save(engineer, unmatched="create", rules=[RULE, rule("other", "harbour", "{field}")]).json()
    assert saved["replayed"] == {"letters": 2, "points": 3, "left": 0, "more": False}
    drain(tenant)
    assert stored(tenant, "gw-1.usage_user") == {T: 9.0}
    assert [letter.unmatched for letter in letters(tenant)] == [False], "what is wrong otherwise stays"


def test_letters_say_whether_a_rule_would_help_and_the_flow_counts_unmapped_sensors(
    engineer: Client, tenant: TenantConnection
) -> None:
    write(tenant, f"other x=1 {T}", f"harbour,sensor=gw-1.usage_idle value=x {T}")
    listed = engineer.get("/api/v1/deadletters").json()["results"]
    assert {each["item"].split()[0]: each["unmatched"] for each in listed} == {
        "other": True,
        "harbour,sensor=gw-1.usage_idle": False,
    }
    before = engineer.get("/api/v1/flow").json()["sensors"]
    map_by(tenant, unmatched="create")
    write(tenant, f"other x=1,y=2 {T}")
    after = engineer.get("/api/v1/flow").json()["sensors"]
    assert (after["unmapped"] - before["unmapped"], after["known"] - before["known"]) == (2, 2)


def test_a_replay_takes_only_the_fields_that_were_not_stored(engineer: Client, tenant: TenantConnection) -> None:
    map_by(tenant, rules=[{**RULE, "field": "usage_idle"}])
    write(tenant, f"{CPU} {T}")
    write(tenant, f"harbour,sensor=gw-1.usage_idle value=50 {T}")  # corrected meanwhile
    assert save(engineer, unmatched="create", rules=[RULE]).json()["replayed"]["points"] == 1
    drain(tenant)
    assert stored(tenant, "gw-1.usage_idle") == {T: 50.0}
    assert send(engineer, "POST", f"{URL}/replay").json()["letters"] == 0


def test_several_unmapped_sensors_are_named_at_once_or_none(engineer: Client, tenant: TenantConnection) -> None:
    map_by(tenant, unmatched="create")
    write(tenant, f"cpu,host=gw-2 usage_idle=1,usage_user=2 {T}")
    a, b = (sensors(tenant)[f"cpu.gw-2.{field}"] for field in ("usage_idle", "usage_user"))
    clash = {"items": [{"id": a.id, "tag": "IDLE", "unit": "%"}, {"id": b.id, "tag": "IDLE"}]}
    refused = send(engineer, "POST", "/api/v1/sensors/name", clash)
    assert (refused.status_code, refused.json()["errors"][0]["index"]) == (400, 1)
    assert len(sensors(tenant)) == 2
    items = {"items": [{"id": a.id, "tag": "IDLE", "unit": "%", "revision": 1}, {"id": b.id, "name": "User"}]}
    named = send(engineer, "POST", "/api/v1/sensors/name", items)
    assert named.status_code == 200, named.content
    assert [(each["id"], each["tag"], each["unmapped"]) for each in named.json()["results"]] == [
        (a.id, "IDLE", False),
        (b.id, "cpu.gw-2.usage_user", False),
    ]
    assert sensors(tenant) == {}
    assert write(tenant, f"cpu,host=gw-2 usage_idle=3 {T + 1}").stored == 1
    drain(tenant)
    assert stored(tenant, "IDLE") == {T: 1.0, T + 1: 3.0}


@pytest.mark.parametrize("items", [[], [{"id": "s000000000a", "tag": "X"}], [{"tag": "X"}], [{"id": 1}]])
def test_naming_what_does_not_exist_is_refused(engineer: Client, items: Any) -> None:
    assert send(engineer, "POST", "/api/v1/sensors/name", {"items": items}).status_code in (400, 404)


def test_suggestions_are_by_name_and_by_the_shape_of_values(engineer: Client, tenant: TenantConnection) -> None:
    known = (("TT-7", "Supply temperature", "°C"), ("PT-7", "Pressure", "bar"), ("M", "host gw-9", "%"))
    items = [{"site": "harbour", "tag": tag, "name": name, "unit": unit} for tag, name, unit in known]
    catalog.bulk_upsert(tenant, "sensors", items)
    map_by(tenant, unmatched="create")
    minute = 60_000_000_000

    def wave(head: str, middle: float, size: float) -> list[str]:
        return [f"{head}={middle + size * math.sin(k / 5)} {T + k * minute}" for k in range(60)]

    write(tenant, *wave("harbour,sensor=TT-7 value", 7, 1.0), *wave("harbour,sensor=PT-7 value", 300, 2.0))
    write(tenant, *wave("x,host=gw-9 y", 7.05, 0.9))
    drain(tenant)
    unmapped = sensors(tenant)["x.gw-9.y"]
    found = engineer.get(f"/api/v1/sensors/{unmapped.id}/suggestions").json()["results"]
    by_tag = {each["tag"]: each for each in found}
    assert by_tag["TT-7"]["by_values"] > 0.8 > by_tag["PT-7"]["by_values"]
    assert by_tag["M"]["by_name"] > by_tag["TT-7"]["by_name"]
    assert by_tag["M"]["by_values"] is None
    assert by_tag["TT-7"]["unit"] == "°C"
    assert {each["tag"] for each in found[:2]} == {"TT-7", "M"}


def test_viewers_read_the_rules_and_change_nothing(tenant: TenantConnection, client_for: ClientFor) -> None:
    viewer = client_for("viewer", tenant)
    assert viewer.get(URL).status_code == 200
    for method, path in (("PUT", URL), ("POST", f"{URL}/test"), ("POST", f"{URL}/replay")):
        assert send(viewer, method, path, {"revision": 1}).status_code == 403
    assert send(viewer, "POST", "/api/v1/sensors/name", {"items": []}).status_code == 403


def test_an_outsider_sees_neither_rules_nor_arrivals(
    tenant: TenantConnection, rival: TenantConnection, client_for: ClientFor
) -> None:
    forget(rival)
    map_by(tenant, unmatched="create", rules=[RULE])
    write(tenant, f"secret x=1 {T}")
    outsider = client_for("engineer", rival)
    assert outsider.get(URL).json()["rules"] == []
    assert send(outsider, "POST", f"{URL}/test", {}).json()["arrivals"] == []
    unmapped = sensors(tenant)["secret.x"]
    assert outsider.get(f"/api/v1/sensors/{unmapped.id}/suggestions").status_code == 404
    naming = {"items": [{"id": unmapped.id, "tag": "MINE"}]}
    assert send(outsider, "POST", "/api/v1/sensors/name", naming).status_code == 404
