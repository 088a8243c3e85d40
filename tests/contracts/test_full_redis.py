"""A real Redis at its `maxmemory`: what is refused, what still works, and that nothing acknowledged is lost."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis

from kernel.errors import Unavailable
from kernel.ids import new_id
from kernel.tenancy import Credentials, Limits, TenantConnection
from runtime import programs
from runtime.home import Home
from runtime.memory import memory_bytes
from runtime.supervisor import Supervisor
from stores.redis.alarms import Alarms, LateRange, Step
from stores.redis.changes import ChangeLog
from stores.redis.dead_letters import Buried
from stores.redis.entries import Entry
from stores.redis.epochs import Epochs
from stores.redis.latest import Latest
from stores.redis.limits import Limit
from stores.redis.limits import Limits as Attempts
from stores.redis.locks import ReentrantLock
from stores.redis.outbox import Outbox
from stores.redis.pending import Pending
from stores.redis.streams import Streams

NOBODY = Credentials("", "")
UNBOUNDED = 10**12
NOTE = Step(transitions=[b"x" * 500], evaluated=[LateRange("s", 1, 2, 3)])
PAYLOAD = 40_000  # an append waits for the disk: few of them


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Redis of 16 MiB, as the embedded installation runs it."""
    home = Home(tmp_path_factory.mktemp("small"))
    supervisor = Supervisor(home)
    supervisor.ensure_up()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REDIS_MAX_MEMORY_MIB", "16")
        supervisor.ensure_program(programs.redis(home))
    yield home.redis_url
    supervisor.stop()


@pytest.fixture(autouse=True)
def empty(small: str) -> None:
    redis.Redis.from_url(small).flushall()
    redis.Redis.from_url(small).config_set("maxmemory", 16 * 2**20)


def overfill(url: str) -> TenantConnection:
    """Fill it, and lower the limit below what it holds: not a byte more fits."""
    whose = tenant()
    fill(Streams(url, UNBOUNDED), whose)
    redis.Redis.from_url(url).config_set("maxmemory", 14 * 2**20)
    return whose


def tenant() -> TenantConnection:
    limits = Limits(samples_per_s=10**9, stream_length=10**9)
    return TenantConnection(new_id("t"), secrets.token_hex(3), "T", "http://127.0.0.1:9", NOBODY, NOBODY, limits)


def fill(streams: Streams, whose: TenantConnection) -> tuple[list[bytes], Unavailable]:
    """Append until it is refused: what was acknowledged, and the refusal."""
    taken: list[bytes] = []
    for _ in range(20_000):
        payload = secrets.token_bytes(PAYLOAD)
        try:
            streams.append(whose, [(100, payload)])
        except Unavailable as refusal:
            return taken, refusal
        taken.append(payload)
    raise AssertionError("it was never refused")


def drain(streams: Streams, prefix: str) -> list[Entry]:
    """As the writer does: mark, keep latest values, file dead letters and acknowledge."""
    entries: list[Entry] = []
    while found := streams.read(prefix, 100):
        streams.marks.mark(prefix, {"s1": [(0, 60_000)]}, 1)
        dead = Buried([b"x"])
        streams.commit(prefix, found, {"s1": Latest(len(entries), 1.0)}, dead, {"s1": [(0, 60_000)]}, 1)
        entries += found
    return entries


def test_a_full_redis_refuses_samples_keeps_accepted_ones_and_is_drained(small: str) -> None:
    streams, plant = Streams(small, UNBOUNDED), tenant()
    streams.marks.enroll(plant.prefix, {"s1": (60_000, "mean")}, (0, 600_000), 1)
    taken, refusal = fill(streams, plant)
    assert refusal.problem == "store-full"
    assert refusal.extra["retry_after"] > 0
    assert len(taken) * PAYLOAD > 8 * 2**20, "it was refused long before it was full"
    with pytest.raises(Unavailable, match="until there is room"):
        streams.append(tenant(), [(1, b"x" * PAYLOAD)])
    assert [entry.payload for entry in drain(streams, plant.prefix)] == taken
    assert streams.latest.read(plant.prefix, ["s1"])
    assert streams.backlogs([plant.prefix]) == [0]
    assert streams.append(plant, [(1, b"x" * PAYLOAD)])


