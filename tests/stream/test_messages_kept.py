"""What the live stream keeps for slow viewers: who misses a change is told to read everything again."""

from __future__ import annotations

from stores.redis.live import Announced
from stream.process.hub import MAX_MESSAGES, RECENT_MS, Hub, Viewer

NOW = 10**6


def changes(first: int, count: int, topic: str = "jobs") -> Announced:
    messages = [((k, 0), b'{"topic":"%s"}' % topic.encode()) for k in range(first, first + count)]
    return Announced((first + count - 1, 0), {}, messages)


def hub_with(*viewers: Viewer) -> Hub:
    hub = Hub("t:", "", "", (0, 0), Announced((1, 0)))
    for viewer in viewers:
        hub.join(viewer, NOW)
        hub.events_for(viewer, 0)
    return hub


def tell(hub: Hub, announced: Announced) -> None:
    hub.announce(announced)
    hub.turn(0)


def watcher() -> Viewer:
    return Viewer((), frozenset({"arrivals/influxdb"}))


def test_arrivals_push_out_no_change() -> None:
    slow = Viewer((), frozenset({"jobs"}))
    hub = hub_with(slow)
    tell(hub, changes(2, 1))
    for k in range(10):
        tell(hub, changes(10 + 100 * k, 100, "arrivals/influxdb"))
    back = Viewer((), frozenset({"jobs"}), after=(1, 0))
    hub.join(back, NOW)
    for viewer in (slow, back):
        assert hub.events_for(viewer, 0).count(b"event: change") == 1


def test_who_misses_a_change_reads_everything_again() -> None:
    slow, current = Viewer((), frozenset({"jobs"})), Viewer((), frozenset({"jobs"}))
    hub = hub_with(slow, current)
    tell(hub, changes(2, 10))
    assert hub.events_for(current, 0).count(b"event: change") == 10
    tell(hub, changes(20, MAX_MESSAGES))
    back = Viewer((), frozenset({"jobs"}), after=(5, 0))
    hub.join(back, NOW)
    for viewer in (slow, back):
        assert b"event: reload" in hub.events_for(viewer, 0)
    assert b"event: reload" not in hub.events_for(current, 0)
    assert hub.events_for(slow, 0) == b"", "once"


def test_who_misses_arrivals_goes_on_with_the_next_ones() -> None:
    slow = watcher()
    hub = hub_with(slow)
    tell(hub, changes(2, MAX_MESSAGES + 5))
    tell(hub, changes(500, 1_000, "arrivals/influxdb"))
    events = hub.events_for(slow, 0)
    assert b"event: arrivals" in events and b"event: reload" not in events


def test_who_opens_a_stream_is_told_what_changed_since_its_page_read_its_lists() -> None:
    hub = hub_with()
    tell(hub, changes(NOW - RECENT_MS - 5, 3))
    tell(hub, changes(NOW - 2_000, 2))
    new, values_only = Viewer((), frozenset({"jobs"})), Viewer((), frozenset({"arrivals/influxdb"}))
    for viewer in (new, values_only):
        hub.join(viewer, NOW)
    events = hub.events_for(new, NOW)
    assert events.count(b"event: change") == 2 and b"event: reload" not in events
    assert b": alive" in events, "it is open"
    assert b"event: change" not in hub.events_for(new, NOW), "once"
    assert b"event:" not in hub.events_for(values_only, NOW)


def test_where_it_is_not_known_what_changed_the_lists_are_read_again() -> None:
    begun_just_now = Hub("t:", "", "", (NOW - 1, 0), Announced((NOW - 1, 0)))
    many = hub_with()
    tell(many, changes(NOW - 5_000, MAX_MESSAGES + 1))
    for hub in (begun_just_now, many):
        viewer = Viewer((), frozenset({"jobs"}))
        hub.join(viewer, NOW)
        assert b"event: reload" in hub.events_for(viewer, NOW)
