"""Commands: given to their own device at most once, never after their expiry, and all in the audit trail."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from access.models import AuditEntry
from ingest.devices import commands, operations
from ingest.devices.models import Acknowledgement, NewCommand
from ingest.fleet.registry import Device, find
from kernel.errors import Conflict, NotFound
from kernel.tenancy import Limits, TenantConnection
from tests.conftest import ClientFor
from tests.ingest.devices_world import DEVICES, OWN, bound_client, call, forget_devices, new_device
from web.clock import now_ms
from web.stores import device_commands

DONE = Acknowledgement("done")


@pytest.fixture
def engineer(acme: TenantConnection, client_for: ClientFor) -> Iterator[Client]:
    forget_devices(acme)
    yield client_for("engineer", acme)
    forget_devices(acme)


@pytest.fixture
def device(acme: TenantConnection, engineer: Client) -> Device:
    return find(acme, new_device(engineer)["id"])


@pytest.fixture
def own(device: Device, tenant_rows: dict[str, Any]) -> Client:
    """Sends as the device."""
    return bound_client(tenant_rows["acme"], device.id)


def queued(tenant: TenantConnection, device: Device, now: int, seconds: int = 60, kind: str = "restart") -> str:
    return commands.send(tenant, device, NewCommand(kind, {}, seconds), "anna", now).id


def trail(id: str) -> list[str]:
    entries = AuditEntry.objects.filter(target=id).order_by("id")
    return [entry.action.removeprefix("device-command.") for entry in entries]


def test_a_command_is_sent_taken_and_acknowledged(engineer: Client, device: Device, own: Client) -> None:
    body = {"kind": "set-config", "parameters": {"configuration": {"rate": 5}}, "expires_in_s": 600}
    sent = call(engineer, "POST", f"{DEVICES}/{device.id}/commands", body, 201)
    assert (sent["state"], sent["expires"] - sent["created"]) == ("queued", 600_000)
    assert call(own, "POST", f"{OWN}/heartbeat", {})["commands"] == 1
    [taken] = call(own, "POST", f"{OWN}/commands/take")["results"]
    assert (taken["id"], taken["state"], taken["parameters"]) == (sent["id"], "sent", body["parameters"])
    assert call(own, "POST", f"{OWN}/commands/take", {"count": 20})["results"] == []
    assert [each["id"] for each in call(own, "GET", f"{OWN}/commands")["results"]] == [sent["id"]]
    told = {"outcome": "done", "result": "rate is 5"}
    ended = call(own, "POST", f"{OWN}/commands/{sent['id']}/acknowledge", told)
    assert (ended["state"], ended["outcome"], ended["result"]) == ("acknowledged", "done", "rate is 5")
    assert call(own, "POST", f"{OWN}/commands/{sent['id']}/acknowledge", told) == ended  # a repeated request
    other = {**told, "outcome": "failed"}
    assert call(own, "POST", f"{OWN}/commands/{sent['id']}/acknowledge", other, 409)["type"].endswith("command-ended")
    assert call(own, "GET", f"{OWN}/commands")["results"] == []
    assert call(engineer, "GET", f"{DEVICES}/{device.id}/commands")["results"] == [ended]
    assert trail(sent["id"]) == ["send", "take", "acknowledge"]


def test_fetches_at_the_same_time_get_each_command_once(acme: TenantConnection, device: Device) -> None:
    now = now_ms()
    sent = [queued(acme, device, now) for _ in range(40)]
    taken: list[list[str]] = [[] for _ in range(8)]
    barrier = threading.Barrier(len(taken))

    def fetch(mine: list[str]) -> None:
        barrier.wait()
        while found := commands.take(acme, device.id, 3, now):
            mine += [command.id for command in found]

    threads = [threading.Thread(target=fetch, args=(mine,)) for mine in taken]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    together = [id for mine in taken for id in mine]
    assert sorted(together) == sorted(sent)
    for mine in taken:
        assert [id for id in sent if id in mine] == mine  # in the order in which they were sent


def test_a_command_that_redis_is_told_to_queue_again_is_given_once(acme: TenantConnection, device: Device) -> None:
    """As its client does when an answer is late."""
    now = now_ms()
    [command] = device_commands().find(acme.prefix, [queued(acme, device, now)])
    assert commands.take(acme, device.id, 1, now)
    assert device_commands().add(acme.prefix, command, 100, now) == "added"
    assert commands.take(acme, device.id, 1, now) == []
    commands.acknowledge(acme, device.id, command.id, DONE, now)
    assert device_commands().add(acme.prefix, command, 100, now) == "added"
    assert commands.take(acme, device.id, 1, now) == []
    assert commands.find(acme, command.id, now).state == "acknowledged"


def test_a_process_killed_before_it_answered_leaves_the_command_taken(acme: TenantConnection, device: Device) -> None:
    now = now_ms()
    id = queued(acme, device, now)
    child = os.fork()
    if not child:
        device_commands.cache_clear()  # a connection of its own
        try:
            commands.take(acme, device.id, 1, now)
        finally:
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    assert commands.take(acme, device.id, 20, now) == []
    [left] = commands.open_of(acme, device.id, now)
    assert (left.id, left.state) == (id, "sent")  # the device can see that it was given this one
    assert commands.acknowledge(acme, device.id, id, Acknowledgement("rejected"), now)[0].state == "acknowledged"


def test_an_expired_command_is_not_given_to_anybody(acme: TenantConnection, device: Device) -> None:
    now = now_ms()
    short, longer = queued(acme, device, now, 1), queued(acme, device, now, 60)
    assert [each.id for each in commands.take(acme, device.id, 20, now + 1_000)] == [longer]
    assert commands.find(acme, short, now + 1_000).state == "expired"
    with pytest.raises(Conflict, match="expired"):
        commands.cancel(acme, short, now + 1_000)
    operations.watch(acme, now + 1_000)
    ended = commands.find(acme, short, now + 1_000)
    assert (ended.state, ended.ended, ended.sent) == ("expired", now + 1_000, None)
    operations.watch(acme, now + 2_000)
    assert trail(short) == ["expire"]
    assert commands.take(acme, device.id, 20, now) == []  # not by a clock that is behind, either


def test_an_acknowledgement_after_the_expiry_is_refused_and_noted_once(
    acme: TenantConnection, engineer: Client, device: Device, own: Client
) -> None:
    now = now_ms()
    for ended in (False, True):  # by the worker, before or after the acknowledgement
        id = queued(acme, device, now - 10_000, 5)
        [taken] = commands.take(acme, device.id, 1, now - 9_000)
        if ended:
            operations.watch(acme, now)
        told = {"outcome": "done", "result": "restarted"}
        for _ in range(2):
            refused = call(own, "POST", f"{OWN}/commands/{id}/acknowledge", told, 409)
            assert refused["type"].endswith("command-expired")
        operations.watch(acme, now)
        found = commands.find(acme, taken.id, now)
        assert (found.state, found.outcome, found.result) == ("expired", "done", "restarted")
        assert found.late is not None and found.late >= found.expires
        assert sorted(trail(id)) == ["acknowledge", "expire"]


def test_a_command_of_another_device_does_not_exist_for_it(
    acme: TenantConnection, engineer: Client, device: Device, own: Client, tenant_rows: dict[str, Any]
) -> None:
    other = find(acme, new_device(engineer)["id"])
    now = now_ms()
    id = queued(acme, other, now)
    assert call(own, "POST", f"{OWN}/commands/take", {"count": 20})["results"] == []
    assert call(own, "GET", f"{OWN}/commands")["results"] == []
    commands.take(acme, other.id, 1, now)
    told = {"outcome": "done"}
    refused = call(own, "POST", f"{OWN}/commands/{id}/acknowledge", told, 404)
    unknown = call(own, "POST", f"{OWN}/commands/xaaaaaaaaaa/acknowledge", told, 404)
    assert refused["type"] == unknown["type"]
    assert commands.find(acme, id, now).state == "sent"


def test_a_command_of_another_tenant_does_not_exist(
    acme: TenantConnection, rival: TenantConnection, device: Device, client_for: ClientFor
) -> None:
    now = now_ms()
    id = queued(acme, device, now)
    with pytest.raises(NotFound):
        commands.acknowledge(rival, device.id, id, DONE, now)
    assert commands.take(rival, device.id, 20, now) == []
    call(client_for("admin", rival), "POST", f"/api/v1/commands/{id}/cancel", status=404)
    assert [each.id for each in commands.take(acme, device.id, 20, now)] == [id]


def test_only_a_command_that_waits_can_be_cancelled(acme: TenantConnection, engineer: Client, device: Device) -> None:
    now = now_ms()
    first, second = queued(acme, device, now), queued(acme, device, now)
    commands.take(acme, device.id, 1, now)
    refused = call(engineer, "POST", f"/api/v1/commands/{first}/cancel", status=409)
    assert refused["type"].endswith("command-sent")
    for _ in range(2):
        assert call(engineer, "POST", f"/api/v1/commands/{second}/cancel")["state"] == "cancelled"
    assert commands.take(acme, device.id, 1, now) == []
    assert trail(second) == ["cancel"]
    with pytest.raises(Conflict, match="cancelled"):
        commands.acknowledge(acme, device.id, second, DONE, now)


def test_cancelling_and_taking_at_the_same_time_have_one_winner(acme: TenantConnection, device: Device) -> None:
    now = now_ms()
    for _ in range(20):
        id, barrier, results = queued(acme, device, now), threading.Barrier(2), dict[str, bool]()

        def take(barrier: threading.Barrier = barrier, results: dict[str, bool] = results) -> None:
            barrier.wait()
            results["taken"] = bool(commands.take(acme, device.id, 1, now))

        def cancel(id: str = id, barrier: threading.Barrier = barrier, results: dict[str, bool] = results) -> None:
            barrier.wait()
            try:
                results["cancelled"] = commands.cancel(acme, id, now)[1]
            except Conflict:
                results["cancelled"] = False

        threads = [threading.Thread(target=take), threading.Thread(target=cancel)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert results["taken"] is not results["cancelled"]
        if results["taken"]:
            commands.acknowledge(acme, device.id, id, DONE, now)


def test_open_commands_are_limited_and_expired_ones_make_room(acme: TenantConnection, device: Device) -> None:
    small, now = replace(acme, limits=Limits(open_commands=3)), now_ms()
    for _ in range(3):
        queued(small, device, now, 5)
    with pytest.raises(Conflict, match="3 commands are open"):
        queued(small, device, now + 4_999)
    queued(small, device, now + 5_000)
    for _ in range(46):
        queued(acme, device, now, 60)
    with pytest.raises(Conflict, match="50 commands of this device"):
        queued(acme, device, now)


def test_what_is_sent_with_a_command_is_bounded(engineer: Client, device: Device) -> None:
    path = f"{DEVICES}/{device.id}/commands"
    nested: dict[str, Any] = {}
    for _ in range(9):
        nested = {"a": nested}
    for body, problem in (
        ({"kind": "tune", "parameters": nested}, "too-deep"),
        ({"kind": "tune", "parameters": {"a": "x" * 5_000}}, "too-long"),
        ({"kind": "set-config"}, "parameter-missing"),
        ({"kind": "upgrade", "parameters": {"url": "x"}}, "parameter-missing"),
        ({"kind": "No Kind"}, "invalid-body"),
        ({"kind": "restart", "expires_in_s": 10**9}, "invalid-body"),
    ):
        assert call(engineer, "POST", path, body, 400)["type"].endswith(problem)
    call(engineer, "POST", path, {"kind": "tune", "parameters": {"a": [1, {"b": None}]}}, 201)


def test_pages_of_commands_stay_right_while_others_are_sent(
    acme: TenantConnection, engineer: Client, device: Device
) -> None:
    now = now_ms()
    sent = [queued(acme, device, now) for _ in range(5)]
    found, url = [], f"{DEVICES}/{device.id}/commands?limit=2"
    while url is not None:
        page = call(engineer, "GET", url)
        queued(acme, device, now)
        found += [each["id"] for each in page["results"]]
        url = page["next"]
    assert found == sent[::-1]
    refused = call(engineer, "GET", f"{DEVICES}/{device.id}/commands?cursor=x", status=400)
    assert refused["type"].endswith("bad-cursor")


def test_a_removed_device_takes_its_commands_with_it(acme: TenantConnection, engineer: Client, device: Device) -> None:
    now = now_ms()
    id = queued(acme, device, now)
    call(engineer, "DELETE", f"{DEVICES}/{device.id}", status=204)
    with pytest.raises(NotFound):
        commands.find(acme, id, now)
    operations.watch(acme, now + 100_000)
    assert trail(id) == ["send"], "it never expires"
    assert AuditEntry.objects.get(action="device.delete", target=device.id).detail["open_commands"] == [id]


def test_steps_whose_process_wrote_no_audit_entry_get_one_from_the_worker(
    acme: TenantConnection, engineer: Client, device: Device, own: Client
) -> None:
    now = now_ms()
    killed = queued(acme, device, now, 600)
    call(own, "POST", f"{OWN}/commands/take")
    commands.acknowledge(acme, device.id, killed, DONE, now)
    cancelled = queued(acme, device, now, 600)
    commands.cancel(acme, cancelled, now)
    operations.watch(acme, now + 50_000)
    assert (trail(killed), trail(cancelled)) == (["take"], []), "their processes may still write them"
    for _ in range(2):
        operations.watch(acme, now + 70_000)
        assert trail(killed) == ["take", "acknowledge", "send"]
        assert sorted(trail(cancelled)) == ["cancel", "send"]
    entry = AuditEntry.objects.get(target=killed, action="device-command.acknowledge")
    assert (entry.detail["device"], entry.detail["outcome"], entry.detail["at"]) == (device.id, "done", now)


def test_a_command_is_queued_once_although_its_audit_entry_fails(
    acme: TenantConnection, engineer: Client, device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever got an error would send it again."""

    def fail(*arguments: Any, **options: Any) -> None:
        raise OperationalError("the database is restarting")

    with monkeypatch.context() as patched:
        patched.setattr("ingest.devices.trail.audit", fail)
        sent = call(engineer, "POST", f"{DEVICES}/{device.id}/commands", {"kind": "restart"}, 201)["id"]
    operations.watch(acme, now_ms() + 70_000)
    assert trail(sent) == ["send"]
