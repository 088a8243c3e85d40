"""Bulk writes straight into InfluxDB, for history files and the simulator's past. Ids are not checked here."""

from __future__ import annotations

import queue
import threading
import time
import zlib
from collections import defaultdict
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ingest.deleted import remove_deleted
from ingest.ladders import Ladders
from ingest.line_protocol.formatting import QUALITY, quoted_text
from kernel.errors import Unavailable
from kernel.tenancy import TenantConnection
from stores.redis.latest import Latest
from stores.samples import Raw
from stores.timeseries import RAW, Timeseries
from stores.timeseries.lines import as_text, join_lines
from web.pacing import Pace
from web.stores import streams, writer

LINES_PER_WRITE = 20_000
SENDERS = 2
OUTAGE_TIMEOUT_S = 60.0  # for a database that is restarting
_NS = {"ms": 1_000_000, "ns": 1}
Times = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]
Qualities = npt.NDArray[np.uint8]


class BulkWriter:
    """Writes columns, one sensor after another, and the latest values with them. A context manager.

    `t` is in `unit` (ms unless said otherwise). Formatting and sending overlap; an error of the sending threads
    (Unavailable after a minute, BadRequest at once) is raised by the next `add` or by `close`. Of two samples of one
    sensor with equal times the one added last wins, so writing the same samples again changes nothing.
    """

    def __init__(self, tenant: TenantConnection, unit: Literal["ms", "ns"] = "ms") -> None:
        self._unit = unit
        self._senders = [_Sender(writer(tenant), unit, tenant) for _ in range(SENDERS)]
        self.samples = 0

    def add(
        self, site: str, sensor: str, t: Times, values: Numbers | list[str], quality: Qualities | None = None
    ) -> None:
        """Append a sensor's samples, given by the ids of site and sensor. ValueError for what InfluxDB cannot hold."""
        if not len(t):
            return
        if not isinstance(values, list) and not np.isfinite(values).all():
            raise ValueError(f"samples of {sensor} are not finite; leave them out")
        sender = self._senders[
            zlib.crc32(sensor.encode()) % SENDERS
        ]  # always the same one for a sensor, to keep its order
        head = f"{site},sensor={sensor} "
        for start in range(0, len(t), LINES_PER_WRITE):
            part = slice(start, start + LINES_PER_WRITE)
            marks = None if quality is None else quality[part]
            lines = (
                text_lines(head, t[part], values[part], marks)
                if isinstance(values, list)
                else number_lines(head, t[part], values[part], marks)
            )
            if start + LINES_PER_WRITE >= len(t):
                sender.keep_newest(sensor, self._newest(t, values, quality))
            sender.add(lines, site, sensor, self._raw(t[part], values[part], marks))
        self.samples += len(t)

    def flush(self) -> None:
        """Returns once InfluxDB has all samples and Redis the latest values."""
        for sender in self._senders:
            sender.post()
            sender.finish()
        for sender in self._senders:
            sender.wait()

    def close(self) -> None:
        """Flush and end the sending threads."""
        try:
            self.flush()
        finally:
            self._end()

    def __enter__(self) -> BulkWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.close()
        else:
            for sender in self._senders:
                sender.abandon(error)
            self._end()

    def _newest(self, t: Times, values: Numbers | list[str], quality: Qualities | None) -> Latest:
        last = len(t) - 1 - int(np.argmax(t[::-1]))
        value = values[last]
        return Latest(
            int(t[last]) * _NS[self._unit],
            value if isinstance(value, str) else float(value),
            0 if quality is None else int(quality[last]),
        )

    def _raw(self, t: Times, values: Numbers | list[str], quality: Qualities | None) -> Raw:
        v = np.array(values, object) if isinstance(values, list) else values
        return Raw(t * _NS[self._unit], v, np.zeros(len(t), np.uint8) if quality is None else quality)

    def _end(self) -> None:
        for sender in self._senders:
            sender.end()


@dataclass(frozen=True, slots=True)
class _Post:
    """The lines of one write, and the same samples by sensor; latest values."""

    lines: bytes
    samples: dict[tuple[str, str], list[Raw]]
    newest: dict[str, Latest]

    @property
    def touched(self) -> dict[str, list[tuple[int, int]]]:
        """The spans of the ladder, in ms."""
        spans: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for (_, sensor), parts in self.samples.items():
            spans[sensor] += [(int(raw.t_ms.min()), int(raw.t_ms.max()) + 1) for raw in parts]
        return spans


