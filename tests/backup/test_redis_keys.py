"""Dump and restore of Redis keys."""

from __future__ import annotations

import secrets
import threading
from itertools import count, takewhile
from pathlib import Path
from typing import Any

from django.conf import settings

from runtime.supervisor import Supervisor
from stores.redis.client import redis_client
from stores.redis.delivery_scripts import GATHERED, OPEN, POSITION, PROGRESS, TIMERS
from stores.redis.device_commands import DeviceCommands, StoredCommand
from stores.redis.device_scripts import ENDED, HISTORY, QUEUE, SEQUENCE
from stores.redis.device_scripts import OPEN as OPEN_COMMANDS
from stores.redis.dumping import dump_keys, restore_keys
from stores.redis.latest import Latest
from stores.redis.marks import EPOCH_KEY
from stores.redis.streams import Streams
from tests.waiting import wait_until

DIGESTS = 5


def test_all_keys_are_restored_except_the_epoch_of_the_ladder(servers: Supervisor, tmp_path: Path) -> None:
    """Samples are copied after the keys, so marks of samples that arrive in between are not in the copy."""
    streams, prefix = Streams(settings.REDIS_URL), f"pt:t{secrets.token_hex(5)}:"
    try:
        streams.latest.store(prefix, {"s1": Latest(5, 1.5, 0)})
        streams.marks.enroll(prefix, {"s1": (60_000, "continuous")}, (0, 60_000), 0)
        streams.marks.set_epoch(prefix, "one")
        streams.marks.set_horizon(prefix, "site", 7)
        before = streams.marks.state(prefix, ["s1"])
        count = dump_keys(settings.REDIS_URL, [prefix], tmp_path / "keys")
        client = redis_client(settings.REDIS_URL)
        client.delete(*client.scan_iter(match=f"{prefix}*"))
        assert restore_keys(settings.REDIS_URL, tmp_path / "keys", skipped=[EPOCH_KEY]) == count - 1
        after = streams.marks.state(prefix, ["s1"])
        assert (before.epoch, after.epoch) == ("one", "")
        assert (after.sensors, after.horizons) == (before.sensors, before.horizons)
        assert streams.latest.read(prefix, ["s1"]) == {"s1": Latest(5, 1.5, 0)}
    finally:
        streams.drop_tenant(prefix)


def test_a_tenants_queue_and_alarms_are_copied_as_of_one_moment(servers: Supervisor, tmp_path: Path) -> None:
    client: Any = redis_client(settings.REDIS_URL)
    prefix, stopping = f"pt:t{secrets.token_hex(5)}:", threading.Event()

    def change() -> None:
        """A digest begins and an older one ends with each step, so that there are always lists that are new."""
        for number in takewhile(lambda _: not stopping.is_set(), count(1)):
            with client.pipeline(transaction=True) as pipe:
                pipe.incr(f"{prefix}alarms:number").incr(f"{prefix}ingest:waiting").hincrby(f"{prefix}alarms:seen", "n")
                pipe.incr(f"{prefix}{POSITION}").hincrby(f"{prefix}{PROGRESS}", "n")
                pipe.zincrby(f"{prefix}{OPEN}", 1, "n").xadd(f"{prefix}ingest", {"d": b""}, maxlen=1)
                pipe.rpush(f"{prefix}{GATHERED}g|{number}", b"")
                pipe.delete(f"{prefix}{GATHERED}g|{number - DIGESTS}")
                pipe.zadd(f"{prefix}{TIMERS}", {f"g|{number}": number, f"e|{number}": number})
                pipe.zremrangebyscore(f"{prefix}{TIMERS}", "-inf", number - DIGESTS)
                pipe.execute()

    changing = threading.Thread(target=change)
    try:
        changing.start()
        wait_until(lambda: int(client.get(f"{prefix}ingest:waiting") or 0) >= DIGESTS)
        paths = [tmp_path / str(number) for number in range(60)]
        for path in paths:
            dump_keys(settings.REDIS_URL, [prefix], path)
        stopping.set()
        changing.join()
        for path in paths:
            _delete(prefix)
            restore_keys(settings.REDIS_URL, path)
            added = client.xinfo_stream(f"{prefix}ingest")["entries-added"]
            strings, hashes = ("alarms:number", "ingest:waiting", POSITION), ("alarms:seen", PROGRESS)
            numbers = {name: int(client.get(prefix + name)) for name in strings}
            numbers |= {name: int(client.hget(prefix + name, "n")) for name in hashes}
            assert numbers | {OPEN: client.zscore(prefix + OPEN, "n")} == dict.fromkeys((*numbers, OPEN), added)
            gathered = {name.decode().rpartition("|")[2] for name in client.scan_iter(f"{prefix}{GATHERED}*")}
            assert {*map(int, gathered)} == {*range(added - DIGESTS + 1, added + 1)}
    finally:
        stopping.set()
        changing.join()
        _delete(prefix)


def test_a_tenants_commands_are_copied_as_of_one_moment(servers: Supervisor, tmp_path: Path) -> None:
    client: Any = redis_client(settings.REDIS_URL)
    commands, prefix, stopping = DeviceCommands(settings.REDIS_URL), f"pt:t{secrets.token_hex(5)}:", threading.Event()

    def change() -> None:
        """Of each device a command is open, and its earlier ones have ended."""
        for number in takewhile(lambda _: not stopping.is_set(), count(1)):
            id, device = f"c{number}", f"d{number % 7}"
            facts: dict[str, Any] = {"kind": "restart", "parameters": "{}", "author": "a", "created": 1, "expires": 9}
            commands.add(prefix, StoredCommand(id=id, device=device, state="queued", **facts), 100, 1)
            commands.take(prefix, device, 10, 1)
            commands.acknowledge(prefix, f"c{number - 7}", device, "done", "", 1)

    changing = threading.Thread(target=change)
    try:
        changing.start()
        wait_until(lambda: int(client.get(f"{prefix}{SEQUENCE}") or 0) >= 30)
        paths = [tmp_path / str(number) for number in range(5)]
        for path in paths:
            dump_keys(settings.REDIS_URL, [prefix], path)
        stopping.set()
        changing.join()
        for path in paths:
            _delete(prefix)
            restore_keys(settings.REDIS_URL, path)
            every = {f"c{number + 1}" for number in range(int(client.get(f"{prefix}{SEQUENCE}")))}
            found = commands.find(prefix, sorted(every))
            is_open, ended = _ids(f"{prefix}{OPEN_COMMANDS}"), _ids(f"{prefix}{ENDED}")
            assert {each.id for each in found} == every == is_open | ended
            assert {each.id for each in found if each.state in ("queued", "sent")} == is_open
            assert {each.id for each in found if each.state == "acknowledged"} == ended
            for name, ids in ((QUEUE, is_open), (HISTORY, every)):
                assert set().union(*(_ids(f"{prefix}{name}d{device}") for device in range(7))) == ids
    finally:
        stopping.set()
        changing.join()
        _delete(prefix)


def _ids(key: str) -> set[str]:
    client: Any = redis_client(settings.REDIS_URL)
    return {id.decode() for id in client.zrange(key, 0, -1)}


def _delete(prefix: str) -> None:
    client = redis_client(settings.REDIS_URL)
    client.delete(*client.scan_iter(match=f"{prefix}*"))
