"""Sources of a tenant: who sends for which, paused and resumed, counted and mapped by themselves."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from access.models import ApiToken, AuditEntry
from ingest.events import operations
from ingest.events.attachments import detach
from ingest.letters import Origin
from ingest.named_sources import repository
from ingest.named_sources.admission import SourcePaused
from ingest.named_sources.models import MAX_SOURCES, NamedSource
from kernel.errors import PlantraceError
from kernel.ids import SOURCE, new_id
from kernel.tenancy import TenantConnection
from stores.redis.client import redis_client
from stores.redis.live import MAX_SHOWN, Announcements, Messages
from stores.redis.live_scripts import LIVE, WATCHED
from tests.conftest import ClientFor
from tests.ingest.mapping_world import T, letters, map_by, rule, sensors
from tests.ingest.sources_world import (
    GATEWAY,
    OTHER,
    SAMPLE,
    URL,
    clean,
    create,
    ensure_tokens,
    flow_of_source,
    prepare,
    send,
    write,
)


@pytest.fixture
def tenant(acme: TenantConnection) -> Iterator[TenantConnection]:
    """acme with the site `harbour`, one sensor, and no sources."""
    prepare(acme)
    yield acme
    clean(acme)


@pytest.fixture
def neighbour(rival: TenantConnection) -> Iterator[TenantConnection]:
    clean(rival)
    yield rival
    clean(rival)


@pytest.fixture
def engineer(tenant: TenantConnection, client_for: ClientFor) -> Client:
    client = client_for("engineer", tenant)
    ensure_tokens(tenant, GATEWAY, OTHER)
    return client


def accepted(client: Client) -> dict[str, int]:
    """By source, since the tenant exists."""
    return {each["id"]: sum(each["accepted"]) for each in client.get("/api/v1/flow?span=30d").json()["sources"]}


def test_a_source_is_created_changed_and_deleted_with_entries_in_the_audit_trail(engineer: Client) -> None:
    made = create(engineer, description="The old gateway")
    assert engineer.get(f"{URL}/{made['id']}").json() == made
    changed = send(engineer, "PATCH", f"{URL}/{made['id']}", {"name": "Press 4", "revision": 1})
    assert (changed["name"], changed["tokens"], changed["revision"]) == ("Press 4", [GATEWAY], 2)
    listed = engineer.get(URL).json()["results"]
    assert [each["id"] for each in listed] == ["events", "influxdb", made["id"]]
    stale = send(engineer, "PATCH", f"{URL}/{made['id']}", {"name": "x", "revision": 1}, 409)
    assert stale["current"] == changed
    send(engineer, "DELETE", f"{URL}/{made['id']}", status=204)
    assert send(engineer, "GET", f"{URL}/{made['id']}", status=404)
    entries = AuditEntry.objects.filter(target=made["id"]).order_by("id")
    assert [entry.action for entry in entries] == ["source.create", "source.update", "source.delete"]
    assert entries[1].detail == {"name": ["Press line 4", "Press 4"]}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "Other"}, "name"),
        ({"tokens": [OTHER]}, "tokens"),
        ({"tokens": [""]}, "tokens"),
        ({"description": "x" * 501}, "description"),
    ],
)
def test_what_is_wrong_with_a_source_is_said_at_its_field(engineer: Client, body: Any, field: str) -> None:
    create(engineer, "other", tokens=[OTHER])
    wrong = {"name": "Press", "kind": "influxdb", **body}
    refused = send(engineer, "POST", URL, wrong, 400)
    assert [error["field"] for error in refused["errors"]] == [field]
    assert len(engineer.get(URL).json()["results"]) == 3


def test_a_token_may_be_of_one_source_of_each_kind(engineer: Client) -> None:
    create(engineer)
    assert create(engineer, "Its events", kind="events")["tokens"] == [GATEWAY]


def test_tokens_that_the_tenant_does_not_have_are_refused(
    engineer: Client, tenant: TenantConnection, neighbour: TenantConnection, client_for: ClientFor
) -> None:
    client_for("engineer", neighbour)
    theirs, revoked = "k6m8x2p9qwz", "k7m8x2p9qwz"
    ensure_tokens(neighbour, theirs)
    ensure_tokens(tenant, revoked)
    id = create(engineer, tokens=[GATEWAY, revoked])["id"]
    ApiToken.objects.get(id=revoked).delete()
    for token in (theirs, revoked, "k8m8x2p9qwz", "no token"):
        body = {"name": "Other", "kind": "events", "tokens": [token]}
        refused = send(engineer, "POST", URL, body, 400)
        assert refused["errors"][0]["field"] == "tokens" and token in refused["detail"]
    refused = send(engineer, "PATCH", f"{URL}/{id}", {"tokens": [GATEWAY, theirs]}, 400)
    assert theirs in refused["detail"]
    kept = send(engineer, "PATCH", f"{URL}/{id}", {"tokens": [GATEWAY, revoked], "name": "Press"})
    assert kept["tokens"] == [GATEWAY, revoked], "one that was revoked may stay"


def test_what_a_token_sends_is_counted_for_its_source(engineer: Client, tenant: TenantConnection) -> None:
    made = create(engineer)
    before = accepted(engineer)
    write(tenant, f"{SAMPLE}{T}\n{SAMPLE}{T + 1}")
    write(tenant, f"{SAMPLE}{T}", OTHER)
    after = accepted(engineer)
    assert (after[made["id"]], after["influxdb"] - before["influxdb"]) == (2, 1)
    write(tenant, f"nobody x=1 {T}")
    (letter,) = engineer.get("/api/v1/deadletters").json()["results"]
    assert (letter["source"], letter["source_id"]) == ("influxdb", made["id"])


def test_a_paused_source_stores_nothing_and_its_senders_come_back(engineer: Client, tenant: TenantConnection) -> None:
    made = create(engineer)
    paused = send(engineer, "PATCH", f"{URL}/{made['id']}", {"paused": True})
    assert paused["paused"]["by"] and paused["paused"]["since"]
    with pytest.raises(SourcePaused) as refused:
        write(tenant, f"{SAMPLE}{T}\nnobody x=1 {T}")
    assert refused.value.extra["retry_after"] == 60
    assert "Press line 4" in refused.value.detail
    assert letters(tenant) == []
    assert write(tenant, f"{SAMPLE}{T}", OTHER).stored == 1, "others are not paused"
    shown = flow_of_source(engineer, made["id"])
    assert (shown["paused"], shown["name"], shown["kind"]) == (paused["paused"], "Press line 4", "influxdb")
    assert (sum(shown["turned_away"]), shown["last_error"], sum(shown["requests"])) == (1, None, 0)
    again = send(engineer, "PATCH", f"{URL}/{made['id']}", {"paused": True})
    assert again["paused"] == paused["paused"], "it keeps since when it is paused"
    send(engineer, "PATCH", f"{URL}/{made['id']}", {"paused": False})
    assert write(tenant, f"{SAMPLE}{T}").stored == 1
    actions = AuditEntry.objects.filter(target=made["id"]).order_by("id").values_list("action", flat=True)
    assert list(actions) == ["source.create", "source.pause", "source.resume"]


@pytest.mark.parametrize(("path", "status"), [("/write", 503), ("/api/v2/write", 429)])
def test_a_paused_kind_answers_as_a_suspended_tenant_does(
    engineer: Client, tenant: TenantConnection, path: str, status: int
) -> None:
    send(engineer, "PATCH", f"{URL}/influxdb", {"paused": True})
    response = engineer.post(path, f"{SAMPLE}{T}", content_type="text/plain")
    assert (response.status_code, "paused" in response.content.decode()) == (status, True)
    assert 1 <= int(response["Retry-After"]) <= 120
    send(engineer, "PATCH", f"{URL}/influxdb", {"paused": False})
    assert engineer.post(path, f"{SAMPLE}{T}", content_type="text/plain").status_code == 204


def test_events_of_a_paused_source_come_back_too(engineer: Client) -> None:
    send(engineer, "PATCH", f"{URL}/events", {"paused": True})
    event = [{"ts": 1_770_000_000_000, "type": "door", "device": "M-1"}]
    refused = send(engineer, "POST", "/api/v1/events", event, 503)
    assert refused["type"].endswith("source-paused")
    send(engineer, "PATCH", f"{URL}/events", {"paused": False})
    send(engineer, "POST", "/api/v1/events", event, 202)


def test_a_paused_source_keeps_its_senders_until_it_is_resumed(engineer: Client) -> None:
    id = create(engineer, tokens=[GATEWAY, OTHER])["id"]
    send(engineer, "PATCH", f"{URL}/{id}", {"paused": True})
    assert send(engineer, "DELETE", f"{URL}/{id}", status=409)["type"].endswith("source-is-paused")
    refused = send(engineer, "PATCH", f"{URL}/{id}", {"tokens": [GATEWAY]}, 400)
    assert refused["errors"][0]["field"] == "tokens" and "resume" in refused["detail"]
    send(engineer, "PATCH", f"{URL}/{id}", {"tokens": [GATEWAY], "paused": False})
    send(engineer, "DELETE", f"{URL}/{id}", status=204)


def test_events_that_are_received_while_their_source_is_paused_are_not_stored(
    engineer: Client, tenant: TenantConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Storing their long texts may take seconds."""

    def paused_meanwhile(*arguments: Any) -> Any:
        send(engineer, "PATCH", f"{URL}/events", {"paused": True})
        return detach(*arguments)

    monkeypatch.setattr(operations, "detach", paused_meanwhile)
    event = {"ts": time.time_ns() // 10**6, "type": "hatch", "device": "M-1"}
    with pytest.raises(SourcePaused):
        operations.take_events(tenant, [json.dumps(event).encode()], time.time_ns(), Origin("events"))


def test_pages_have_every_source_once_also_where_a_name_begins_another(engineer: Client) -> None:
    names = ["Press", "press 1", "Press 2", "Press-3"]
    for name in reversed(names):
        create(engineer, name, tokens=[])
    found, url = [], f"{URL}?limit=1"
    while url is not None:
        page = engineer.get(url).json()
        found += [each["name"] for each in page["results"]]
        url = page["next"]
    assert [name for name in found if name] == names


def test_a_tenant_has_a_hundred_sources_beside_its_kinds(engineer: Client, tenant: TenantConnection) -> None:
    send(engineer, "PATCH", f"{URL}/influxdb", {"description": "All gateways"})
    made = [NamedSource(new_id(SOURCE), "influxdb", f"S {k}") for k in range(MAX_SOURCES - 1)]
    repository.change(tenant, lambda sources: {**sources, **{each.id: each for each in made}})
    create(engineer)
    body = {"name": "One more", "kind": "influxdb"}
    assert send(engineer, "POST", URL, body, 400)["type"].endswith("too-many-sources")


def test_a_kind_is_neither_deleted_nor_named(engineer: Client) -> None:
    assert send(engineer, "DELETE", f"{URL}/influxdb", status=409)["type"].endswith("source-of-kind")
    assert send(engineer, "PATCH", f"{URL}/influxdb", {"name": "x"}, 400)["errors"][0]["field"] == "name"


def test_rules_and_writers_may_be_of_one_source(engineer: Client, tenant: TenantConnection) -> None:
    made = create(engineer)
    map_by(
        tenant,
        unmatched="create",
        rules=[rule("m", "harbour", "press.{field}", source=made["id"]), rule("m", "harbour", "any.{field}")],
        distinguish={made["id"]: {"tag": "node"}},
    )
    write(tenant, f"m,node=1 x=1 {T}")
    write(tenant, f"m,node=1 x=1 {T}", OTHER)
    assert set(sensors(tenant, unmapped=False)) == {"TT-1", "press.x.1", "any.x"}
    trial = send(engineer, "POST", "/api/v1/mapping/test", {})
    assert {each["source"] for each in trial["arrivals"]} == {made["id"], "influxdb"}
    refused = send(engineer, "DELETE", f"{URL}/{made['id']}", status=409)
    assert "rule 1" in refused["detail"]
    map_by(tenant)
    send(engineer, "DELETE", f"{URL}/{made['id']}", status=204)


def test_a_named_sensor_keeps_its_series_when_its_sender_becomes_a_source(
    engineer: Client, tenant: TenantConnection
) -> None:
    map_by(tenant, unmatched="create")
    write(tenant, f"m x=1 {T}")
    create(engineer)
    write(tenant, f"m x=2 {T + 1}")
    assert list(sensors(tenant)) == ["m.x"]


def test_letters_of_a_deleted_source_are_replayed(engineer: Client, tenant: TenantConnection) -> None:
    made = create(engineer)
    write(tenant, f"nobody x=1 {T}")
    send(engineer, "DELETE", f"{URL}/{made['id']}", status=204)
    saved = send(
        engineer,
        "PUT",
        "/api/v1/mapping",
        {"revision": 1, "unmatched": "create", "rules": [rule("nobody", "harbour", "N")]},
    )
    assert saved["replayed"]["letters"] == 1


def test_viewers_see_sources_and_change_none(engineer: Client, tenant: TenantConnection, client_for: ClientFor) -> None:
    made, viewer = create(engineer), client_for("viewer", tenant)
    assert len(viewer.get(URL).json()["results"]) == 3
    send(viewer, "POST", URL, {"name": "x", "kind": "influxdb"}, 403)
    send(viewer, "PATCH", f"{URL}/{made['id']}", {"paused": True}, 403)
    send(viewer, "DELETE", f"{URL}/{made['id']}", status=403)


def test_another_tenant_s_sources_are_unknown(
    engineer: Client, tenant: TenantConnection, neighbour: TenantConnection, client_for: ClientFor
) -> None:
    made, outsider = create(engineer), client_for("engineer", neighbour)
    assert [each["id"] for each in outsider.get(URL).json()["results"]] == ["events", "influxdb"]
    send(outsider, "GET", f"{URL}/{made['id']}", status=404)
    send(outsider, "PATCH", f"{URL}/{made['id']}", {"paused": True}, 404)
    send(outsider, "DELETE", f"{URL}/{made['id']}", status=404)
    send(outsider, "PATCH", f"{URL}/influxdb", {"paused": True})
    assert write(tenant, f"{SAMPLE}{T}").stored == 1
    with pytest.raises(PlantraceError):
        write(neighbour, f"{SAMPLE}{T}")


def test_nothing_is_written_while_nobody_watches_and_little_while_somebody_does(tenant: TenantConnection) -> None:
    messages, redis = Messages(settings.REDIS_URL), redis_client(settings.REDIS_URL)
    redis.delete(tenant.prefix + LIVE)
    messages.show(tenant.prefix, "influxdb", 1, b"{}")
    assert not messages.is_watched(tenant.prefix, "influxdb")
    assert not redis.exists(tenant.prefix + LIVE)
    Announcements(settings.REDIS_URL).watch([(tenant.prefix, "influxdb")])
    for _ in range(MAX_SHOWN + 3):
        messages.show(tenant.prefix, "influxdb", 2, b"{}")
    messages.show(tenant.prefix, "events", 2, b"{}")
    assert redis.xlen(tenant.prefix + LIVE) == MAX_SHOWN
    assert 0 < redis.ttl(f"{tenant.prefix}{WATCHED}influxdb") <= 25
