"""What happens to a batch with items that cannot be stored: its source skips them, retries, or stops."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.conf import settings
from django.test import Client

from access.models import AuditEntry
from catalog import operations as catalog
from ingest.events import operations
from ingest.events.operations import take_events
from ingest.letters import Origin
from ingest.mapping.recent import recent
from ingest.named_sources.admission import SourcePaused
from ingest.named_sources.policy import SourceRetries
from kernel.errors import TooManyRequests
from kernel.tenancy import Limits, TenantConnection
from stores.redis.back_off import MAX_S, back_off_key
from stores.redis.client import redis_client
from stores.redis.live import Announcements
from tests.conftest import ClientFor
from tests.ingest import doomed_source
from tests.ingest.mapping_world import T, letters, map_by, rule
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
from web.stores import streams

BATCH = f"{SAMPLE}{T}\nharbour,sensor=TT-9 value=2 {T}"


@pytest.fixture
def tenant(acme: TenantConnection) -> Iterator[TenantConnection]:
    prepare(acme)
    yield acme
    clean(acme)


@pytest.fixture
def engineer(tenant: TenantConnection, client_for: ClientFor) -> Client:
    client = client_for("engineer", tenant)
    ensure_tokens(tenant, GATEWAY, OTHER)
    return client


@pytest.fixture
def back_off(tenant: TenantConnection) -> Any:
    """What is known of the gateway's, as a hash in Redis."""

    class BackOff:
        redis = redis_client(settings.REDIS_URL)

        def key(self, source: str) -> str:
            return tenant.prefix + back_off_key(f"influxdb/{source}", GATEWAY)

        def end(self, source: str) -> None:
            """Its wait is over."""
            self.redis.hset(self.key(source), "until", 0)

    return BackOff()


def queued(tenant: TenantConnection) -> int:
    return streams().backlogs([tenant.prefix])[0]


def wait_s(tenant: TenantConnection) -> int:
    with pytest.raises(SourceRetries) as refused:
        write(tenant, BATCH)
    return int(refused.value.extra["retry_after"])


def add_sensor(tenant: TenantConnection, tag: str = "TT-9") -> None:
    catalog.bulk_upsert(tenant, "sensors", [{"site": "harbour", "tag": tag, "unit": "°C"}])


# Skip


def test_a_source_skips_unless_it_is_told_otherwise(engineer: Client, tenant: TenantConnection) -> None:
    assert create(engineer)["on_error"] == "skip"
    taken = write(tenant, BATCH)
    assert (taken.stored, taken.refused, len(letters(tenant))) == (1, 1, 1)


# Retry


def test_a_batch_with_an_error_is_stored_whole_once_the_cause_is_corrected(
    engineer: Client, tenant: TenantConnection
) -> None:
    id = create(engineer, on_error="retry")["id"]
    before = queued(tenant)
    with pytest.raises(SourceRetries) as refused:
        write(tenant, BATCH)
    assert "'TT-9'" in refused.value.detail and "Press line 4" in refused.value.detail
    assert (queued(tenant), letters(tenant)) == (before, [])
    shown = flow_of_source(engineer, id)
    assert (sum(shown["turned_away"]), sum(shown["rejected"]), shown["paused"]) == (1, 0, None)
    assert "TT-9" in shown["last_error"]["reason"] and shown["last_error"]["item"].endswith(f"value=2 {T}")
    add_sensor(tenant)
    assert (write(tenant, BATCH).stored, queued(tenant) > before) == (2, True)


@pytest.mark.parametrize(("path", "status"), [("/write", 503), ("/api/v2/write", 429)])
def test_clients_of_influxdb_are_told_to_come_back(engineer: Client, path: str, status: int) -> None:
    send(engineer, "PATCH", f"{URL}/influxdb", {"on_error": "retry"})
    response = engineer.post(path, BATCH, content_type="text/plain")
    assert (response.status_code, "TT-9" in response.content.decode()) == (status, True)
    assert 5 <= int(response["Retry-After"]) <= 10


def test_senders_of_events_are_told_to_come_back(engineer: Client, tenant: TenantConnection) -> None:
    send(engineer, "PATCH", f"{URL}/events", {"on_error": "retry"})
    batch = [{"ts": 1_770_000_000_000, "type": "door", "device": "M-1"}, {"type": "door"}]
    refused = engineer.post("/api/v1/events", batch, content_type="application/json")
    assert (refused.status_code, refused.json()["type"]) == (503, "/problems/source-retries")
    assert 5 <= int(refused["Retry-After"]) <= 10
    assert letters(tenant) == []
    send(engineer, "POST", "/api/v1/events", batch[:1], 202)


