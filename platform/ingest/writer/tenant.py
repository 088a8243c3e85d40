"""One tenant's stream into its InfluxDB, batch by batch."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence

import msgspec

from ingest.line_protocol.formatting import lines_of
from ingest.points import Batch, decode
from ingest.writer.newest import merge_newest, newest_of
from ingest.writer.touched import touched_by
from kernel.tenancy import TenantConnection
from stores.redis.latest import Latest
from stores.redis.streams import DeadLetter, Entry, Streams
from stores.timeseries import RAW, LinesRefused, Timeseries

log = logging.getLogger(__name__)

POINTS_A_WRITE = 10_000
MOST_ENTRIES = 200
Heard = Callable[[Batch], None]
Clock = Callable[[], int]  # now, in ms


class TenantWriter:
    """Reads, stores, then acknowledges. After any error what was read stays pending and is claimed again first."""

    def __init__(
        self,
        streams: Streams,
        timeseries: Timeseries,
        tenant: TenantConnection,
        heard: Heard,
        clock: Clock = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        self._streams, self._timeseries, self._prefix, self._heard = streams, timeseries, tenant.prefix, heard
        self._clock = clock
        self._count = 50
        self.recover()

    def recover(self) -> None:
        """Begin with what was read and never acknowledged, by us or by a writer that died."""
        self._claiming, self._after = True, "0-0"

    def drain(self, go_on: Callable[[], bool]) -> bool:
        """Store until nothing waits (False) or `go_on` says stop (True). Raises Unavailable; then nothing is lost."""
        try:
            while go_on():
                entries = self._next()
                if not entries:
                    return False
                self._store(entries)
        except BaseException:
            self.recover()
            raise
        return True

    def _next(self) -> list[Entry]:
        if self._claiming:
            entries = self._streams.claim(self._prefix, MOST_ENTRIES, self._after)
            if entries:
                self._after = entries[-1].id
                return entries
            self._claiming = False
        entries = self._streams.read(self._prefix, self._count)
        if entries:  # as many entries as usually make two writes
            mean = sum(entry.samples for entry in entries) / len(entries)
            self._count = int(min(MOST_ENTRIES, max(1, 2 * POINTS_A_WRITE / max(mean, 1))))
        return entries

    def _store(self, entries: Sequence[Entry]) -> None:
        """Mark the ladder, write, mark it again and acknowledge: a repair that read in between is done once more."""
        dead: list[DeadLetter] = []
        newest: dict[str, Latest] = {}
        writes = list(_writes(entries, dead))
        touched = touched_by([batch for batches in writes for batch in batches])
        if touched:
            self._streams.marks.mark(self._prefix, touched, self._clock())
        for batches in writes:
            refused = self._write([line for batch in batches for line in lines_of(batch)], dead)
            for batch in batches:
                merge_newest(newest, newest_of(batch))
                self._heard(batch)
            for sensor in refused:
                newest.pop(sensor, None)
        self._streams.commit(self._prefix, entries, newest, dead, touched, self._clock())
        if dead:
            log.error("%s%d points refused for good; first: %s", self._prefix, len(dead), dead[0].reason)

    def _write(self, lines: list[bytes], dead: list[DeadLetter]) -> set[str]:
        """Write the lines; file those that InfluxDB refuses for good and return their sensors."""
        try:
            self._timeseries.write_lines(RAW, b"\n".join(lines))
            return set()
        except LinesRefused as error:
            if len(lines) == 1 or (error.dropped or 0) >= len(lines):
                dead += (DeadLetter(error.detail, line) for line in lines)
                return {_sensor_of(line) for line in lines}
        half = len(lines) // 2
        return self._write(lines[:half], dead) | self._write(lines[half:], dead)


def _writes(entries: Sequence[Entry], dead: list[DeadLetter]) -> Iterator[list[Batch]]:
    """The entries' batches in the order of arrival, some 10,000 points at a time; what is no batch is filed."""
    waiting: list[Batch] = []
    for entry in entries:
        try:
            waiting.append(decode(entry.payload))
        except (ValueError, msgspec.MsgspecError) as error:
            dead.append(DeadLetter(f"not a batch of points: {error}", entry.payload))
        if sum(map(len, waiting)) >= POINTS_A_WRITE:
            yield waiting
            waiting = []
    if waiting:
        yield waiting


def _sensor_of(line: bytes) -> str:
    return line.partition(b",sensor=")[2].partition(b" ")[0].decode()
