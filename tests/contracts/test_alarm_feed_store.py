"""The contract of the feed of alarms to sinks, against a real Redis."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import settings

from kernel.ids import TENANT, new_id
from runtime.supervisor import Supervisor
from stores.redis import alarm_scripts
from stores.redis.alarm_feed import AlarmFeed, Mark, Unpublished
from stores.redis.alarms import Alarms, NewState, Step
from stores.redis.client import redis_client
from stores.redis.streams import Streams


@pytest.fixture
def alarms(servers: Supervisor) -> Alarms:
    return Alarms(settings.REDIS_URL)


@pytest.fixture
def feed(servers: Supervisor) -> AlarmFeed:
    return AlarmFeed(settings.REDIS_URL)


@pytest.fixture
def prefix(servers: Supervisor) -> Iterator[str]:
    made = f"pt:{new_id(TENANT)}:"
    yield made
    Streams(settings.REDIS_URL).drop_tenant(made)


def add(alarms: Alarms, prefix: str, *payloads: bytes) -> None:
    assert alarms.commit(prefix, Step(transitions=list(payloads))).outcome == "ok"


def payloads(feed: AlarmFeed, prefix: str, sink: str) -> list[bytes]:
    found = feed.next(prefix, sink, 100)
    return [each.payload for each in found.transitions] if found else []


def unpublished(feed: AlarmFeed, prefix: str) -> Unpublished:
    found = feed.next(prefix, "one", 100)
    assert found is not None
    return found


def test_each_sink_reads_what_came_after_it_was_enrolled(alarms: Alarms, feed: AlarmFeed, prefix: str) -> None:
    add(alarms, prefix, b"before")
    feed.enroll(prefix, ["one"])
    add(alarms, prefix, b"a", b"b")
    feed.enroll(prefix, ["one", "two"])
    add(alarms, prefix, b"c")
    assert payloads(feed, prefix, "one") == [b"a", b"b", b"c"] and payloads(feed, prefix, "two") == [b"c"]
    assert payloads(feed, prefix, "unknown") == []
    assert feed.waiting([prefix, "pt:nobody:"]) == {prefix: ["one", "two"]}
    assert feed.backlog(prefix) == {"one": 3, "two": 1}


def test_what_all_have_published_is_removed_and_the_outbox_stays_as_it_is(
    alarms: Alarms, feed: AlarmFeed, prefix: str
) -> None:
    feed.enroll(prefix, ["one", "two"])
    add(alarms, prefix, b"a", b"b")
    first, second = unpublished(feed, prefix).transitions
    assert feed.set_published(prefix, "one", second.mark)
    assert payloads(feed, prefix, "one") == [] and payloads(feed, prefix, "two") == [b"a", b"b"]
    assert feed.waiting([prefix]) == {prefix: ["two"]}
    assert feed.set_published(prefix, "two", first.mark) and payloads(feed, prefix, "two") == [b"b"]
    assert redis_client(settings.REDIS_URL).xlen(prefix + alarm_scripts.FEED) == 1
    assert [each.payload for each in alarms.outgoing(prefix, 9)] == [b"a", b"b"]


def test_transitions_have_the_numbers_of_the_journal(alarms: Alarms, feed: AlarmFeed, prefix: str) -> None:
    feed.enroll(prefix, ["one"])
    add(alarms, prefix, b"a", b"b")
    found = unpublished(feed, prefix)
    assert [each.number for each in found.transitions] == [each.number for each in alarms.outgoing(prefix, 9)]
    assert [each.count for each in found.transitions] == [1, 2] and found.missing == 0


def test_without_sinks_nothing_is_kept_for_them(alarms: Alarms, feed: AlarmFeed, prefix: str) -> None:
    redis = redis_client(settings.REDIS_URL)
    feed.enroll(prefix, ["one"])
    add(alarms, prefix, b"a")
    feed.set_state(prefix, "one", b"{}")
    feed.enroll(prefix, [])
    add(alarms, prefix, b"b")
    names = (alarm_scripts.FEED, alarm_scripts.SINKS, alarm_scripts.SINK_STATES)
    assert not redis.exists(*(prefix + name for name in names))
    feed.set_state(prefix, "one", b"{}")
    assert feed.states(prefix) == {}
    feed.enroll(prefix, ["one"])
    add(alarms, prefix, b"c")
    assert payloads(feed, prefix, "one") == [b"c"] and unpublished(feed, prefix).missing == 0


def test_what_is_too_much_for_the_feed_is_counted(
    alarms: Alarms, feed: AlarmFeed, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed.enroll(prefix, ["one"])
    add(alarms, prefix, *(b"%d" % k for k in range(10)))
    redis_client(settings.REDIS_URL).xtrim(prefix + alarm_scripts.FEED, maxlen=4, approximate=False)
    found = unpublished(feed, prefix)
    assert [each.payload for each in found.transitions] == [b"6", b"7", b"8", b"9"] and found.missing == 6
    assert feed.backlog(prefix) == {"one": 10}, "the journal has the others"
    feed.set_published(prefix, "one", found.transitions[-1].mark)
    add(alarms, prefix, b"10")
    assert unpublished(feed, prefix).missing == 0


def test_a_mark_of_an_older_version_is_read(alarms: Alarms, feed: AlarmFeed, prefix: str) -> None:
    feed.enroll(prefix, ["one"])
    redis_client(settings.REDIS_URL).hset(prefix + alarm_scripts.SINKS, "one", "0-0 0")
    add(alarms, prefix, b"a", b"b")
    [first, _] = unpublished(feed, prefix).transitions
    assert unpublished(feed, prefix).mark == Mark("0-0", 0, None) and feed.backlog(prefix) == {"one": 2}
    assert feed.set_published(prefix, "one", first.mark)
    assert unpublished(feed, prefix).mark == first.mark and first.mark.number == first.number


def test_the_feed_is_bounded(alarms: Alarms, feed: AlarmFeed, prefix: str) -> None:
    feed.enroll(prefix, ["one"])
    for _ in range(11):
        add(alarms, prefix, *[b"x"] * 2_000)
    kept = redis_client(settings.REDIS_URL).xlen(prefix + alarm_scripts.FEED)
    assert alarm_scripts.MAX_FEED <= kept < alarm_scripts.MAX_FEED + 2_000
    assert alarms.outgoing_count(prefix) == 22_000


def test_nothing_is_fed_by_a_step_that_is_refused(alarms: Alarms, feed: AlarmFeed, prefix: str) -> None:
    feed.enroll(prefix, ["one"])
    step = Step([NewState("r:a", 7, b"1")], transitions=[b"x"])
    assert alarms.commit(prefix, step).outcome == "changed"
    assert payloads(feed, prefix, "one") == []


def test_a_deleted_tenant_has_no_sinks(alarms: Alarms, feed: AlarmFeed, prefix: str) -> None:
    feed.enroll(prefix, ["one"])
    Streams(settings.REDIS_URL).drop_tenant(prefix)
    feed.enroll(prefix, ["one"])
    assert feed.waiting([prefix]) == {} and feed.backlog(prefix) == {}


def test_one_pod_s_nonsense_stops_no_other_tenant(alarms: Alarms, feed: AlarmFeed, prefix: str) -> None:
    other = f"pt:{new_id(TENANT)}:"
    redis = redis_client(settings.REDIS_URL)
    feed.enroll(prefix, ["one"])
    add(alarms, prefix, b"a")
    redis.set(other + alarm_scripts.SINKS, "x")
    redis.set(other + alarm_scripts.FEED, "x")
    try:
        assert feed.waiting([other, prefix]) == {prefix: ["one"]}
    finally:
        Streams(settings.REDIS_URL).drop_tenant(other)