class _Finish:
    """Nothing follows for now."""


class _Sender:
    """A thread that posts lines in order. InfluxDB handles a request on one core, so there are two of these."""

    def __init__(self, timeseries: Timeseries, unit: Literal["ms", "ns"], tenant: TenantConnection) -> None:
        self._timeseries, self._unit, self._tenant, self._prefix = timeseries, unit, tenant, tenant.prefix
        self._ladders = Ladders(tenant)
        self._pace = Pace(tenant)
        self._parts: list[bytes] = []
        self._lines = 0
        self._samples: dict[tuple[str, str], list[Raw]] = defaultdict(list)
        self._newest: dict[str, Latest] = {}
        self._queue: queue.Queue[_Post | _Finish | None] = queue.Queue(2)
        self._error: BaseException | None = None
        self._written: dict[str, str] = {}  # sensors with their sites
        self._thread = threading.Thread(target=self._send, name="bulk-writer", daemon=True)
        self._thread.start()

    def add(self, lines: bytes, site: str, sensor: str, raw: Raw) -> None:
        self._parts.append(lines)
        self._lines += len(raw)
        self._samples[site, sensor].append(raw)
        if self._lines >= LINES_PER_WRITE:
            self.post()

    def keep_newest(self, sensor: str, newest: Latest) -> None:
        """Stored with the write that has the lines added next."""
        known = self._newest.get(sensor)
        if known is None or newest.t >= known.t:
            self._newest[sensor] = newest

    def post(self) -> None:
        self._raise()
        if self._parts:
            self._queue.put(_Post(b"".join(self._parts), self._samples, self._newest))
            self._parts, self._lines, self._samples, self._newest = [], 0, defaultdict(list), {}

    def finish(self) -> None:
        self._queue.put(_Finish())

    def wait(self) -> None:
        self._queue.join()
        self._raise()

    def abandon(self, error: BaseException) -> None:
        """Send nothing more."""
        self._error = self._error or error

    def end(self) -> None:
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()

    def _raise(self) -> None:
        if self._error is not None:
            raise self._error

    def _send(self) -> None:
        while (post := self._queue.get()) is not None:
            try:
                if self._error is not None:
                    continue
                if isinstance(post, _Finish):
                    self._ladders.finish()
                    remove_deleted(self._tenant, self._written)
                else:
                    self._store(post)
            except BaseException as error:
                self._error = self._error or error
            finally:
                self._queue.task_done()
        self._queue.task_done()

    def _store(self, post: _Post) -> None:
        self._ladders.begin(post.samples)
        self._mark(post)
        with self._pace.piece():
            try:
                self._write(post.lines)
            finally:  # again: a repair may have read before the write; a failed write may have stored some
                self._mark(post)
            streams().latest.store(self._prefix, post.newest)
            self._ladders.add(post.samples)
        written = {sensor: site for site, sensor in post.samples}
        self._written |= written
        remove_deleted(self._tenant, written)

    def _mark(self, post: _Post) -> None:
        streams().marks.mark(self._prefix, post.touched, time.time_ns() // 1_000_000)
        self._ladders.note_mark(post.samples)

    def _write(self, lines: bytes) -> None:
        end, pause = time.monotonic() + OUTAGE_TIMEOUT_S, 0.1
        while True:
            try:
                return self._timeseries.write_lines(RAW, lines, self._unit)
            except Unavailable:
                if time.monotonic() > end or self._error is not None:
                    raise
            time.sleep(pause)
            pause = min(pause * 2, 5.0)


def number_lines(head: str, t: Times, v: Numbers, quality: Qualities | None) -> bytes:
    """Lines of one sensor's numbers, formatted as columns."""
    return join_lines(pa.scalar(f"{head}value="), as_text(v), _marks(quality), as_text(t))


def text_lines(head: str, t: Times, v: list[str], quality: Qualities | None) -> bytes:
    return join_lines(
        pa.scalar(head), pa.array([quoted_text(text) for text in v], pa.string()), _marks(quality), as_text(t)
    )


def _marks(quality: Qualities | None) -> Any:
    if quality is None or not quality.any():
        return pa.scalar(QUALITY[0])
    return pa.array(QUALITY).take(pa.array(quality))
