"""Events over HTTP: sent, stored once, listed by device, type and time."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from ingest.events.operations import take_events
from ingest.letters import Origin
from kernel.errors import TooManyRequests
from kernel.tenancy import Limits, TenantConnection
from stores.redis.overflow_counts import OVERFLOW
from stores.timeseries.events import delete_events
from tests.conftest import ClientFor
from tests.ingest.conftest import drain
from web.stores import event_types, reader, streams, writer

NOW = 1_795_000_000_000
URL = "/api/v1/events"
ORIGIN = Origin("events")


@pytest.fixture
def engineer(acme: TenantConnection, client_for: ClientFor) -> Iterator[Client]:
    clear(acme)
    yield client_for("engineer", acme)
    clear(acme)


def clear(tenant: TenantConnection) -> None:
    drain(tenant)
    delete_events(writer(tenant), 2 * NOW)
    for known in event_types().known(tenant.prefix):
        event_types().forget(tenant.prefix, known)
    event_types()._redis.delete(tenant.prefix + OVERFLOW)
    for kept in streams().dead_letters.page(tenant.prefix, 1):
        streams().dead_letters.remove_until(tenant.prefix, kept.id)


def event(k: int = 0, **members: Any) -> dict[str, Any]:
    return {"ts": NOW - 1_000 * k, "type": "door.opened", "device": "M-17", "n": k, **members}


def send(client: Client, events: Any, media_type: str = "application/json", **headers: str) -> Any:
    body = events if isinstance(events, bytes) else json.dumps(events).encode()
    return client.generic("POST", URL, body, content_type=media_type, headers=headers)


def listed(client: Client, query: str = "") -> list[dict[str, Any]]:
    return list(client.get(URL + query).json()["results"])


def test_what_was_sent_is_listed_newest_first(acme: TenantConnection, engineer: Client) -> None:
    sent = event(firmware="2.4.1", by="service", nested={"a": [1, {"b": None}]}, ok=True, w=0.5)
    answer = send(engineer, [event(1), sent])
    assert (answer.status_code, answer.json()) == (202, {"accepted": 2, "refused": 0, "errors": []})
    drain(acme)
    newest, oldest = listed(engineer)
    fields = {"n": 0, "by": "service", "nested": {"a": [1, {"b": None}]}, "ok": True, "w": 0.5}
    assert newest == {
        "id": newest["id"], "ts": NOW, "type": "door.opened", "device": "M-17", "firmware": "2.4.1",
        "received": newest["received"], "version": 0, "fields": fields, "_overflow": {}, "context": {},
        "attachments": {},
    }  # fmt: skip
    assert (oldest["ts"], oldest["fields"]) == (NOW - 1_000, {"n": 1})
    assert engineer.get(f"{URL}/{newest['id']}").json() == newest


def test_lines_gzip_and_iso_times_are_accepted(acme: TenantConnection, engineer: Client) -> None:
    lines = (
        b'{"ts": "2026-11-18T11:53:20Z", "type": "a", "device": "d"}\n\n'
        b'{"ts": 1795000000001.5, "type": "a", "device": "d"}\r\n'
    )
    body = gzip.compress(lines)
    assert send(engineer, body, "application/x-ndjson", content_encoding="gzip").json()["accepted"] == 2
    drain(acme)
    assert [each["ts"] - 1_795_000_000_000 for each in listed(engineer)] == [2_800_000, 1]


def test_events_of_one_millisecond_survive_in_their_order(acme: TenantConnection, engineer: Client) -> None:
    for start in (0, 100):
        send(engineer, [event(ts=NOW, n=k) for k in range(start, start + 100)])
        drain(acme)
    assert [each["fields"]["n"] for each in listed(engineer, "?limit=1000")] == list(range(199, -1, -1))


def test_equal_events_of_one_batch_are_as_many_events(acme: TenantConnection, engineer: Client) -> None:
    for _ in range(2):  # and the batch that is sent again adds none
        assert send(engineer, [event()] * 3).json()["accepted"] == 3
        drain(acme)
    assert len(listed(engineer)) == 3


def test_a_batch_sent_again_is_stored_once(acme: TenantConnection, engineer: Client) -> None:
    batch = [event(k % 7, m=k, device=f"M-{k % 3}") for k in range(300)]
    send(engineer, batch)
    drain(acme)
    before = listed(engineer, "?limit=1000")
    send(engineer, batch)
    send(engineer, batch[100:])
    drain(acme)
    assert strip(listed(engineer, "?limit=1000")) == strip(before) and len(before) == 300


def strip(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in each.items() if name != "received"} for each in events]


def test_pages_hold_each_event_once_although_many_have_one_time(acme: TenantConnection, engineer: Client) -> None:
    devices = [f"D-{k}" for k in range(150)]
    send(engineer, [event(ts=NOW - 86_400_000 * (k % 2), device=device) for k, device in enumerate(devices)])
    drain(acme)
    found, address = [], f"{URL}?limit=7"
    while address:
        page = engineer.get(address).json()
        found += page["results"]
        address = page["next"]
    assert sorted(each["device"] for each in found) == sorted(devices)
    assert [each["ts"] for each in found] == sorted((each["ts"] for each in found), reverse=True)


def test_events_are_filtered_by_device_type_and_time(acme: TenantConnection, engineer: Client) -> None:
    odd = "M'1\\\" ü%"
    send(engineer, [event(0, device=odd), event(1, type="b"), event(2, type="c"), event(3, device="x")])
    drain(acme)
    assert [each["device"] for each in engineer.get(URL, {"device": odd}).json()["results"]] == [odd]
    assert [each["type"] for each in listed(engineer, "?type=b,c")] == ["b", "c"]
    span = f"?from={NOW - 2_000}&to={NOW}"
    assert [each["ts"] - NOW for each in listed(engineer, span)] == [-1_000, -2_000]
    assert listed(engineer, "?device=nobody") == []
    assert engineer.get(URL + f"?from={NOW}&to={NOW}").json()["type"].endswith("empty-range")
    assert engineer.get(URL + "?cursor=x").json()["type"].endswith("bad-cursor")


def test_other_formats(acme: TenantConnection, engineer: Client) -> None:
    send(engineer, [event(0, text="=1+1"), event(1, list=[1])])
    drain(acme)
    rows = engineer.get(URL + "?format=csv").content.decode().splitlines()
    assert rows[0] == "time,type,device,firmware,id,list,n,text"
    assert rows[1].endswith(",,0,'=1+1") and rows[2].endswith(",[1],1,")
    answer = engineer.get(URL + "?format=ndjson&limit=1")
    assert json.loads(answer.content) == listed(engineer)[0]
    assert len(engineer.get(answer["X-Next-Page"]).content.splitlines()) == 1


WRONG = {
    b'{"ts": 1795000000000, "type": "a"}': "`device` is missing",
    b'{"ts": 1795000000000, "type": "a b", "device": "d"}': "`type` is missing or not a name",
    b'{"type": "a", "device": "d"}': "`ts` is missing",
    b'{"ts": true, "type": "a", "device": "d"}': "`ts` must be",
    b'{"ts": 1795000000, "type": "a", "device": "d"}': "looks like seconds",
    b'{"ts": 1e300, "type": "a", "device": "d"}': "`ts` is outside",
    b'{"ts": 1995000000000, "type": "a", "device": "d"}': "more than a day ahead",
    b'{"ts": 1795000000000, "type": "a", "device": "d", "x": NaN}': "NaN is not a number in JSON",
    b'{"ts": 1795000000000, "type": "a", "device": "d", "x": 1e999}': "beyond the range of floats",
    b'{"ts": 1795000000000, "type": "a", "device": "d", "x": 99999999999999999999}': "more than 64 bits",
    b'{"ts": 1795000000000, "type": "a", "device": "d", "x": 1, "x": 2}': "'x' appears twice",
    b'{"ts": 1795000000000, "type": "a", "device": "d", "": 1}': "needs a name",
    b'{"ts": 1795000000000, "type": "a", "device": "d", "x": "\\ud800"}': "half of a surrogate pair",
    b'{"ts": 1795000000000, "type": "a", "device": "d\\n"}': "no control characters",
    b'{"ts": 1795000000000, "type": "a", "device": "d", "x": ' + b"[" * 9 + b"]" * 9 + b"}": "nested deeper",
    b'{"ts": 1795000000000, "type": "a", "device": "d", "x": ' + b"[" * 50_000 + b"]" * 50_000 + b"}": "nested deeper",
    b'{"ts": 1795000000000, "type": "a", "device": "\xff"}': "not UTF-8",
    b'{"ts": 1795000000000, "type": "a", "device": "d"': "not JSON",
    b"17": "an event is a JSON object",
    b'{"ts": ' + b"9" * 5_000 + b', "type": "a", "device": "d"}': "not JSON",
}  # fmt: skip


@pytest.mark.parametrize("item", WRONG, ids=range(len(WRONG)))
def test_what_is_no_event_is_a_dead_letter_and_the_rest_is_stored(
    item: bytes, acme: TenantConnection, engineer: Client
) -> None:
    good = json.dumps(event()).encode()
    answer = send(engineer, good + b"\n" + item, "application/x-ndjson").json()
    assert (answer["accepted"], answer["refused"]) == (1, 1)
    assert WRONG[item] in answer["errors"][0]["reason"] and answer["errors"][0]["index"] == 1
    drain(acme)
    assert len(listed(engineer)) == 1
    (letter,) = engineer.get("/api/v1/deadletters").json()["results"]
    assert WRONG[item] in letter["reason"]
    assert (letter["source"], letter["endpoint"], letter["position"]) == ("events", URL, 1)
    assert letter["cut"] or letter["encoding"] == "base64" or letter["item"].encode() == item


def test_a_corrected_letter_is_replayed(acme: TenantConnection, engineer: Client) -> None:
    answer = send(engineer, [{**event(), "type": ""}])
    assert answer.status_code == 400 and answer.json()["type"].endswith("events-refused")
    (letter,) = engineer.get("/api/v1/deadletters").json()["results"]
    address = f"/api/v1/deadletters/{letter['id']}/replay"
    again = engineer.post(address, {"item": letter["item"]}, "application/json")
    assert again.status_code == 400 and "Still wrong: `type`" in again.json()["detail"]
    many = engineer.post("/api/v1/deadletters/replay", {"ids": [letter["id"]]}, "application/json").json()
    assert many["letters"] == 0 and "Still wrong" in many["refused"][0]["reason"]
    assert len(engineer.get("/api/v1/deadletters").json()["results"]) == 1
    assert engineer.post(address, {"item": json.dumps(event())}, "application/json").json()["points"] == 1
    drain(acme)
    assert len(listed(engineer)) == 1
    assert engineer.get("/api/v1/deadletters").json()["results"] == []


@pytest.mark.parametrize(
    ("body", "slug"),
    [
        (b"", "no-events"),
        (b"[]", "no-events"),
        (b"[1,", "not-json"),
        (b"[" * 100_000, ""),
        (b"[{}" + b",{}" * 10_000 + b"]", "too-many-events"),
    ],
)
def test_a_body_that_is_no_list_stores_nothing(body: bytes, slug: str, engineer: Client) -> None:
    answer = send(engineer, body)
    assert answer.status_code == 400 and answer.json()["type"].endswith(slug)
    assert engineer.get("/api/v1/deadletters").json()["results"] == []


def test_a_compressed_bomb_is_refused(engineer: Client) -> None:
    assert send(engineer, gzip.compress(b" " * 100_000_000), content_encoding="gzip").status_code == 413


def test_limits_of_events_per_second_and_day(acme: TenantConnection, engineer: Client) -> None:
    for limits in (Limits(events_per_s=5), Limits(events_per_day=5)):
        streams()._redis.delete(acme.prefix + "ingest:rate:events", acme.prefix + "ingest:rate:events:day")
        tenant = replace(acme, limits=limits)
        items = [json.dumps(event(k)).encode() for k in range(8)]
        assert take_events(tenant, items, NOW * 10**6, ORIGIN).accepted == 8
        with pytest.raises(TooManyRequests, match="may send 5 events per"):
            take_events(tenant, items, NOW * 10**6, ORIGIN)
    streams()._redis.delete(acme.prefix + "ingest:rate:events", acme.prefix + "ingest:rate:events:day")


def test_no_more_types_than_the_limit(acme: TenantConnection, engineer: Client) -> None:
    there = event_types().known(acme.prefix)
    tenant = replace(acme, limits=Limits(event_types=len(there) + 2))
    items = [json.dumps(event(type=name)).encode() for name in ("c", "b", "a", "c", "a")]
    taken = take_events(tenant, items, NOW * 10**6, ORIGIN)
    assert (taken.accepted, taken.refused) == (3, 2)
    assert event_types().known(acme.prefix).keys() - there.keys() == {"b", "c"}, "those that came first"
    assert f"{len(there) + 2} types of events already" in taken.refusals[0].reason


def test_when_a_type_arrived_last_is_known_to_some_seconds(acme: TenantConnection, engineer: Client) -> None:
    def register(at: int) -> int:
        assert event_types().register(acme.prefix, ["door.opened"], 200, at) == set()
        return event_types().known(acme.prefix)["door.opened"]

    noted = [register(NOW + seconds * 1_000) for seconds in (0, 4, 5, 9, 60, 30)]
    assert [at - NOW for at in noted] == [0, 0, 5_000, 5_000, 60_000, 30_000], "a clock that was put back is followed"


def test_devices_cost_no_series(acme: TenantConnection, engineer: Client) -> None:
    send(engineer, [event(k, device=f"device {k}") for k in range(1_000)])
    drain(acme)
    (found,) = reader(acme).read(['SELECT count("id") FROM "events"."events" GROUP BY *'])
    assert len(found) <= 64
    assert sum(series.values[0][1] for series in found) == 1_000


def test_another_tenant_sees_nothing_and_an_ingest_token_only_sends(
    acme: TenantConnection, rival: TenantConnection, engineer: Client, client_for: ClientFor
) -> None:
    send(engineer, [event()])
    drain(acme)
    (stored,) = listed(engineer)
    outsider = client_for("engineer", rival)
    assert listed(outsider) == []
    assert outsider.get(f"{URL}/{stored['id']}").status_code == 404
    device = client_for("engineer", acme, ("ingest",))
    assert send(device, [event(1)]).status_code == 202
    assert device.get(URL).status_code == device.get(f"{URL}/{stored['id']}").status_code == 403
    assert send(client_for("viewer", acme), [event()]).status_code == 403
