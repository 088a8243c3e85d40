"""The rows of sensors whose history is written in bulk, built from the samples at hand where that is possible."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence

from historian.ladder.ahead import Ahead, begin_ahead
from kernel.errors import Unavailable
from kernel.tenancy import TenantConnection
from stores.samples import Raw

MIN_SAMPLES = 1_000  # in a write, so that rows are built from more than a few at a time
MAX_SENSORS = 50  # that are built at a time; each holds two days of its finest rows
FINISH_WAIT_S = 5.0  # for the worker, of all sensors together
Samples = Mapping[tuple[str, str], Sequence[Raw]]  # by site and sensor


class Ladders:
    """Of the sensors that one thread writes, in order: `begin`, then the write between two marks, then `add`."""

    def __init__(self, tenant: TenantConnection) -> None:
        self._tenant = tenant
        self._seen: set[str] = set()
        self._building: dict[str, Ahead] = {}  # by sensor, the longest without samples first

    def begin(self, samples: Samples) -> None:
        """Before samples are marked and written."""
        new: dict[str, list[str]] = defaultdict(list)
        for (site, sensor), parts in samples.items():
            if sensor not in self._seen and sum(map(len, parts)) >= MIN_SAMPLES:
                new[site].append(sensor)
        self._seen.update(sensor for _, sensor in samples)
        try:
            for site, sensors in new.items():
                self._building |= begin_ahead(self._tenant, site, sensors)
        except Unavailable:
            return  # the worker builds them

    def note_mark(self, samples: Samples) -> None:
        for _, sensor in samples:
            if sensor in self._building:
                self._building[sensor].note_mark()

    def add(self, samples: Samples) -> None:
        """After they were stored, and marked again."""
        for (_, sensor), parts in samples.items():
            ladder = self._building.pop(sensor, None)
            if ladder is None:
                continue
            for raw in parts:
                ladder.add(raw)
            ladder.store()
            if ladder.is_valid:
                self._building[sensor] = ladder
        while len(self._building) > MAX_SENSORS:
            self._end(next(iter(self._building)), 0.0)

    def finish(self) -> None:
        """No more samples are to come."""
        until = time.monotonic() + FINISH_WAIT_S
        while self._building:
            self._end(next(iter(self._building)), max(until - time.monotonic(), 0.0))

    def _end(self, sensor: str, wait_s: float) -> None:
        self._building.pop(sensor).store(whole=True, wait_s=wait_s)