def test_a_policy_holds_for_events_that_are_appended_after_it_was_acknowledged(
    engineer: Client, tenant: TenantConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = [json.dumps({"ts": 1_770_000_000_000, "type": "door", "device": "M-1"}).encode(), b"{}"]
    before, arrived = queued(tenant), operations._arrived

    def changed_meanwhile(*arguments: Any) -> Any:
        send(engineer, "PATCH", f"{URL}/events", {"on_error": "retry"})
        return arrived(*arguments)

    monkeypatch.setattr(operations, "_arrived", changed_meanwhile)
    with pytest.raises(SourceRetries, match="1 of 2 items"):
        take_events(tenant, batch, time.time_ns(), Origin("events"))
    assert (queued(tenant), letters(tenant)) == (before, [])


def test_the_wait_doubles_for_all_processes_up_to_five_minutes(
    engineer: Client, tenant: TenantConnection, back_off: Any
) -> None:
    id = create(engineer, on_error="retry")["id"]
    assert wait_s(tenant) == 5
    assert 1 <= wait_s(tenant) <= 5, "whoever comes early is told the rest"
    waits = []
    for _ in range(8):
        back_off.end(id)
        waits.append(wait_s(tenant))
    assert waits == [10, 20, 40, 80, 160, MAX_S, MAX_S, MAX_S]
    assert 0 < back_off.redis.ttl(back_off.key(id)) <= 3 * MAX_S + 60


def test_the_wait_is_each_sender_s_own_and_ends_with_a_batch_that_is_stored(
    engineer: Client, tenant: TenantConnection, back_off: Any
) -> None:
    id = create(engineer, on_error="retry", tokens=[GATEWAY, OTHER])["id"]
    wait_s(tenant)
    back_off.end(id)
    assert wait_s(tenant) == 10
    write(tenant, f"{SAMPLE}{T}", OTHER)
    back_off.end(id)
    assert wait_s(tenant) == 20
    write(tenant, f"{SAMPLE}{T}")
    assert wait_s(tenant) == 5


def test_what_is_turned_away_counts_against_the_rate(engineer: Client, tenant: TenantConnection) -> None:
    create(engineer, on_error="retry")
    slow = replace(tenant, limits=Limits(samples_per_s=1))
    refused = 0
    try:
        for _ in range(5):
            with pytest.raises((SourceRetries, TooManyRequests)) as told:
                write(slow, BATCH)
            refused += told.type is TooManyRequests
        assert refused
    finally:
        streams()._over_rate.clear()


def test_what_the_mapping_rejects_on_purpose_is_no_error(engineer: Client, tenant: TenantConnection) -> None:
    create(engineer, on_error="retry")
    map_by(tenant, unmatched="reject")
    taken = write(tenant, f"{SAMPLE}{T}\nboiler x=1 {T}")
    assert (taken.stored, taken.refused, letters(tenant)) == (1, 1, [])


def test_what_is_turned_away_can_be_tried_with_new_rules(engineer: Client, tenant: TenantConnection) -> None:
    id = create(engineer, on_error="retry")["id"]
    with pytest.raises(SourceRetries):
        write(tenant, f"boiler x=1 {T}")
    assert [arrival.name for _, arrival in recent(tenant, f"influxdb/{id}")] == ["boiler"]
    map_by(tenant, rules=[rule("boiler", "harbour", "TT-1")])
    assert write(tenant, f"boiler x=1 {T}").stored == 1


# Stop


def test_the_first_error_stops_a_source_and_people_see_it(engineer: Client, tenant: TenantConnection) -> None:
    id = create(engineer, on_error="stop")["id"]
    news, before = Announcements(settings.REDIS_URL), queued(tenant)
    news.want([tenant.prefix])
    with pytest.raises(SourcePaused) as refused:
        write(tenant, BATCH)
    assert "TT-9" in refused.value.detail and refused.value.extra["retry_after"] == 60
    assert (queued(tenant), letters(tenant)) == (before, [])
    source = send(engineer, "GET", f"{URL}/{id}")
    assert (source["paused"]["by"], "TT-9" in source["paused"]["reason"]) == ("", True)
    entry = AuditEntry.objects.get(action="source.stop", target=id)
    assert "TT-9" in entry.detail["reason"] and entry.detail["item"].endswith(f"value=2 {T}")
    announced = [json.loads(text) for _, text in news.kept(tenant.prefix)[1].messages]
    assert announced[-1] == {"topic": "sources", "id": id, "state": "paused"}
    with pytest.raises(SourcePaused):
        write(tenant, f"{SAMPLE}{T}")
    shown = flow_of_source(engineer, id)
    assert (sum(shown["turned_away"]), shown["paused"]["reason"]) == (2, source["paused"]["reason"])
    assert write(tenant, f"{SAMPLE}{T}", OTHER).stored == 1, "others go on"


def test_a_stopped_source_that_is_resumed_takes_the_same_batch_or_stops_again(
    engineer: Client, tenant: TenantConnection
) -> None:
    id = create(engineer, on_error="stop")["id"]
    for _ in range(2):
        with pytest.raises(SourcePaused):
            write(tenant, BATCH)
        send(engineer, "PATCH", f"{URL}/{id}", {"paused": False})
    assert AuditEntry.objects.filter(action="source.stop", target=id).count() == 2
    add_sensor(tenant)
    assert write(tenant, BATCH).stored == 2


def test_a_policy_that_was_changed_meanwhile_stops_nothing(
    engineer: Client, tenant: TenantConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = create(engineer, on_error="stop")["id"]
    real = streams().turn_away

    def changed_meanwhile(*arguments: Any, **more: Any) -> Any:
        waited = real(*arguments, **more)
        send(engineer, "PATCH", f"{URL}/{id}", {"on_error": "skip"})
        return waited

    monkeypatch.setattr(streams(), "turn_away", changed_meanwhile)
    with pytest.raises(SourceRetries, match="changed in the meantime"):
        write(tenant, BATCH)
    assert send(engineer, "GET", f"{URL}/{id}")["paused"] is None
    assert not AuditEntry.objects.filter(action="source.stop", target=id)


def test_a_source_that_was_stopped_and_resumed_meanwhile_is_not_stopped_by_the_older_verdict(
    engineer: Client, tenant: TenantConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = create(engineer, on_error="stop")["id"]
    real = streams().turn_away

    def resumed_meanwhile(*arguments: Any, **more: Any) -> Any:
        waited = real(*arguments, **more)
        monkeypatch.undo()
        with pytest.raises(SourcePaused):
            write(tenant, BATCH)
        add_sensor(tenant)
        send(engineer, "PATCH", f"{URL}/{id}", {"paused": False})
        return waited

    monkeypatch.setattr(streams(), "turn_away", resumed_meanwhile)
    with pytest.raises(SourceRetries, match="changed in the meantime"):
        write(tenant, BATCH)
    assert send(engineer, "GET", f"{URL}/{id}")["paused"] is None
    assert AuditEntry.objects.filter(action="source.stop", target=id).count() == 1
    assert write(tenant, BATCH).stored == 2


def test_events_stop_their_source_too(engineer: Client, tenant: TenantConnection) -> None:
    send(engineer, "PATCH", f"{URL}/events", {"on_error": "stop"})
    refused = send(engineer, "POST", "/api/v1/events", [{"type": "door"}], 503)
    assert refused["type"].endswith("source-paused")
    assert send(engineer, "GET", f"{URL}/events")["paused"]["reason"]
    send(engineer, "PATCH", f"{URL}/events", {"on_error": "skip", "paused": False})
    event = json.dumps({"ts": 1_770_000_000_000, "type": "door", "device": "M-1"}).encode()
    assert take_events(tenant, [event, b"{}"], time.time_ns(), Origin("events")).refused == 1


@pytest.mark.parametrize("step", list(doomed_source.STEPS))
def test_a_process_killed_while_it_stops_a_source_loses_neither_the_batch_nor_the_entry(
    engineer: Client, tenant: TenantConnection, tmp_path: Path, step: str
) -> None:
    id = create(engineer, on_error="stop")["id"]
    before, trail = queued(tenant), tmp_path / "trail"
    arguments = [msgspec.json.encode(tenant).decode(), BATCH, GATEWAY, step, str(trail)]
    killed = subprocess.run(
        [sys.executable, doomed_source.__file__, *arguments],
        env={**os.environ, "PYTHONPATH": "platform:."}, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert trail.read_text() == f"source.stop {id}\n"
    assert (send(engineer, "GET", f"{URL}/{id}")["paused"] is not None) == (step == "after pausing")
    assert (queued(tenant), letters(tenant)) == (before, [])
    with pytest.raises(SourcePaused):
        write(tenant, BATCH)
    add_sensor(tenant)
    send(engineer, "PATCH", f"{URL}/{id}", {"paused": False})
    assert write(tenant, BATCH).stored == 2


# Who sees and sets it


def test_viewers_see_why_a_source_has_errors_and_not_what_was_sent(
    engineer: Client, tenant: TenantConnection, client_for: ClientFor
) -> None:
    id = create(engineer, on_error="retry")["id"]
    wait_s(tenant)
    error = flow_of_source(client_for("viewer", tenant), id)["last_error"]
    assert ("TT-9" in error["reason"], error["item"]) == (True, "")


def test_a_policy_is_set_for_sources_and_kinds_with_an_entry_in_the_audit_trail(engineer: Client) -> None:
    id = create(engineer)["id"]
    for source in (id, "influxdb"):
        assert send(engineer, "PATCH", f"{URL}/{source}", {"on_error": "stop"})["on_error"] == "stop"
        entry = AuditEntry.objects.get(action="source.update", target=source)
        assert entry.detail == {"on_error": ["skip", "stop"]}
    refused = send(engineer, "PATCH", f"{URL}/{id}", {"on_error": "panic"}, 400)
    assert "on_error" in json.dumps(refused)
