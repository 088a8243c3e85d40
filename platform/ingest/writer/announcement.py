"""What viewers of the live stream are told of stored events."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import msgspec

from kernel.times import NS_PER_MS
from stores.timeseries.events import StoredEvent
from web.stream import EVENTS, MAX_EVENTS_SHOWN


@dataclass(slots=True)
class Announcement:
    """How many events there are, from when to when (epoch ms), and the last of them."""

    count: int = 0
    first: int = 0
    last: int = 0
    shown: deque[StoredEvent] = field(default_factory=lambda: deque(maxlen=MAX_EVENTS_SHOWN))

    def add(self, event: StoredEvent) -> None:
        t = event.t // NS_PER_MS
        self.first = min(self.first, t) if self.count else t
        self.last = max(self.last, t) if self.count else t
        self.count += 1
        self.shown.append(event)

    def message(self) -> bytes:
        """Empty if there is none."""
        if not self.count:
            return b""
        events = [
            {"id": event.id, "ts": event.t // NS_PER_MS, "type": event.type, "device": event.device}
            for event in self.shown
        ]
        return msgspec.json.encode(
            {"topic": EVENTS, "of": self.count, "from": self.first, "to": self.last, "events": events}
        )