def test_what_reading_and_draining_need_still_works_in_a_full_redis(small: str) -> None:
    streams, plant = Streams(small, UNBOUNDED), overfill(small)
    assert streams.writer_lease.acquire(plant.prefix, "own")
    streams.writer_lease.forward(plant.prefix)
    assert streams.wait_ready(0.1, own=plant.prefix) == [plant.prefix]
    log = ChangeLog(small, f"{plant.prefix}changes:test:")
    with log.changing([("sensors", "s0")]):
        pass
    before = log.position()
    lock = ReentrantLock(small, f"{plant.prefix}lock", wait_s=0.1)
    with lock.held(), log.changing([("sensors", "s1")]):
        lock.check()
    assert log.touched_since(before) == [("sensors", "s1")]
    epochs = Epochs(small)
    seen, _ = epochs.since(None)
    epochs.invalidate("user:7")
    assert epochs.since(seen)[1] in (None, {"user:7"})
    assert Attempts(small).take([Limit(("sign-in", "ada"), 5, 60)]) == 0
    streams.correct_backlog(streams.backlogs([plant.prefix])[0])
    streams.latest.store(plant.prefix, {"s1": Latest(1, 2.0)})
    assert Alarms(small).commit(plant.prefix, Step(transitions=[b"raised"])).outcome == "ok"


def test_dead_letters_are_refused_with_their_batch_and_removed_in_a_full_redis(small: str) -> None:
    streams, plant = Streams(small, UNBOUNDED), tenant()
    streams.append(plant, [(1, b"x")], buried=Buried([b"letter"]))
    whose = overfill(small)
    with pytest.raises(Unavailable) as refused:
        streams.append(whose, [(1, b"x")], buried=Buried([b"y" * 60_000]))
    assert refused.value.problem == "store-full"
    assert streams.dead_letters.page(whose.prefix, 9) == []
    (letter,) = streams.dead_letters.page(plant.prefix, 9)
    assert streams.dead_letters.remove(plant.prefix, [letter.id]) == 1


def test_thousands_of_dead_letters_are_kept_while_a_full_redis_is_drained(small: str) -> None:
    streams = Streams(small, UNBOUNDED)
    plant = overfill(small)
    entries = streams.read(plant.prefix, 100)
    assert streams.commit(plant.prefix, entries, buried=Buried([b"letter"] * 2_500)) == len(entries)
    assert streams.dead_letters.counts(plant.prefix).kept == 2_500


GROWING: dict[str, Callable[[str], object]] = {
    "work to be done": lambda url: Pending(url, "jobs").add("acme", "j" * 500),
    "a message": lambda url: Outbox(url, "pt:x:", "trail").put(b"x" * 500),
    "a note of an alarm": lambda url: Alarms(url).commit("pt:x:", NOTE, max_waiting=UNBOUNDED),
    "a ladder": lambda url: Streams(url).marks.enroll("pt:x:", {"s": (60_000, "mean")}, (0, 1), 1),
}


@pytest.mark.parametrize("what", GROWING)
def test_what_would_grow_a_full_redis_is_refused_with_retry_after(small: str, what: str) -> None:
    overfill(small)
    with pytest.raises(Unavailable) as refused:
        GROWING[what](small)
    assert refused.value.extra["retry_after"] > 0
    assert refused.value.problem == "store-full"


def test_all_tenants_together_may_fill_half_of_redis(small: str) -> None:
    streams, loud, quiet = Streams(small), tenant(), tenant()
    taken, refusal = fill(streams, loud)
    assert refusal.problem == "backlog-full"
    assert refusal.extra["retry_after"] > 0
    memory = redis.Redis.from_url(small).info("memory")
    assert 0.35 < memory["used_memory"] / memory["maxmemory"] < 0.65
    with pytest.raises(Unavailable, match="of all tenants are waiting"):
        streams.append(quiet, [(100, b"x" * PAYLOAD)])
    assert len(drain(streams, loud.prefix)) == len(taken)
    assert streams.append(quiet, [(100, b"x" * PAYLOAD)])


def test_the_backlog_of_a_dropped_tenant_is_released(small: str) -> None:
    streams, gone, quiet = Streams(small, 1_000), tenant(), tenant()
    streams.append(gone, [(1_000, b"x")])
    streams.drop_tenant(gone.prefix)
    streams.correct_backlog(sum(streams.backlogs([quiet.prefix])))  # as the writer does every few seconds
    assert streams.append(quiet, [(1_000, b"x")])


def test_the_embedded_redis_is_limited_below_the_machine_and_the_container(tmp_path: Path) -> None:
    machine = memory_bytes([])
    (tmp_path / "max").write_text("max\n")
    (tmp_path / "less").write_text(f"{machine // 2}\n")
    assert memory_bytes([tmp_path / "max", tmp_path / "missing"]) == machine
    assert memory_bytes([tmp_path / "max", tmp_path / "less"]) == machine // 2
    assert programs.MIN_REDIS_MEMORY <= programs.redis_memory() < machine / 2
