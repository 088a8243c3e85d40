"""Long texts of events: stored apart, served as attachments only, deleted with their events and their tenant."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from ingest.events import attachments, operations, retention
from ingest.events.attachments import delete_all
from ingest.events.operations import take_events
from ingest.letters import encode_letter
from kernel.errors import Unavailable
from kernel.tenancy import Limits, TenantConnection
from stores.objects import blobs_at
from stores.redis.dead_letters import Buried
from tests.bucket_server import BucketServer
from tests.conftest import ClientFor
from tests.ingest.conftest import drain
from tests.ingest.test_events import NOW, ORIGIN, clear, event, listed, send
from web import stores

LOG = "<script>alert(1)</script>\n" * 400
DAY = 86_400_000


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> Iterator[Path]:
    settings.EVENT_ATTACHMENTS = str(tmp_path / "attachments")
    stores.attachments.cache_clear()
    yield tmp_path / "attachments"
    stores.attachments.cache_clear()


@pytest.fixture
def engineer(acme: TenantConnection, client_for: ClientFor) -> Iterator[Client]:
    clear(acme)
    stores.attachment_notes().set_attached(acme.prefix, 0)
    yield client_for("engineer", acme)
    clear(acme)
    retention.set_retention(acme, retention.EventRetention(None))


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_long_texts_and_payloads_are_stored_apart_and_the_rest_stays(
    acme: TenantConnection, engineer: Client, folder: Path
) -> None:
    trace = list(range(2_000))
    assert send(engineer, [event(log=LOG, trace=trace, note="short", small=[1, 2])]).json()["accepted"] == 1
    assert len(files(folder)) == 2, "before the event is acknowledged"
    drain(acme)
    (stored,) = listed(engineer)
    assert stored["fields"] == {"n": 0, "note": "short", "small": [1, 2]}
    kinds = {name: (each["bytes"], each["media_type"]) for name, each in stored["attachments"].items()}
    assert kinds["log"] == (len(LOG), "text/plain; charset=utf-8")
    assert kinds["trace"][1] == "application/json"
    answer = engineer.get(stored["attachments"]["log"]["address"])
    assert answer.content.decode() == LOG
    assert answer["Content-Disposition"] == 'attachment; filename="log.txt"'
    assert (answer["X-Content-Type-Options"], "sandbox" in answer["Content-Security-Policy"]) == ("nosniff", True)
    assert json.loads(engineer.get(stored["attachments"]["trace"]["address"]).content) == trace


def test_a_repeated_batch_stores_its_texts_once_and_counts_them_once(
    acme: TenantConnection, engineer: Client, folder: Path
) -> None:
    for _ in range(2):
        send(engineer, [event(0, log=LOG), event(1, log=LOG), event(2, log=LOG + "x")])
        drain(acme)
    assert len(files(folder)) == 2 and len(listed(engineer)) == 3
    tenant = replace(acme, limits=Limits(event_attachment_bytes=2 * len(LOG) + 10_000))
    items = [json.dumps(event(9, log="y" * length)).encode() for length in (9_000, 5_000)]
    assert take_events(tenant, items[:1], NOW * 10**6, ORIGIN).accepted == 1
    taken = take_events(tenant, [*items[1:], json.dumps(event(8)).encode()], NOW * 10**6, ORIGIN)
    assert (taken.accepted, taken.refused) == (1, 1)
    assert "no room for its long texts" in taken.refusals[0].reason


def test_too_many_long_texts_in_one_batch_are_refused_before_any_is_stored(engineer: Client, folder: Path) -> None:
    answer = send(engineer, [event(k, log=f"{k}" + "x" * 4_100) for k in range(501)])
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (400, "too-many-attachments")
    assert files(folder) == []


def test_where_nothing_can_be_stored_only_what_fits_into_an_event_is_taken(
    acme: TenantConnection, engineer: Client, settings: Any
) -> None:
    settings.EVENT_ATTACHMENTS = ""
    stores.attachments.cache_clear()
    answer = send(engineer, [event(0, log=LOG), event(1, log=LOG * 10)]).json()
    assert (answer["accepted"], answer["refused"]) == (1, 1)
    drain(acme)
    (stored,) = listed(engineer)
    assert stored["fields"]["log"] == LOG and stored["attachments"] == {}


def test_a_store_that_fails_acknowledges_nothing(acme: TenantConnection, engineer: Client, folder: Path) -> None:
    folder.write_text("in the way")
    assert send(engineer, [event(log=LOG)]).status_code == 503
    assert stores.streams().backlogs([acme.prefix]) == [0]


def test_room_comes_back_where_a_text_was_not_stored(acme: TenantConnection, engineer: Client, folder: Path) -> None:
    tenant = replace(acme, limits=Limits(event_attachment_bytes=2 * len(LOG)))
    items = [json.dumps(event(log=LOG)).encode()]
    folder.write_text("in the way")
    for _ in range(3):
        with pytest.raises(Unavailable):
            take_events(tenant, items, NOW * 10**6, ORIGIN)
    folder.unlink()
    assert take_events(tenant, items, NOW * 10**6, ORIGIN).refused == 0


def test_room_that_a_killed_process_had_reserved_comes_back_each_day(acme: TenantConnection, engineer: Client) -> None:
    tenant = replace(acme, limits=Limits(event_attachment_bytes=2 * len(LOG)))
    assert stores.attachment_notes().reserve(acme.prefix, "events", [], 2 * len(LOG), 2 * len(LOG))
    items = [json.dumps(event(log=LOG)).encode()]
    assert take_events(tenant, items, NOW * 10**6, ORIGIN).refused == 1
    retention.apply(acme, NOW)
    assert take_events(tenant, items, NOW * 10**6, ORIGIN).refused == 0


def test_events_and_texts_are_deleted_by_retention(acme: TenantConnection, engineer: Client, folder: Path) -> None:
    send(engineer, [event(0, log=LOG), event(0, ts=NOW - 10 * DAY, log=LOG + "old")])
    drain(acme)
    retention.apply(acme, NOW)
    assert len(listed(engineer)) == 2, "forever, as nothing is set"
    assert engineer.put("/api/v1/event-retention", {"days": 5}, "application/json").status_code == 403
    retention.set_retention(acme, retention.EventRetention(5))
    retention.apply(acme, NOW)
    assert [each["ts"] for each in listed(engineer)] == [NOW]
    assert [path.parent.name for path in files(folder)] == ["20261118"]


def test_texts_go_with_their_tenant_and_another_finds_none(
    acme: TenantConnection, rival: TenantConnection, engineer: Client, client_for: ClientFor, folder: Path
) -> None:
    for client, tenant in ((engineer, acme), (client_for("engineer", rival), rival)):
        send(client, [event(log=LOG)])
        drain(tenant)
    (stored,) = listed(engineer)
    assert client_for("engineer", rival).get(stored["attachments"]["log"]["address"]).status_code == 404
    assert engineer.get(f"/api/v1/events/{stored['id']}/attachments/none").status_code == 404
    delete_all(acme)
    assert [path.parts[-3] for path in files(folder)] == [rival.disk]
    clear(rival)


def test_a_bucket_serves_as_well(
    acme: TenantConnection, engineer: Client, bucket_server: BucketServer, bucket: str, settings: Any
) -> None:
    settings.EVENT_ATTACHMENTS, settings.AWS_ENDPOINT_URL = f"s3://{bucket}/events", bucket_server.url
    stores.attachments.cache_clear()
    send(engineer, [event(log=LOG)])
    drain(acme)
    (stored,) = listed(engineer)
    assert engineer.get(stored["attachments"]["log"]["address"]).content.decode() == LOG
    assert blobs_at(settings.EVENT_ATTACHMENTS, bucket_server.url).names(acme.disk) == ["20261118"]


class Killed(BaseException):
    """Simulates SIGKILL between two steps."""


def test_a_text_whose_event_was_never_queued_is_removed(
    acme: TenantConnection, engineer: Client, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: Any, **__: Any) -> None:
        raise Killed()

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(operations, "append_events", killed)
        send(engineer, [event(log=LOG)])
    attachments.sweep(acme)
    assert len(files(folder)) == 1, "its event may still be on its way"
    attachments.sweep(acme, age_s=0)
    assert files(folder) == []
    send(engineer, [event(log=LOG)])
    drain(acme)
    (stored,) = listed(engineer)
    assert engineer.get(stored["attachments"]["log"]["address"]).content.decode() == LOG


def test_a_text_stays_whose_event_is_queued_stored_or_a_dead_letter(
    acme: TenantConnection, engineer: Client, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(operations, "settle", lambda *_: None)  # killed after it was queued
        send(engineer, [event(log=LOG)])
    attachments.sweep(acme, age_s=0)
    assert len(files(folder)) == 1, "the event waits"
    drain(acme)
    attachments.sweep(acme, age_s=0)
    assert len(files(folder)) == 1, "the event is stored"
    assert stores.attachment_notes().left(acme.prefix, "events", 0) == {}
    kept = f"{files(folder)[0].parent.name}/{files(folder)[0].name}"
    clear(acme)
    stores.attachment_notes().note(acme.prefix, "events", [kept])
    letter = encode_letter(ORIGIN, 0, "there are a million", json.dumps({"key": kept}).encode())
    stores.streams().append(acme, [], None, Buried([letter]))
    attachments.sweep(acme, age_s=0)
    assert len(files(folder)) == 1, "a dead letter names it"
    clear(acme)
    stores.attachment_notes().note(acme.prefix, "events", [kept])
    attachments.sweep(acme, age_s=0)
    assert files(folder) == []


def test_what_has_just_been_noted_is_no_later_than_now(acme: TenantConnection, engineer: Client) -> None:
    notes = stores.attachment_notes()
    for k in range(200):
        notes.note(acme.prefix, "events", [item := f"20260101/{k}"])
        assert item in notes.left(acme.prefix, "events", 0) and notes.claim(acme.prefix, "events", item, 0)
        notes.settle(acme.prefix, "events", [item])


def test_a_refused_event_leaves_no_text(acme: TenantConnection, engineer: Client, folder: Path) -> None:
    many = {f"field{k}": "x" * 1_000 for k in range(200)}
    taken = take_events(acme, [json.dumps(event(0, log=LOG, **many)).encode()], NOW * 10**6, ORIGIN)
    assert taken.refused == 1
    attachments.sweep(acme, age_s=0)
    assert files(folder) == []
