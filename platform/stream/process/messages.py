"""What is kept for viewers that are slow or come back."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from stores.redis.live import Id
from web.stream import EVENTS, MAX_EVENTS_SHOWN

MAX_EVENT_MESSAGES = 60  # beyond that the two oldest become one: nothing is lost but which events they were


class Message(NamedTuple):
    """`turn`: in which viewers get it."""

    turn: int
    id: Id
    topic: str
    text: bytes


class _Events(msgspec.Struct):
    first: int = msgspec.field(name="from")
    last: int = msgspec.field(name="to")
    topic: str = EVENTS
    of: int = 0
    events: list[msgspec.Raw] = []


_decode = msgspec.json.Decoder(_Events).decode


class EventMessages:
    """Messages about stored events, in order: however many there are, they are few and small."""

    def __init__(self) -> None:
        self.kept: list[Message] = []

    def add(self, message: Message, joined: bool) -> None:
        """`joined`: with the one before, if that is of the same turn."""
        kept = self.kept
        if joined and kept and kept[-1].turn == message.turn:
            message = _merged(kept.pop(), message)
        kept.append(message)
        if len(kept) > MAX_EVENT_MESSAGES:
            kept[:2] = [_merged(*kept[:2])]


def _merged(older: Message, newer: Message) -> Message:
    a, b = _decode(older.text), _decode(newer.text)
    events = [*a.events, *b.events][-MAX_EVENTS_SHOWN:]
    both = _Events(min(a.first, b.first), max(a.last, b.last), of=a.of + b.of, events=events)
    return newer._replace(text=msgspec.json.encode(both))
