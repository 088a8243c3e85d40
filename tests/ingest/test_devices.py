"""Devices: registered by hand, by heartbeats and by events; their states, and whose token may speak for which."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from msgspec.structs import replace as replace_struct

from access.models import ApiToken, AuditEntry
from ingest.devices import operations
from ingest.devices.models import Heartbeat
from ingest.events.operations import take_events
from ingest.fleet import contacts, registry
from ingest.letters import Origin
from kernel.errors import Conflict
from kernel.tenancy import Limits, TenantConnection
from stores.redis.devices import DEVICES_PER_STEP, Sign
from stores.redis.live import NO_ID, Announcements
from tests.conftest import ClientFor
from tests.ingest.conftest import drain
from tests.ingest.devices_world import (
    DEVICES,
    OWN,
    bound_client,
    bound_token,
    call,
    forget_devices,
    new_device,
    send,
)
from web.clock import now_ms
from web.stores import devices, streams

DAY = 86_400_000
LETTERS = "/api/v1/deadletters"


@pytest.fixture
def engineer(acme: TenantConnection, client_for: ClientFor) -> Iterator[Client]:
    forget_devices(acme)
    yield client_for("engineer", acme)
    forget_devices(acme)
    drain(acme)


def seen(client: Client, name: str) -> dict[str, Any]:
    [found] = [each for each in call(client, "GET", DEVICES)["results"] if each["name"] == name]
    return dict(found)


def sent_events(tenant: TenantConnection, device: str, now: int, *ages: int, firmware: str = "") -> None:
    items = [
        json.dumps({"ts": now - age, "type": "step", "device": device, "firmware": firmware}).encode() for age in ages
    ]
    assert not take_events(tenant, items, now * 1_000_000, Origin("events")).refused


def test_a_heartbeat_registers_a_device_and_what_it_reports(engineer: Client) -> None:
    told = {"device": "Press 7", "firmware": "2.4.1", "configuration": "line-3", "interval_s": 30}
    answer = call(engineer, "POST", f"{OWN}/heartbeat", told)
    device = seen(engineer, "Press 7")
    assert (answer["device"], answer["state"], answer["interval_s"], answer["commands"]) == (
        device["id"], "online", 30, 0,
    )  # fmt: skip
    known = ("state", "firmware", "configuration", "interval_s", "registered", "last_heard")
    assert [device[name] for name in known] == ["online", "2.4.1", "line-3", 30, "heartbeat", answer["now"]]
    call(engineer, "POST", f"{OWN}/heartbeat", {"device": "Press 7", "firmware": "2.5.0"})
    device = seen(engineer, "Press 7")
    assert [device[name] for name in known[1:4]] == ["2.5.0", "line-3", 30]  # what is left out stays


def test_a_device_is_online_late_and_offline_by_its_own_interval(acme: TenantConnection, engineer: Client) -> None:
    made = new_device(engineer)
    assert (made["state"], made["last_heard"], made["registered"]) == ("unseen", None, "hand")
    now = now_ms()
    device = operations.beat(acme, made["id"], Heartbeat(interval_s=60), now)
    states = {s: operations.view(acme, device, now + s * 1_000).state for s in (0, 89, 90, 179, 180, 10_000)}
    assert states == {0: "online", 89: "online", 90: "late", 179: "late", 180: "offline", 10_000: "offline"}
    changed = call(engineer, "PATCH", f"{DEVICES}/{made['id']}", {"interval_s": 600, "revision": 1})
    assert (changed["interval_s"], changed["set_interval_s"], changed["revision"]) == (600, 600, 2)
    device = operations.beat(acme, made["id"], Heartbeat(interval_s=60), now)  # what is set by hand wins
    assert operations.view(acme, device, now + 899_000).state == "online"


def test_an_interval_that_is_no_longer_set_by_hand_is_the_declared_or_the_usual_one(
    acme: TenantConnection, engineer: Client
) -> None:
    for declared, after in ((None, 300), (60, 60)):
        made = new_device(engineer, interval_s=20)
        device = operations.beat(acme, made["id"], Heartbeat(interval_s=declared), now_ms())
        assert operations.view(acme, device, now_ms()).interval_s == 20
        path = f"{DEVICES}/{made['id']}"
        changed = call(engineer, "PATCH", path, {"interval_s": None, "revision": 1})
        assert (changed["interval_s"], changed["set_interval_s"]) == (after, None)


def test_firmware_is_of_the_newest_event_that_names_one(acme: TenantConnection, engineer: Client) -> None:
    now = now_ms()
    items = [
        {"ts": now - 3, "type": "boot", "device": "F-1", "firmware": "2.5"},
        {"ts": now - 9, "type": "boot", "device": "F-1", "firmware": "2.4"},
        {"ts": now - 1, "type": "cycle", "device": "F-1"},
    ]
    take_events(acme, [json.dumps(item).encode() for item in items], now * 10**6, Origin("events"))
    assert (seen(engineer, "F-1")["firmware"], seen(engineer, "F-1")["last_heard"]) == ("2.5", now - 1)


def test_pages_that_listen_hear_of_each_new_state_once(acme: TenantConnection, engineer: Client) -> None:
    made, now = new_device(engineer), now_ms()
    news = Announcements(settings.REDIS_URL)
    news.want([acme.prefix])
    last = news.kept(acme.prefix)[1].last
    heartbeat = Heartbeat(interval_s=60)
    for at in (now, now + 10_000):
        operations.beat(acme, made["id"], heartbeat, at)
    for seconds in (99, 100, 101, 190, 191, 999):
        operations.watch(acme, now + seconds * 1_000)
    operations.beat(acme, made["id"], heartbeat, now + 1_000_000)
    messages = [json.loads(text) for id, text in news.kept(acme.prefix)[1].messages if id > (last or NO_ID)]
    states = [each["state"] for each in messages if each.get("id") == made["id"] and "state" in each]
    assert states == ["online", "late", "offline", "online"]
    assert {each["topic"] for each in messages} == {"devices"}


def test_a_failed_network_s_devices_are_all_announced_by_one_look(acme: TenantConnection, engineer: Client) -> None:
    now, count = now_ms(), DEVICES_PER_STEP + 20
    known = registry.register(acme, [f"N-{k}" for k in range(count)], "heartbeat", now).by_id
    contacts.note(acme, [Sign(id, now, 1_000) for id in known], now)
    operations.watch(acme, now + 10_000)
    states = devices().contacts(acme.prefix, known).values()
    assert [each.state for each in states] == ["offline"] * count


def test_events_register_a_device_and_count_as_signs_of_life(acme: TenantConnection, engineer: Client) -> None:
    now = now_ms()
    sent_events(acme, "Oven", now, 5_000, 2_000, firmware="1.1")
    device = seen(engineer, "Oven")
    known = ("state", "last_heard", "firmware", "registered")
    assert [device[name] for name in known] == ["online", now - 2_000, "1.1", "event"]


def test_an_old_log_makes_no_device_alive_and_changes_no_firmware(acme: TenantConnection, engineer: Client) -> None:
    now = now_ms()
    sent_events(acme, "Saw", now, 730 * DAY, 400 * DAY, firmware="0.9")
    device = seen(engineer, "Saw")
    assert (device["state"], device["last_heard"]) == ("offline", now - 400 * DAY)
    sent_events(acme, "Saw", now, 0, firmware="3.0")
    sent_events(acme, "Saw", now, 300 * DAY, firmware="1.0")
    device = seen(engineer, "Saw")
    assert (device["state"], device["last_heard"], device["firmware"]) == ("online", now, "3.0")


def test_a_device_that_sends_its_own_old_log_is_online(
    acme: TenantConnection, engineer: Client, tenant_rows: dict[str, Any]
) -> None:
    made = new_device(engineer)
    own = bound_client(tenant_rows["acme"], made["id"])
    old = [{"ts": now_ms() - 700 * DAY, "type": "step", "device": made["name"], "firmware": "0.1"}]
    call(own, "POST", "/api/v1/events", old, 202)
    assert (seen(engineer, made["name"])["state"], seen(engineer, made["name"])["firmware"]) == ("online", "0.1")
    call(own, "POST", f"{OWN}/heartbeat", {"firmware": "0.2"})
    assert seen(engineer, made["name"])["firmware"] == "0.2"


def test_a_bound_token_speaks_for_its_device_only(
    acme: TenantConnection, engineer: Client, tenant_rows: dict[str, Any]
) -> None:
    made, other = new_device(engineer), new_device(engineer)
    own = bound_client(tenant_rows["acme"], made["id"])
    assert call(own, "POST", f"{OWN}/heartbeat", {"device": made["name"]})["device"] == made["id"]
    refused = call(own, "POST", f"{OWN}/heartbeat", {"device": other["name"]}, 403)
    assert refused["type"].endswith("other-device")
    events = [{"ts": now_ms(), "type": "step", "device": device["name"]} for device in (made, other)]
    answer = call(own, "POST", "/api/v1/events", events, 202)
    assert (answer["accepted"], [each["index"] for each in answer["errors"]]) == (1, [1])
    assert "bound to the device" in answer["errors"][0]["reason"]
    assert seen(engineer, other["name"])["state"] == "unseen"
    assert send(own, "GET", DEVICES).status_code == 403  # and it reads nothing of the tenant
    streams().dead_letters.remove_until(acme.prefix, streams().dead_letters.page(acme.prefix, 1)[0].id)


def test_a_replay_stores_no_event_that_the_sender_s_token_could_not_send(
    acme: TenantConnection, engineer: Client, tenant_rows: dict[str, Any]
) -> None:
    made, other = new_device(engineer), new_device(engineer)
    own = bound_client(tenant_rows["acme"], made["id"])
    forged = {"ts": now_ms(), "type": "step", "device": other["name"]}
    call(own, "POST", "/api/v1/events", [forged], 400)
    letter = call(engineer, "GET", f"{LETTERS}?limit=1")["results"][0]["id"]
    assert "bound to the device" in call(engineer, "POST", f"{LETTERS}/{letter}/replay", {}, 400)["detail"]
    many = call(engineer, "POST", f"{LETTERS}/replay", {"ids": [letter]})
    assert "bound to the device" in many["refused"][0]["reason"]
    assert seen(engineer, other["name"])["state"] == "unseen"
    right = json.dumps({**forged, "device": made["name"]})
    assert call(engineer, "POST", f"{LETTERS}/{letter}/replay", {"item": right})["points"] == 1


def test_a_token_without_a_device_is_told_what_it_needs(engineer: Client) -> None:
    assert call(engineer, "POST", f"{OWN}/heartbeat", {}, 400)["type"].endswith("device-missing")
    for path in (f"{OWN}/commands", f"{OWN}/facts"):
        assert call(engineer, "GET", path, status=403)["type"].endswith("device-token-needed")


def test_beyond_the_limit_events_are_stored_and_heartbeats_refused(acme: TenantConnection, engineer: Client) -> None:
    small, now = replace(acme, limits=Limits(devices=2)), now_ms()
    for k in range(4):
        sent_events(small, f"D-{k}", now, 0)
    assert {device.name for device in registry.registry_of(acme).by_id.values()} == {"D-0", "D-1"}
    with pytest.raises(Conflict, match="2 devices already"):
        operations.beat(small, "", Heartbeat(device="D-9"), now)
    operations.beat(small, "", Heartbeat(device="D-1"), now)


def test_devices_that_are_met_at_the_same_time_are_registered_once(acme: TenantConnection, engineer: Client) -> None:
    names, barrier = [f"R-{k}" for k in range(30)], threading.Barrier(4)

    def meet() -> None:
        barrier.wait()
        registry.register(acme, names, "heartbeat", 1)

    threads = [threading.Thread(target=meet) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(device.name for device in registry.registry_of(acme).by_id.values()) == sorted(names)


def test_of_a_registry_only_what_has_changed_is_read_again(acme: TenantConnection, engineer: Client) -> None:
    before = registry.register(acme, [f"R-{k}" for k in range(5)], "heartbeat", 1)
    first, second, third, *_ = before.by_id.values()
    registry.change(acme, replace_struct(first, name="T"), first.revision)
    registry.change(acme, replace_struct(second, name=first.name), second.revision)
    registry.remove(acme, third.id)
    [new] = registry.register(acme, ["R-new"], "event", 1).by_name.keys() - before.by_name.keys() - {"T"}
    now = registry.registry_of(acme)
    touched = registry.log_of(acme).touched_since(before.position)
    changed = {first.id, second.id, third.id, now.by_name[new].id}
    assert touched is not None and {id for _, id in touched} == changed
    registry._known.clear()
    again = registry.registry_of(acme)
    assert (now.by_id, now.by_name) == (again.by_id, again.by_name)


def test_removing_a_device_revokes_its_tokens(
    acme: TenantConnection, engineer: Client, tenant_rows: dict[str, Any]
) -> None:
    made = new_device(engineer)
    own = bound_client(tenant_rows["acme"], made["id"])
    call(own, "POST", f"{OWN}/heartbeat", {})
    call(engineer, "DELETE", f"{DEVICES}/{made['id']}", status=204)
    assert not ApiToken.objects.filter(device=made["id"])
    assert call(engineer, "GET", f"{DEVICES}/{made['id']}", status=404)["type"].endswith("no-such-device")
    trail = AuditEntry.objects.filter(target=made["id"]).order_by("id")
    assert [(entry.action, entry.detail.get("revoked")) for entry in trail] == [
        ("device.create", None), ("device.delete", 1),
    ]  # fmt: skip


def test_tokens_are_bound_to_devices_of_their_tenant_with_one_scope(
    engineer: Client, client_for: ClientFor, rival: TenantConnection, tenant_rows: dict[str, Any]
) -> None:
    made = new_device(engineer)
    client_for("engineer", rival)
    from kernel.errors import BadRequest, NotFound

    with pytest.raises(NotFound, match="no device"):
        bound_token(tenant_rows["rival"], made["id"])
    for _ in range(5):
        assert bound_token(tenant_rows["acme"], made["id"])[0].device == made["id"]
    with pytest.raises(BadRequest, match="has 5 tokens"):
        bound_token(tenant_rows["acme"], made["id"])


def test_names_are_unique_and_an_asset_must_exist(engineer: Client) -> None:
    made = new_device(engineer, note="Hall 3")
    assert call(engineer, "POST", DEVICES, {"name": made["name"]}, 409)["type"].endswith("name-taken")
    assert call(engineer, "POST", DEVICES, {"name": "X", "asset": "anone"}, 400)["field"] == "asset"
    body = {"name": "Renamed", "note": "", "revision": 1}
    assert call(engineer, "PATCH", f"{DEVICES}/{made['id']}", body)["note"] == ""
    assert call(engineer, "PATCH", f"{DEVICES}/{made['id']}", body, 409)["type"].endswith("stale-revision")


def test_the_list_is_limited_by_state_and_text_and_counts_all(engineer: Client) -> None:
    for k in range(3):
        call(engineer, "POST", f"{OWN}/heartbeat", {"device": f"B-{k}", "firmware": f"v{k}"})
    new_device(engineer, name="A-0")
    page = call(engineer, "GET", f"{DEVICES}?limit=2")
    assert [each["name"] for each in page["results"]] == ["A-0", "B-0"]
    assert [each["name"] for each in call(engineer, "GET", page["next"])["results"]] == ["B-1", "B-2"]
    assert page["counts"] == {"online": 3, "late": 0, "offline": 0, "unseen": 1, "maximum": 5_000}
    assert [each["name"] for each in call(engineer, "GET", f"{DEVICES}?state=unseen")["results"]] == ["A-0"]
    assert [each["name"] for each in call(engineer, "GET", f"{DEVICES}?q=V1")["results"]] == ["B-1"]


def test_pages_have_every_device_once_also_where_a_name_begins_another(engineer: Client) -> None:
    names = ["Press", "Press 1", "Press 2", "Press-3", "Pressure"]
    for name in reversed(names):
        new_device(engineer, name=name)
    found, url = [], f"{DEVICES}?limit=1"
    while url is not None:
        page = call(engineer, "GET", url)
        found += [each["name"] for each in page["results"]]
        url = page["next"]
    assert found == names
