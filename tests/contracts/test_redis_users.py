"""A tenant's Redis user: all that our code does for that tenant, and nothing else, against a real Redis."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import redis
from django.conf import settings

from kernel.errors import Unavailable
from kernel.ids import new_id
from kernel.tenancy import Credentials, TenantConnection
from runtime import programs
from runtime.home import Home
from runtime.supervisor import Supervisor
from stores.redis.alarm_feed import AlarmFeed
from stores.redis.alarms import Alarms, LateRange, NewState, Step
from stores.redis.breakers import Breakers
from stores.redis.changes import ChangeLog
from stores.redis.dead_letters import Buried
from stores.redis.device_commands import DeviceCommands, StoredCommand
from stores.redis.devices import Changed, Devices, Sign
from stores.redis.latest import Latest
from stores.redis.leases import Lease
from stores.redis.locks import ReentrantLock
from stores.redis.overflow_counts import Misfit
from stores.redis.pending import Pending
from stores.redis.reservations import Quota, Reservations
from stores.redis.second_reader import SecondReader
from stores.redis.server import ping
from stores.redis.streams import ALL_WAITING, Streams
from stores.redis.users import COMMANDS, RedisUsers
from stores.redis.writer_lease import READY
from tests.waiting import wait_until

NOBODY = Credentials("", "")


@pytest.fixture
def users(servers: Supervisor) -> RedisUsers:
    return RedisUsers(settings.REDIS_URL)


@pytest.fixture
def server(servers: Supervisor) -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL)


@pytest.fixture
def tenant(users: RedisUsers) -> Iterator[TenantConnection]:
    """Its data lies on a disk that it adopted."""
    made = TenantConnection(new_id("t"), "acme", "Acme", "http://127.0.0.1:9", NOBODY, NOBODY, disk=new_id("t"))
    yield made
    for prefix in (made.prefix, f"pt:{made.disk}:"):
        Streams(settings.REDIS_URL).drop_tenant(prefix)


@pytest.fixture
def user(users: RedisUsers, tenant: TenantConnection) -> Iterator[Credentials]:
    made = Credentials(f"tenant-{tenant.id}", secrets.token_urlsafe(24))
    users.ensure(made, {tenant.prefix, f"pt:{tenant.disk}:"})
    yield made
    users.remove(made.username)


@pytest.fixture
def url(user: Credentials) -> str:
    return url_for(settings.REDIS_URL, user)


def url_for(url: str, user: Credentials) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=f"{user.username}:{user.password}@{parts.netloc.rpartition('@')[2]}").geturl()


def refused(server: redis.Redis, username: str) -> list[str]:
    """What Redis wrote down that it refused this user."""
    return [f"{entry['reason']} {entry['object']}" for entry in server.acl_log() if entry["username"] == username]


def test_a_pod_can_do_everything_for_its_tenant(
    url: str, user: Credentials, tenant: TenantConnection, server: redis.Redis
) -> None:
    streams, prefix, disk = Streams(url, own=True), tenant.prefix, f"pt:{tenant.disk}:"
    log = ChangeLog(url, f"{disk}changes:catalog:")
    AlarmFeed(url).enroll(prefix, ["ak_a"])  # sinks, as when they are changed or restored
    AlarmFeed(url).enroll(prefix, ["ak_b"])
    assert AlarmFeed(url).backlog(prefix) == {"ak_b": 0}
    with ReentrantLock(url, f"{disk}lock:sensors").held(), log.changing([("sensors", "s1")]):
        pass
    position = log.position()
    assert log.touched_since(position) == []
    assert streams.append(tenant, [(2, b"a"), (1, b"b")], log.guard(position))
    assert streams.writer_lease.acquire(prefix, "own") and streams.wait_ready(1, own=prefix) == [prefix]
    assert streams.backlogs([prefix]) == [3] and streams.oldest(prefix)
    streams.marks.enroll(prefix, {"s1": (60_000, "mean"), "s2": (60_000, "mean")}, (0, 86_400_000), 1)
    entries = [*streams.read(prefix, 1), *streams.read(prefix, 9)]
    assert streams.claim(prefix, 9) == entries
    written = {"s1": [(0, 60_000 * 700), (0, 60_000)]}
    overflows = streams.overflow_counts.note(prefix, {entries[0].id: Counter({Misfit("t", "f", ""): 2})})
    more: dict[str, Any] = {"overflows": overflows[entries[0].id], "message": b"{}"}
    assert streams.commit(prefix, entries, {"s1": Latest(1, 2.0)}, Buried([b"l"]), written, 5, **more) == 2
    assert streams.overflow_counts.of_type(prefix, "t") == {Misfit("t", "f", ""): 2}
    assert streams.append(tenant, [], log.guard(position), Buried([b"m"])) == ""
    assert streams.flow(prefix)[0] == 3 and streams.dead_letters.counts(prefix).kept == 2
    first, last = streams.dead_letters.page(prefix, 9)
    assert streams.dead_letters.find(prefix, first.id) == first and streams.dead_letters.remove(prefix, [first.id])
    assert streams.dead_letters.remove_until(prefix, last.id) == 1
    assert streams.latest.read(prefix, ["s1"]) == {"s1": Latest(1, 2.0)}
    streams.deleted.add(prefix, ["s3"])
    assert streams.deleted.among(prefix, ["s1", "s3"]) == {"s3"} and streams.left_out(prefix) == 0
    assert streams.latest.store(prefix, {"s1": Latest(2, 3.0)}) == 1
    assert streams.latest.replace(prefix, "s1", Latest(2, 3.0), None)
    streams.latest.drop(prefix, ["s1"])
    state = streams.marks.state(prefix, ["s1"]).sensors["s1"]
    streams.marks.clear(prefix, "s1", 60_000, state.buckets, [(mark, None) for mark in state.ranges], 10)
    streams.marks.set_epoch(prefix, "r")
    streams.marks.set_horizon(prefix, "p1", 5)
    streams.marks.set_horizon(prefix, "p1", None)
    assert streams.marks.epoch(prefix) == "r" and streams.marks.enrolled(prefix)
    assert streams.marks.with_work([prefix], 10**15) == [prefix]
    assert streams.marks.backfill_ranges(prefix, 10**15, 9) == ["s2"] and streams.marks.counts(prefix, 1).enrolled == 2
    streams.marks.drop(prefix, ["s1", "s2"])
    streams.marks.forget_epoch(prefix)
    streams.writer_lease.hand_over(prefix, "own")
    streams.writer_lease.forward(prefix)
    assert streams.writer_lease.ready([prefix]) == streams.writer_lease.with_own_writer([prefix]) == [prefix]
    streams.writer_lease.release(prefix)
    streams.demand.note("host", prefix)
    assert streams.demand.is_recent("host", prefix)
    assert Streams(settings.REDIS_URL).demand.is_recent("host", prefix)
    breakers = Breakers(url)
    breakers.open(f"{prefix}breaker:timeseries", 1)
    assert breakers.is_open(f"{prefix}breaker:timeseries")
    breakers.close(f"{prefix}breaker:timeseries")
    lease = Lease(url, f"{prefix}jobs:long", hold_s=3.0)
    assert lease.acquire()
    began = lease._renewed
    with lease:
        wait_until(lambda: lease._renewed > began)
        lease.check()
    with Reservations(url, prefix, 10).hold(5, Quota(10, int), 1):
        pass
    Pending(url, "corrections").add_own(prefix, "k1")
    assert SecondReader(settings.REDIS_URL).start(prefix)  # alarms are evaluated by the shared process
    assert streams.append(tenant, [(1, b"c")]) and streams.commit(prefix, streams.read(prefix, 9)) == 1
    assert streams.backlogs([prefix]) == [1] and streams.unwritten(prefix) == 0 and streams.waiting(prefix, 9) == []
    _use_devices(url, prefix)
    _use_alarms(url, prefix)
    log.restart()
    ping(url)
    assert refused(server, user.username) == []


def _use_devices(url: str, prefix: str) -> None:
    devices, commands = Devices(url), DeviceCommands(url)
    assert devices.note(prefix, [Sign("g1", 1_000, 60_000, "1.0", "a", 1_000)], 1_000) == [Changed("g1", "online")]
    assert devices.sweep(prefix, 200_000) == [Changed("g1", "offline")] and devices.contacts(prefix, ["g1"])
    for id in ("x1", "x2", "x3"):
        new = StoredCommand(
            id=id, device="g1", kind="restart", parameters="{}", author="a", created=1, expires=9, state="queued"
        )
        assert commands.add(prefix, new, 9, 1) == "added"
    assert commands.cancel(prefix, "x2", 2) == "queued"
    [taken] = commands.take(prefix, "g1", 1, 2)
    assert commands.acknowledge(prefix, taken.id, "g1", "done", "", 3) == "acknowledged"
    assert commands.expired(prefix, 9) == ["x3"]
    commands.expire(prefix, ["x3"], 9)
    assert len(commands.of_device(prefix, "g1", 9)) == 3 and commands.open_of_device(prefix, "g1") == []
    assert commands.unaudited(prefix, 1) == [("send", id, 1) for id in ("x1", "x2", "x3")]
    commands.set_audited(prefix, [("send", "x1")])
    commands.forget_device(prefix, "g1", 9)


def _use_alarms(url: str, prefix: str) -> None:
    alarms, late = Alarms(url, own=True), LateRange("s1", 1, 2, 3)
    step = Step([NewState("r:s1", 0, b"raised")], {"r:s1": 5}, late=[late], transitions=[b"t"])
    assert alarms.commit(prefix, step).outcome == "ok"
    assert alarms.states(prefix, ["r:s1"]).keys() == alarms.all_states(prefix)[1].keys() == {"r:s1"}
    assert alarms.due(prefix, 5, 9) == [("r:s1", 5)] and alarms.late(prefix) == [late] and alarms.number(prefix) > 0
    before = Streams(settings.REDIS_URL).backlogs([prefix])[0]
    alarms.set_delivered(prefix, alarms.outgoing(prefix, 9))
    assert Streams(settings.REDIS_URL).backlogs([prefix]) == [before - 1]


def test_the_keys_of_another_tenant_are_out_of_reach(url: str, tenant: TenantConnection) -> None:
    rival = TenantConnection(new_id("t"), "rival", "Rival", "http://127.0.0.1:9", NOBODY, NOBODY)
    ours, streams = Streams(settings.REDIS_URL), Streams(url, own=True)
    ours.append(rival, [(1, b"x")])
    ours.latest.store(rival.prefix, {"s": Latest(1, 1.0)})
    calls: dict[str, Callable[[], object]] = {
        "append": lambda: streams.append(rival, [(1, b"y")]),
        "read": lambda: streams.read(rival.prefix, 1),
        "claim": lambda: streams.claim(rival.prefix, 1),
        "latest": lambda: streams.latest.read(rival.prefix, ["s"]),
        "marks": lambda: streams.marks.state(rival.prefix, ["s"]),  # keys that the script makes up itself
        "mark": lambda: streams.marks.mark(rival.prefix, {"s": [(0, 1)]}, 1),
        "turn": lambda: streams.writer_lease.acquire(rival.prefix, "own"),
        "lock": lambda: ReentrantLock(url, f"{rival.prefix}lock:x", wait_s=0.1).acquire(),
        "changes": lambda: ChangeLog(url, f"{rival.prefix}changes:catalog:").position(),
        "backlogs": lambda: streams.backlogs([tenant.prefix, rival.prefix]),
    }
    for name, call in calls.items():
        with pytest.raises(Unavailable):
            call()
            pytest.fail(name)
    assert ours.backlogs([rival.prefix]) == [1] and [e.payload for e in ours.read(rival.prefix, 9)] == [b"x"]
    ours.drop_tenant(rival.prefix)


@pytest.mark.parametrize(
    "command",
    [
        "CONFIG GET *", "CONFIG SET maxmemory 0", "FLUSHALL", "FLUSHDB", "KEYS *", "SCAN 0", "RANDOMKEY", "DBSIZE",
        "ACL LIST", "ACL SETUSER tenant-x on nopass ~* +@all", "ACL WHOAMI", "MONITOR", "INFO", "SHUTDOWN NOSAVE",
        "SAVE", "CLIENT LIST", "CLIENT KILL TYPE normal", "SLOWLOG GET", "REPLICAOF NO ONE", "SWAPDB 0 1",
        "SCRIPT FLUSH", "SCRIPT KILL", "FUNCTION LIST", "MIGRATE h 1 k 0 1", "PUBLISH c m", "SUBSCRIBE c",
        "MODULE LIST", "GET pt:epochs", f"GET {ALL_WAITING}", f"ZADD {READY} 1 x", "ZADD pt:open:corrections 1 x",
        "SET pt:limit:x 1", "SET pt: 1", "SORT_RO {prefix}list BY pt:*", "DUMP {prefix}ingest", "COPY {prefix}a pt:b",
        "RENAME {prefix}a pt:b", "OBJECT ENCODING pt:epochs", "EVAL return(redis.call('GET','pt:epochs')) 0",
        "EVAL return(redis.call('KEYS','*')) 0", "EVAL return(redis.call('SELECT',1,redis.call('SCAN','0'))) 0",
    ],
)  # fmt: skip
def test_keys_that_are_not_the_tenants_are_refused(url: str, tenant: TenantConnection, command: str) -> None:
    words = command.format(prefix=tenant.prefix).split(" ")
    name, *rest = words if words[0] != "EVAL" else ("EVAL", " ".join(words[1:-1]), words[-1])
    with pytest.raises(redis.ResponseError, match=r"(?i)noperm|no permissions|can't (run|access)|ACL failure"):
        redis.Redis.from_url(url).execute_command(name, *rest)


def test_every_command_of_redis_that_is_not_ours_is_refused(
    user: Credentials, tenant: TenantConnection, server: redis.Redis
) -> None:
    """Including commands of future Redis versions, as the list is an allow-list."""
    allowed = set()
    for name, about in server.command().items():
        words = [f"{tenant.prefix}x"] * (abs(about["arity"]) - 1)
        try:
            said = server.execute_command("ACL DRYRUN", user.username, name, *words)
        except redis.ResponseError as error:
            assert "ubcommand" in str(error) or "not found" in str(error), name  # of one that is only a group of others
            continue
        if b"no permissions to run" not in said:
            allowed.add(name)
    always = {"auth", "hello", "quit", "reset"}  # of whoever is not signed in
    assert allowed == {command for command in COMMANDS if "|" not in command} | always
    assert server.acl_getuser(user.username)["channels"] == []


def test_redis_gets_only_the_digest_of_the_password(users: RedisUsers, user: Credentials, server: redis.Redis) -> None:
    assert user.password not in str(server.acl_list())


def test_ensuring_a_user_again_keeps_its_connections(
    users: RedisUsers, url: str, user: Credentials, tenant: TenantConnection, server: redis.Redis
) -> None:
    client, before = redis.Redis.from_url(url), server.acl_getuser(user.username)
    client.set(f"{tenant.prefix}k", 1)
    signed_in = client.ping() and server.client_list()
    users.ensure(user, {tenant.prefix, f"pt:{tenant.disk}:"})
    assert server.acl_getuser(user.username) == before
    assert client.get(f"{tenant.prefix}k") == b"1"
    ours = {entry["id"] for entry in signed_in if entry["user"] == user.username}
    assert ours and ours <= {entry["id"] for entry in server.client_list()}


def test_a_removed_user_is_disconnected_at_once(users: RedisUsers, url: str, user: Credentials) -> None:
    client = redis.Redis.from_url(url)
    assert client.ping() and user.username in users.names()
    users.remove(user.username)
    users.remove(user.username)
    with pytest.raises(redis.RedisError):
        client.ping()
    assert user.username not in users.names()


def test_users_that_are_not_tenants_are_not_ours(users: RedisUsers, server: redis.Redis) -> None:
    assert "default" not in users.names()


def test_redis_loses_users_when_it_restarts(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Which is why the reconciler looks for them."""
    home = Home(tmp_path_factory.mktemp("forgetful"))
    supervisor = Supervisor(home)
    supervisor.ensure_up()
    supervisor.ensure_program(programs.redis(home))
    try:
        users = RedisUsers(home.redis_url)
        made = Credentials("tenant-tabc", "secret")
        users.ensure(made, {"pt:tabc:"})
        client = redis.Redis.from_url(url_for(home.redis_url, made))
        client.set("pt:tabc:k", "kept")
        supervisor.stop_program("redis")
        supervisor.start_program("redis")
        wait_until(lambda: users.names() is not None, meanwhile=Unavailable)
        assert users.names() == set()
        users.ensure(made, {"pt:tabc:"})
        assert client.get("pt:tabc:k") == b"kept"
    finally:
        supervisor.stop()
