"""What the live stream keeps for slow viewers: who misses a change is told to read everything again."""

from __future__ import annotations

from stores.redis.live import Announced
from stream.process.hub import MAX_MESSAGES, Hub, Viewer


def changes(first: int, count: int, topic: str = "jobs") -> Announced:
    messages = [((k, 0), b'{"topic":"%s"}' % topic.encode()) for k in range(first, first + count)]
    return Announced((first + count - 1, 0), {}, messages)


def hub_with(*viewers: Viewer) -> Hub:
    hub = Hub("t:", "", "", (0, 0), Announced((1, 0)))
    for viewer in viewers:
        hub.join(viewer)
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
    hub.join(back)
    for viewer in (slow, back):
        assert hub.events_for(viewer, 0).count(b"event: change") == 1


def test_who_misses_a_change_reads_everything_again() -> None:
    slow, current = Viewer((), frozenset({"jobs"})), Viewer((), frozenset({"jobs"}))
    hub = hub_with(slow, current)
    tell(hub, changes(2, 10))
    assert hub.events_for(current, 0).count(b"event: change") == 10
    tell(hub, changes(20, MAX_MESSAGES))
    back = Viewer((), frozenset({"jobs"}), after=(5, 0))
    hub.join(back)
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
