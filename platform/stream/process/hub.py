"""All viewers of one tenant's values and messages. What changed is collected, and sent once a turn."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from stores.redis.errors import RedisMalformed
from stores.redis.latest import Latest
from stores.redis.live import NO_ID, Announced, Id, id_text
from stream.process.messages import EventMessages, Message
from stream.process.values import Known, Values
from stream.subscription import ARRIVALS, StreamedSensor
from web.stream import EVENTS

MAX_MESSAGES = 200  # kept for viewers that are slow; who misses one reads everything again
MAX_ARRIVALS = 200  # kept apart from these: nobody needs those that were missed
RECENT_MS = 30_000  # a page reads its lists before its stream is open, and must not miss what was announced meanwhile
_json = msgspec.json.Encoder().encode
ALIVE = b": alive\nid: %s\n\n"  # whoever comes back goes on from here, however long nothing else was said


@dataclass(eq=False, slots=True)
class Viewer:
    """One connection. `turn`: up to which it was sent everything."""

    sensors: tuple[str, ...]
    topics: frozenset[str]
    turn: int = 0
    after: Id | None = None  # where it wants to go on, until its first event
    recent: Id | None = None  # a new one's: messages from here on are new to it, until its first event
    reload: bool = False
    told_catalog: bool = False
    beat: int = 0
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    ended: str = ""  # why, once it has

    @property
    def reads_lists(self) -> bool:
        """Whether it is told what to read again."""
        return any(not topic.startswith(ARRIVALS) for topic in self.topics)


class Hub:
    """`prefix`: of the tenant's keys in Redis. `catalog`: the position at which its sensors' units are known; another
    one is another hub. RedisMalformed.
    """

    def __init__(self, prefix: str, catalog: str, catalog_log: str, oldest: Id, announced: Announced) -> None:
        self.prefix, self.catalog, self.catalog_log = prefix, catalog, catalog_log
        self.viewers: set[Viewer] = set()
        self.last = announced.last
        self.outdated = False
        self.empty_since = float("inf")  # monotonic
        self._oldest = oldest
        self._announced = dict(announced.sensors)  # the last announcement of each, whether watched or not
        self._values = Values()
        self._turn, self._beat = 1, 0
        self._messages: list[Message] = []
        self._arrivals: list[Message] = []
        self._events = EventMessages()
        self._dropped = Message(0, NO_ID, "", b"")  # the last one that is no longer kept
        self._collect(announced.messages, self._turn, NO_ID)
        self._encoded: dict[tuple[tuple[str, ...], int], bytes] = {}

    # What comes from Redis

    def watch(self, sensors: Iterable[StreamedSensor]) -> list[str]:
        """Those of them that were unknown: their values have to be read."""
        return [sensor.id for sensor in sensors if self._values.watch(sensor)]

    @property
    def watched(self) -> list[str]:
        return list(self._values.known)

    @property
    def watched_sources(self) -> list[tuple[str, str]]:
        """(prefix, id) of those whose arrivals somebody wants to see."""
        topics = {topic for viewer in self.viewers for topic in viewer.topics}
        return [(self.prefix, topic.removeprefix(ARRIVALS)) for topic in topics if topic.startswith(ARRIVALS)]

    def announce(self, announced: Announced) -> list[str]:
        """The watched sensors whose values have to be read. RedisMalformed: then the hub is of no more use."""
        self._announced.update(announced.sensors)
        self._collect(announced.messages, self._turn + 1, self.last)
        self.last = max(self.last, announced.last)
        return [sensor for sensor in announced.sensors if sensor in self._values.known]

    def _collect(self, messages: Iterable[tuple[Id, bytes]], turn: int, after: Id) -> None:
        try:
            for id, text in messages:
                if id > after:
                    self._keep(Message(turn, id, _topic_of(text), text), joined=after != NO_ID)
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            raise RedisMalformed("reading messages") from error
        del self._arrivals[:-MAX_ARRIVALS]
        if len(self._messages) > MAX_MESSAGES:
            self._dropped = self._messages[-MAX_MESSAGES - 1]
            del self._messages[:-MAX_MESSAGES]

    def _keep(self, message: Message, joined: bool) -> None:
        if message.topic == EVENTS:
            self._events.add(message, joined)
        else:
            (self._arrivals if message.topic.startswith(ARRIVALS) else self._messages).append(message)

    @property
    def _all_messages(self) -> tuple[list[Message], ...]:
        return self._messages, self._events.kept, self._arrivals

    def take(self, values: Mapping[str, Latest | None], now_ms: int) -> None:
        """What was read. Who watches a sensor whose present value only the database knows is told to read it there."""
        unknown = set()
        for sensor, latest in values.items():
            known = self._values.known.get(sensor)
            if known is None:
                continue
            known.id = self._announced.get(sensor, NO_ID)
            if not self._values.take(sensor, latest, now_ms):
                unknown.add(sensor)
        if unknown:
            for viewer in self.viewers:
                viewer.reload |= not unknown.isdisjoint(viewer.sensors)

    def turn(self, now_ms: int) -> None:
        """Viewers get what has changed since the last turn."""
        self._values.pass_time(now_ms)
        self._turn += 1
        for sensor in self._values.changed:
            self._values.known[sensor].turn = self._turn
        new_messages = any(kept and kept[-1].turn == self._turn for kept in self._all_messages)
        if self._values.changed or new_messages or any(viewer.reload for viewer in self.viewers):
            self._wake()
        self._values.changed.clear()
        self._encoded.clear()

    def beat(self) -> None:
        """A sign of life, also for those whom nothing else is to be told."""
        self._beat += 1
        self._wake()

    def set_outdated(self) -> None:
        self.outdated = True
        self._wake()

    def reset(self, begin: Id = NO_ID) -> None:
        """Announcements before `begin` may have been missed: everything is sent again once it is read."""
        for viewer in self.viewers:
            viewer.reload, viewer.turn = True, 0
        self._messages.clear()
        self._arrivals.clear()
        self._events.kept.clear()
        self._oldest = max(self.last, begin)

    def forget_unwatched(self) -> None:
        used = {sensor for viewer in self.viewers for sensor in viewer.sensors}
        self._values.forget(self._values.known.keys() - used)

    def _wake(self) -> None:
        for viewer in self.viewers:
            viewer.wake.set()

    # What viewers get

    def join(self, viewer: Viewer, now_ms: int) -> None:
        """`viewer.after`: the id of the last event it got, if it may go on from there. A new viewer is also sent the
        messages of the last half minute, or told to read everything again if it is not known what there was.
        """
        if viewer.after is not None and not self._can_resume(viewer.after):
            viewer.after, viewer.reload = None, True
        if viewer.after is None:
            viewer.turn = 0
            viewer.recent = now_ms - RECENT_MS, 0
            viewer.reload |= viewer.reads_lists and self._oldest > viewer.recent
        viewer.beat = self._beat - 1  # a first sign of life
        self.viewers.add(viewer)
        viewer.wake.set()

    def _can_resume(self, after: Id) -> bool:
        return self._oldest <= after <= self.last

    def events_for(self, viewer: Viewer, now_ms: int) -> bytes:
        """Everything that the viewer was not sent yet."""
        parts = []
        since, after, first = viewer.turn, viewer.after, viewer.turn == 0
        begin = viewer.recent if after is None else after
        viewer.turn, viewer.after, viewer.recent = self._turn, None, None

        def is_new(message: Message) -> bool:
            if message.topic.startswith(ARRIVALS) and after is None and first:
                return False
            return message.id > begin if begin is not None else message.turn > since

        if viewer.reload or (is_new(self._dropped) and viewer.reads_lists):
            viewer.reload = False
            parts.append(self._event("reload", b"{}"))
        if viewer.sensors:
            values = self._changed_after(viewer, after) if first else self._changed_since(viewer, since)
            if values or first:
                parts.append(self._event("values", self._body(values, now_ms)))
        for name, kept in zip(("change", "change", "arrivals"), self._all_messages, strict=True):
            parts += [self._event(name, each.text) for each in kept if each.topic in viewer.topics and is_new(each)]
        if self.outdated and not viewer.told_catalog and viewer.sensors:
            viewer.told_catalog = True
            parts.append(self._event("catalog", b"{}"))
        if viewer.beat != self._beat and (
            not parts or (first and not viewer.sensors)
        ):  # the page knows that it is open
            parts.append(ALIVE % id_text(self.last).encode())
        viewer.beat = self._beat
        return b"".join(parts)

    def _changed_after(self, viewer: Viewer, after: Id | None) -> bytes:
        """The first values of a viewer: all, or those announced after that id, and stale ones, of which none tells."""

        def is_wanted(known: Known) -> bool:
            return after is None or known.id > after or known.stale

        known = self._values.known
        return b",".join(known[id].text for id in viewer.sensors if known[id].text and is_wanted(known[id]))

    def _changed_since(self, viewer: Viewer, since: int) -> bytes:
        """Encoded once for all viewers of the same sensors."""
        key = viewer.sensors, since
        found = self._encoded.get(key)
        if found is None:
            known = self._values.known
            rows = [known[id] for id in viewer.sensors]
            found = self._encoded[key] = b",".join([row.text for row in rows if row.turn > since and row.text])
        return found

    def _body(self, values: bytes, now_ms: int) -> bytes:
        return b'{"at":%d,"catalog":%s,"values":[%s]}' % (now_ms, _json(self.catalog), values)

    def _event(self, name: str, data: bytes) -> bytes:
        return b"event: %s\nid: %s\ndata: %s\n\n" % (name.encode(), id_text(self.last).encode(), data)


class _Topic(msgspec.Struct):
    topic: str = ""


_decode_topic = msgspec.json.Decoder(_Topic).decode


def _topic_of(message: bytes) -> str:
    return _decode_topic(message).topic


def tupled(sensors: Sequence[StreamedSensor]) -> tuple[str, ...]:
    return tuple(sensor.id for sensor in sensors)
