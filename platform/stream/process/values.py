"""What the stream knows of one tenant's sensors, and how a value is written. Pure: time is an argument."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from heapq import heappop, heappush

import msgspec
import numpy as np

from catalog.units.conversion import Conversion
from kernel.samples import BAD
from stores.redis.latest import Latest
from stores.redis.live import NO_ID, Id
from stream.subscription import StreamedSensor

AFTER_ALL: Id = (1 << 62, 0)  # whoever resumes, it is sent
MAX_AHEAD = 1_000  # samples of one sensor whose time has not come, from a device whose clock is ahead
_encode = msgspec.json.Encoder().encode


class Shown(msgspec.Struct, frozen=True, omit_defaults=True):
    """A value as streamed: members with their usual value are left out."""

    sensor: str
    t: int
    v: float | str
    q: int = 0
    stale: bool = False
    reason: str | None = None


@dataclass(slots=True)
class Known:
    """One sensor: its value as of now, when that changed, and what will be its value once its time has come."""

    sensor: StreamedSensor
    sample: Latest | None = None
    stale: bool = False
    text: bytes = b""  # the value as JSON; empty while there is none
    id: Id = NO_ID  # of the last announcement
    turn: int = 0  # of the hub, when it changed
    ahead: deque[Latest] = field(default_factory=lambda: deque(maxlen=MAX_AHEAD))


class Values:
    """The sensors that somebody watches. `changed` collects what is to be sent."""

    def __init__(self) -> None:
        self.known: dict[str, Known] = {}
        self.changed: set[str] = set()
        self._due: list[tuple[float, str]] = []  # when a value becomes stale, or its time comes

    def watch(self, sensor: StreamedSensor) -> bool:
        """Whether it was unknown: then its value has to be read."""
        if sensor.id in self.known:
            return False
        self.known[sensor.id] = Known(sensor)
        return True

    def forget(self, sensors: set[str]) -> None:
        for sensor in sensors:
            del self.known[sensor]
        self._due = [due for due in self._due if due[1] in self.known]
        self._due.sort()

    def take(self, sensor: str, latest: Latest | None, now_ms: int) -> bool:
        """The sensor's latest value as just read. False if its present one is not known here: it was deleted, or its
        time has not come."""
        known = self.known[sensor]
        if latest is None:
            had = known.sample is not None
            known.sample, known.text = None, b""
            known.ahead.clear()
            return not had
        if latest.ms > now_ms:
            if not known.ahead or known.ahead[-1] != latest:
                known.ahead.append(latest)
                heappush(self._due, (latest.ms, sensor))
            return known.sample is not None
        known.ahead.clear()  # a latest value is the newest there is
        if latest != known.sample:
            self._show(known, latest, now_ms)
        return True

    def pass_time(self, now_ms: int) -> None:
        """Values become stale; those whose time has come become the present ones."""
        while self._due and self._due[0][0] <= now_ms:
            _, sensor = heappop(self._due)
            if (known := self.known.get(sensor)) is None:
                continue
            come = None
            while known.ahead and known.ahead[0].ms <= now_ms:
                come = known.ahead.popleft()
            if come is not None and come != known.sample:
                known.id = AFTER_ALL
                self._show(known, come, now_ms)
            elif known.sample is not None and not known.stale and self._is_stale(known, now_ms):
                self._show(known, known.sample, now_ms)

    def _show(self, known: Known, sample: Latest, now_ms: int) -> None:
        known.sample = sample
        known.stale = self._is_stale(known, now_ms)
        known.text = _encode(_shown(known.sensor, sample, known.stale))
        self.changed.add(known.sensor.id)
        if not known.stale and known.sensor.stale_after_ms is not None:
            heappush(self._due, (sample.ms + known.sensor.stale_after_ms + 1, known.sensor.id))

    @staticmethod
    def _is_stale(known: Known, now_ms: int) -> bool:
        after = known.sensor.stale_after_ms
        return known.sample is not None and after is not None and now_ms - known.sample.ms > after


def _shown(sensor: StreamedSensor, sample: Latest, stale: bool) -> Shown:
    v = sample.v
    if not isinstance(v, str) and (sensor.factor, sensor.offset) != (1.0, 0.0):
        v = float(Conversion(sensor.factor, sensor.offset).to(np.array([v], np.float64))[0])
    reason = "bad quality" if sample.q == BAD else "no sample for a while" if stale else None
    return Shown(sensor.id, sample.ms, v, sample.q, stale, reason)
