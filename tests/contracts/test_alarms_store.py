"""The contract of the queue's second reader and of the alarms' states, against a real Redis."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.conf import settings

from kernel.errors import TooManyRequests
from kernel.ids import new_id
from kernel.tenancy import Credentials, Limits, TenantConnection
from kernel.times import DAY
from runtime.supervisor import Supervisor
from stores.redis.alarm_scripts import MAX_LATE_RANGES, MAX_RAISED
from stores.redis.alarms import Alarms, Committed, LateRange, NewState, Passed, Step, StoredState
from stores.redis.client import redis_client
from stores.redis.entries import Entry
from stores.redis.second_reader import SecondReader
from stores.redis.streams import Streams

NOBODY = Credentials("", "")


@pytest.fixture
def streams(servers: Supervisor) -> Streams:
    return Streams(settings.REDIS_URL)


@pytest.fixture
def reader(servers: Supervisor) -> SecondReader:
    return SecondReader(settings.REDIS_URL)


@pytest.fixture
def alarms(servers: Supervisor) -> Alarms:
    return Alarms(settings.REDIS_URL)


@pytest.fixture
def tenant(streams: Streams) -> Iterator[TenantConnection]:
    made = TenantConnection(
        new_id("t"), secrets.token_hex(3), "T", "http://127.0.0.1:9", NOBODY, NOBODY, Limits(stream_length=6)
    )
    yield made
    streams.drop_tenant(made.prefix)


def passed(before: str, entries: list[Entry]) -> Passed:
    return Passed(before, entries[-1].id, [entry.id for entry in entries])


def test_an_entry_stays_until_both_have_it_and_weighs_until_then(
    streams: Streams, reader: SecondReader, alarms: Alarms, tenant: TenantConnection
) -> None:
    prefix = tenant.prefix
    cursor = reader.start(prefix)
    streams.append(tenant, [(2, b"a"), (1, b"b")])
    streams.append(tenant, [(1, b"c")])
    stored = streams.read(prefix, 9)
    assert streams.commit(prefix, stored[:2]) == 2
    assert streams.backlogs([prefix]) == [4] and streams.unwritten(prefix) == 1
    assert [entry.payload for entry in streams.waiting(prefix, 1)] == [b"c"]
    assert streams.read(prefix, 9) == [] and streams.claim(prefix, 9) == stored[2:]
    evaluated = reader.read(prefix, cursor, 9)
    assert evaluated == stored
    assert alarms.commit(prefix, Step(), passed(cursor, evaluated)).outcome == "ok"
    assert streams.backlogs([prefix]) == [1] and streams.unwritten(prefix) == 1
    assert streams.commit(prefix, stored[2:]) == 1
    assert streams.backlogs([prefix]) == [0] and streams.oldest(prefix) is None
    assert reader.read(prefix, "0-0", 9) == []


def test_a_reader_that_does_not_go_on_refuses_samples_as_a_stopped_database_does(
    streams: Streams, reader: SecondReader, tenant: TenantConnection
) -> None:
    reader.start(tenant.prefix)
    for _ in range(3):
        streams.append(tenant, [(2, b"a")])
        streams.commit(tenant.prefix, streams.read(tenant.prefix, 9))
    with pytest.raises(TooManyRequests):
        streams.append(tenant, [(1, b"b")])
    assert reader.stop(tenant.prefix) == 3
    assert streams.backlogs([tenant.prefix]) == [0]
    streams.append(tenant, [(1, b"b")])
    assert streams.commit(tenant.prefix, streams.read(tenant.prefix, 9)) == 1
    assert redis_client(settings.REDIS_URL).xlen(f"{tenant.prefix}ingest") == 0


def test_without_a_reader_nothing_is_kept(streams: Streams, reader: SecondReader, tenant: TenantConnection) -> None:
    assert reader.with_cursor([tenant.prefix]) == []
    streams.append(tenant, [(2, b"a")])
    streams.commit(tenant.prefix, streams.read(tenant.prefix, 9))
    assert redis_client(settings.REDIS_URL).xlen(f"{tenant.prefix}ingest") == 0
    assert streams.backlogs([tenant.prefix]) == [0]


def test_a_step_is_done_once_by_the_cursor_that_it_was_read_with(
    streams: Streams, reader: SecondReader, alarms: Alarms, tenant: TenantConnection
) -> None:
    prefix, cursor = tenant.prefix, reader.start(tenant.prefix)
    streams.append(tenant, [(1, b"a")])
    entries = reader.read(prefix, cursor, 9)
    step = Step([NewState("r:s", 0, b"raised")], {"r:s": 5_000}, {"s": b"seen"}, transitions=[b"one", b"two"])
    done = alarms.commit(prefix, step, passed(cursor, entries))
    assert alarms.commit(prefix, step, passed(cursor, entries)).outcome == "moved"
    assert alarms.states(prefix, ["r:s", "other"]) == {"r:s": StoredState(done.revision, b"raised")}
    kept = [(each.number, each.payload) for each in alarms.outgoing(prefix, 9)]
    assert kept == [(done.first, b"one"), (done.first + 1, b"two")]
    assert alarms.due(prefix, 4_999, 9) == [] and alarms.due(prefix, 5_000, 9) == [("r:s", 5_000)]
    assert alarms.next_dues([prefix]) == [5_000] and alarms.seen(prefix) == {"s": b"seen"}
    assert reader.start(prefix) == entries[-1].id


def test_nothing_is_done_if_one_of_the_states_has_changed(alarms: Alarms, tenant: TenantConnection) -> None:
    prefix = tenant.prefix
    first = alarms.commit(prefix, Step([NewState("r:a", 0, b"1"), NewState("r:b", 0, b"1")])).revision
    second = alarms.commit(prefix, Step([NewState("r:a", first, b"2")], transitions=[b"t"])).revision
    step = Step(
        [NewState("r:a", first, b"3"), NewState("r:b", first, None)], {"r:b": 1}, {"s": b""}, transitions=[b"u"]
    )
    assert alarms.commit(prefix, step) == Committed("changed", changed=["r:a"])
    number, states = alarms.all_states(prefix)
    assert states == {"r:a": StoredState(second, b"2"), "r:b": StoredState(first, b"1")} and second != first
    assert number == alarms.number(prefix) > 0
    assert alarms.next_dues([prefix]) == [None] and alarms.seen(prefix) == {} and alarms.outgoing_count(prefix) == 1


def test_an_alarm_that_is_plainly_normal_leaves_nothing(alarms: Alarms, tenant: TenantConnection) -> None:
    prefix = tenant.prefix
    revision = alarms.commit(prefix, Step([NewState("r:a", 0, b"1")], {"r:a": 7})).revision
    assert alarms.commit(prefix, Step([NewState("r:a", revision, None)], {"r:a": None})).outcome == "ok"
    assert alarms.all_states(prefix) == (0, {}) and alarms.timers(prefix) == {}


def test_a_state_never_has_a_revision_of_before(alarms: Alarms, tenant: TenantConnection) -> None:
    """Whoever read it then, before it was normal for a while, does not overwrite what a person has done since."""
    prefix = tenant.prefix
    read = alarms.commit(prefix, Step([NewState("r:a", 0, b"raised")])).revision
    alarms.commit(prefix, Step([NewState("r:a", read, None)]))
    alarms.commit(prefix, Step([NewState("r:a", 0, b"shelved")]))
    assert alarms.commit(prefix, Step([NewState("r:a", read, b"returned")])) == Committed("changed", changed=["r:a"])
    assert alarms.states(prefix, ["r:a"])["r:a"].payload == b"shelved"


def test_transitions_count_as_waiting_until_they_are_in_the_journal(
    streams: Streams, alarms: Alarms, tenant: TenantConnection
) -> None:
    prefix = tenant.prefix
    alarms.commit(prefix, Step(transitions=[b"x" * 640, b"y"]))
    assert streams.backlogs([prefix]) == [11] and alarms.with_outgoing([prefix]) == [prefix]
    first, second = alarms.outgoing(prefix, 9)
    alarms.set_delivered(prefix, [first])
    assert alarms.outgoing(prefix, 9) == [second]
    alarms.set_delivered(prefix, [first, second])
    assert streams.backlogs([prefix]) == [0] and alarms.with_outgoing([prefix]) == []
    assert alarms.number(prefix) == second.number == first.number + 1


def test_transitions_may_be_refused_when_too_much_waits(
    streams: Streams, reader: SecondReader, alarms: Alarms, tenant: TenantConnection
) -> None:
    prefix, note = tenant.prefix, Step([NewState("r:a", 0, b"1")], transitions=[b"x" * 640])
    assert alarms.commit(prefix, note, max_waiting=1).outcome == "ok", "one fits into an empty queue"
    [(key, state)] = alarms.all_states(prefix)[1].items()
    again = Step([NewState(key, state.revision, b"2")], transitions=[b"x" * 640])
    assert alarms.commit(prefix, again, max_waiting=19).outcome == "full"
    assert alarms.commit(prefix, Step(late=[LateRange("s", 1, 2, 3)]), max_waiting=1).outcome == "ok"
    assert alarms.all_states(prefix)[1] == {key: state} and streams.backlogs([prefix]) == [10]
    assert alarms.commit(prefix, again, max_waiting=20).outcome == "ok"
    assert alarms.commit(prefix, Step(transitions=[b"x"])).outcome == "ok", "the evaluator's always are"


def test_numbers_grow_also_if_redis_loses_its_file(alarms: Alarms, tenant: TenantConnection) -> None:
    prefix = tenant.prefix
    alarms.commit(prefix, Step(transitions=[b"x"] * 3))
    before = alarms.number(prefix)
    time.sleep(1.1)
    redis_client(settings.REDIS_URL).delete(f"{prefix}alarms:number")
    alarms.commit(prefix, Step(transitions=[b"y"]))
    assert alarms.number(prefix) > before


def test_ranges_of_late_samples_grow_and_stay_if_they_grew_while_they_were_evaluated(
    alarms: Alarms, tenant: TenantConnection
) -> None:
    prefix = tenant.prefix
    alarms.commit(prefix, Step(late=[LateRange("s", 50, 60, 1_000)]))
    alarms.commit(prefix, Step(late=[LateRange("s", 20, 55, 2_000), LateRange("u", 1, 2, 2_000)]))
    found = {each.target: each for each in alarms.late(prefix)}
    assert found == {"s": LateRange("s", 20, 60, 1_000), "u": LateRange("u", 1, 2, 2_000)}
    alarms.commit(prefix, Step(late=[LateRange("s", 70, 70, 3_000)]))
    assert alarms.with_late([prefix]) == [prefix]
    alarms.commit(prefix, Step(evaluated=list(found.values()), transitions=[b"t"]))
    assert alarms.late(prefix) == [LateRange("s", 20, 70, 1_001)]


def test_ranges_of_late_samples_are_evaluated_once(alarms: Alarms, tenant: TenantConnection) -> None:
    """Also if a reply is lost and the step is sent again, or two processes are at it."""
    prefix, late = tenant.prefix, LateRange("s", 50, 60, 1_000)
    alarms.commit(prefix, Step(late=[late]))
    begun = Step(begun=[late], transitions=[b"one"])
    assert [alarms.commit(prefix, begun).outcome for _ in range(2)] == ["ok", "evaluated"]
    [rest] = alarms.late(prefix)
    assert rest == replace(late, noted=1_001)
    alarms.commit(prefix, Step(late=[LateRange("s", 55, 65, 2_000)]))
    grown = Step(evaluated=[rest], transitions=[b"two"])
    assert [alarms.commit(prefix, grown).outcome for _ in range(2)] == ["ok", "evaluated"]
    [rest] = alarms.late(prefix)
    assert rest == LateRange("s", 50, 65, 1_002)
    last = Step(evaluated=[rest], transitions=[b"three"])
    assert [alarms.commit(prefix, last).outcome for _ in range(2)] == ["ok", "evaluated"]
    assert alarms.late(prefix) == []
    assert [each.payload for each in alarms.outgoing(prefix, 9)] == [b"one", b"two", b"three"]


def test_ranges_of_late_samples_that_are_far_apart_stay_apart(alarms: Alarms, tenant: TenantConnection) -> None:
    prefix = tenant.prefix

    def add(*days: int) -> list[tuple[int, int]]:
        alarms.commit(prefix, Step(late=[LateRange("s", day * DAY, day * DAY + 1, 9) for day in days]))
        return [(each.start // DAY, each.end // DAY) for each in alarms.late(prefix)]

    assert add(9_000, -300) == [(-300, -300), (9_000, 9_000)]
    assert add(9_004, 9_002) == [(-300, -300), (9_000, 9_000), (9_002, 9_002), (9_004, 9_004)]
    assert add(9_001, 9_003) == [(-300, -300), (9_000, 9_004)]
    first, second = alarms.late(prefix)
    alarms.commit(prefix, Step(evaluated=[second], late=[LateRange("s", -300 * DAY, -299 * DAY, 10)]))
    assert alarms.late(prefix) == [replace(first, end=-299 * DAY)]
    assert add(*range(0, 30 * 100, 100))[-2:] == [(2_800, 2_800), (2_900, 2_900)]
    assert len(alarms.late(prefix)) == MAX_LATE_RANGES


def test_only_the_holder_of_the_lease_commits_with_it(
    reader: SecondReader, alarms: Alarms, tenant: TenantConnection
) -> None:
    prefix = tenant.prefix
    assert reader.acquire(prefix) and reader.acquire(prefix)
    assert alarms.commit(prefix, Step(), leased=True).outcome == "ok"
    redis_client(settings.REDIS_URL).set(f"{prefix}alarms:evaluator", "elsewhere/1.2", px=5_000)
    assert not reader.acquire(prefix)
    assert alarms.commit(prefix, Step(transitions=[b"t"]), leased=True).outcome == "lost"
    assert alarms.outgoing_count(prefix) == 0


def test_waiting_ends_when_something_comes_behind_a_cursor(
    streams: Streams, reader: SecondReader, alarms: Alarms, tenant: TenantConnection
) -> None:
    cursor = reader.start(tenant.prefix)
    assert reader.wait({tenant.prefix: cursor}, 0.05) == []
    streams.append(tenant, [(1, b"a")])
    assert reader.wait({tenant.prefix: cursor}, 5) == [tenant.prefix]


def test_a_dropped_tenant_gets_no_states_and_no_cursor(
    streams: Streams, reader: SecondReader, alarms: Alarms, tenant: TenantConnection
) -> None:
    prefix = tenant.prefix
    alarms.commit(prefix, Step([NewState("r:a", 0, b"1")], {"r:a": 7}, transitions=[b"t"]))
    streams.drop_tenant(prefix)
    assert alarms.commit(prefix, Step([NewState("r:a", 0, b"1")])).outcome == "gone"
    assert reader.start(prefix) == "" and alarms.all_states(prefix) == (0, {})


def test_keys_that_a_pod_has_put_something_else_into_hide_nobody_elses(
    streams: Streams, reader: SecondReader, alarms: Alarms, tenant: TenantConnection
) -> None:
    hostile, raw = f"pt:{new_id('t')}:", redis_client(settings.REDIS_URL)
    alarms.commit(tenant.prefix, Step(transitions=[b"t"]))
    number = alarms.number(tenant.prefix)
    try:
        raw.set(f"{hostile}alarms:outbox", "x")
        raw.set(f"{hostile}alarms:snapshot", "x")
        raw.rpush(f"{hostile}alarms:number", "x")
        raw.zadd(f"{hostile}alarms:timers", {"x": "-inf"})
        raw.set(f"{hostile}ingest", "x")
        assert alarms.with_outgoing([hostile, tenant.prefix]) == [tenant.prefix]
        assert alarms.snapshots([hostile, tenant.prefix]) == [(0, 0, 0), (0, 0, number)]
        assert alarms.next_dues([hostile, tenant.prefix]) == [None, None]
        assert reader.wait({hostile: "0-0", tenant.prefix: "0-0"}, 0.05) == [hostile], "its turn fails, and it waits"
    finally:
        streams.drop_tenant(hostile)


def test_it_is_known_when_alarms_were_raised_in_the_last_day(alarms: Alarms, tenant: TenantConnection) -> None:
    prefix, now = tenant.prefix, 1_773_481_320_000
    assert alarms.raised(prefix) == []
    alarms.commit(prefix, Step(transitions=[b"a", b"b"], raised=[(now, "p1"), (now, "")]))
    alarms.commit(prefix, Step(transitions=[b"c"], raised=[(now - 1_000, "p2")]))
    assert alarms.raised(prefix) == [(now - 1_000, "p2"), (now, "p1"), (now, "")]
    alarms.commit(prefix, Step(transitions=[b"d"], raised=[(now + DAY, "p1")]))
    assert [t for t, _ in alarms.raised(prefix)] == [now + DAY]
    refused = Step([NewState("r:a", 7, b"1")], transitions=[b"e"], raised=[(now + DAY, "p1")])
    assert alarms.commit(prefix, refused).outcome == "changed" and len(alarms.raised(prefix)) == 1


def test_no_more_of_them_are_known_than_a_flood_has(alarms: Alarms, tenant: TenantConnection) -> None:
    many = [(t, "p") for t in range(MAX_RAISED + 10)]
    alarms.commit(tenant.prefix, Step(transitions=[b"x"] * len(many), raised=many))
    assert alarms.raised(tenant.prefix) == many[10:]
