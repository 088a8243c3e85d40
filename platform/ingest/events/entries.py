"""Events on their way: as they wait in the queue."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from kernel.batch import EVENTS_VERSION

ENTRY_EVENTS, ENTRY_BYTES = 1_000, 128 << 10  # so that a reader bounds its memory by counting entries


class QueuedEvent(msgspec.Struct, array_like=True, frozen=True):
    """`t` is in epoch ms; `body` is JSON (`ingest.events.event.Body`). `overflow`: something is in its overflow."""

    t: int
    type: str
    device: str
    id: str
    body: str
    overflow: bool = False


class _Entry(msgspec.Struct, array_like=True, frozen=True):
    version: int
    events: list[QueuedEvent]


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Entry)
_PREFIX = b"\x92" + msgspec.msgpack.encode(EVENTS_VERSION)  # an array of two, the first of which is the version


def is_events(payload: bytes) -> bool:
    """Whether an entry of the queue holds events rather than points."""
    return payload.startswith(_PREFIX)


def encode(events: Sequence[QueuedEvent]) -> Iterator[bytes]:
    """As queued: entries of bounded size."""
    part: list[QueuedEvent] = []
    size = 0
    for event in events:
        if part and (len(part) >= ENTRY_EVENTS or size + len(event.body) > ENTRY_BYTES):
            yield _encoder.encode(_Entry(EVENTS_VERSION, part))
            part, size = [], 0
        part.append(event)
        size += len(event.body)
    if part:
        yield _encoder.encode(_Entry(EVENTS_VERSION, part))


def decode(payload: bytes) -> list[QueuedEvent]:
    """Raises ValueError if the payload does not hold events."""
    return _decoder.decode(payload).events
