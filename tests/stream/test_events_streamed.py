"""Stored events are announced to their tenant's viewers; a flood of them in a few small messages."""

from __future__ import annotations

import json
import time
from typing import Any

from stores.redis.live import NO_ID, Announced
from stream.process.hub import Hub, Viewer
from stream.process.messages import MAX_EVENT_MESSAGES
from tests.stream.conftest import Listen, Plant
from tests.waiting import wait_until
from web.stream import MAX_EVENTS_SHOWN


def send(plant: Plant, *events: dict[str, Any]) -> None:
    response = plant.platform.call("POST", "/api/v1/events", plant.engineer, json=list(events))
    assert response.status_code == 202 and response.json()["refused"] == 0, response.text


def step(device: str, n: int = 0, ts: int = 0) -> dict[str, Any]:
    return {"ts": ts or time.time_ns() // 10**6, "type": "step", "device": device, "n": n}


def ids(plant: Plant, device: str) -> list[str]:
    found = plant.platform.get("/api/v1/events", plant.engineer, device=device, limit=1000).json()["results"]
    return [event["id"] for event in found]


def devices(listener: Any) -> list[str]:
    return [event["device"] for change in listener.changes() for event in change.data["events"]]


def test_an_event_is_announced_once_it_can_be_read_and_to_its_tenant_only(
    plant: Plant, rival: Plant, listen: Listen
) -> None:
    ours, others = listen(topics="events,jobs"), listen(topics="jobs")
    theirs = listen(rival.headers(), topics="events")
    for each in (ours, others, theirs):
        each.wait_for(lambda it: it.comments or it.events)
    sent = step("told", ts=1_790_000_000_000)
    send(plant, sent)
    ours.wait_for(lambda it: it.changes())
    [id] = ids(plant, "told")
    [change] = ours.changes()
    shown = {"id": id, "ts": sent["ts"], "type": "step", "device": "told"}
    assert change.data == {"topic": "events", "of": 1, "from": sent["ts"], "to": sent["ts"], "events": [shown]}
    send(plant, sent, step("later"))
    ours.wait_for(lambda it: "later" in devices(it))
    assert devices(ours).count("told") == 1, "a repeated event is none"
    assert others.changes() == theirs.changes() == []


def test_a_stream_that_comes_back_is_told_of_events_stored_meanwhile(plant: Plant, listen: Listen) -> None:
    before = listen(topics="events")
    before.wait_for(lambda it: it.last_id)
    before.close()
    send(plant, step("meanwhile"))
    wait_until(lambda: ids(plant, "meanwhile"))
    back = listen({**plant.headers(), "Last-Event-ID": before.last_id}, topics="events")
    back.wait_for(lambda it: "meanwhile" in devices(it))
    assert back.named("reload") == []


def test_a_flood_is_a_few_small_messages_of_all_its_events(plant: Plant, listen: Listen) -> None:
    viewer = listen(topics="events")
    viewer.wait_for(lambda it: it.comments or it.events)
    began = time.monotonic()
    for n in range(20):
        send(plant, *[step("flood", n * 50 + k) for k in range(50)])
    viewer.wait_for(lambda it: sum(change.data["of"] for change in it.changes()) == 1_000)
    changes = viewer.changes()
    assert len(changes) <= 4 * (changes[-1].at - began) + 2, "four times a second"
    assert all(len(change.data["events"]) <= MAX_EVENTS_SHOWN for change in changes)
    assert changes[-1].data["events"][-1]["id"] == ids(plant, "flood")[0]


def announced(first: int, count: int) -> Announced:
    def text(k: int) -> bytes:
        shown = {"id": f"v{k}", "ts": k, "type": "t", "device": "d"}
        return json.dumps({"topic": "events", "of": 1, "from": k, "to": k, "events": [shown]}).encode()

    return Announced((first + count - 1, 0), {}, [((k, 0), text(k)) for k in range(first, first + count)])


def changes_in(events: bytes) -> list[dict[str, Any]]:
    return [json.loads(line[6:]) for line in events.decode().splitlines() if line.startswith('data: {"')]


def test_a_slow_viewer_is_told_of_every_event_in_bounded_messages_and_other_changes_are_not_pushed_out() -> None:
    hub = Hub("t:", "", "", NO_ID, Announced((1, 0)))
    slow = Viewer((), frozenset({"events", "jobs"}))
    hub.join(slow, 10**6)
    hub.events_for(slow, 0)
    hub.announce(Announced((2, 0), {}, [((2, 0), b'{"topic":"jobs"}')]))
    hub.turn(0)
    for turn in range(300):
        hub.announce(announced(10 + 100 * turn, 100))
        hub.turn(0)
    told = changes_in(hub.events_for(slow, 0))
    assert told[0] == {"topic": "jobs"}
    events = told[1:]
    assert len(events) <= MAX_EVENT_MESSAGES and sum(each["of"] for each in events) == 30_000
    assert (events[0]["from"], events[-1]["to"]) == (10, 30_009)
    assert [each["id"] for each in events[-1]["events"]] == [f"v{k}" for k in range(30_000, 30_010)]
