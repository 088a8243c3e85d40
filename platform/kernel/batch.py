"""Validated samples as columns, and how a batch of them waits in the queue."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

import msgspec
import numpy as np
import numpy.typing as npt

VERSION, EVENTS_VERSION = 1, 2  # of entries of the queue
ENTRY_POINTS = 2_000  # in one entry of the queue, so that a reader bounds its memory by counting entries


class _Columns(msgspec.Struct, array_like=True, frozen=True):
    version: int
    sensors: list[tuple[str, str]]
    i: bytes
    t: bytes
    v: bytes
    q: bytes
    texts: dict[int, str]


@dataclass(frozen=True, slots=True)
class Batch:
    """Validated points as columns.

    `sensors` are (site id, sensor id); point k belongs to `sensors[i[k]]` at `t[k]` ns with quality `q[k]`. Its value
    is `texts[k]` if there is one, else `v[k]`.
    """

    sensors: list[tuple[str, str]]
    i: npt.NDArray[np.uint32]
    t: npt.NDArray[np.int64]
    v: npt.NDArray[np.float64]
    q: npt.NDArray[np.uint8]
    texts: dict[int, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.t)

    def without(self, rows: Collection[int]) -> Batch:
        """All points but those."""
        if not rows:
            return self
        kept = np.setdiff1d(np.arange(len(self)), np.fromiter(rows, np.int64))
        used, index = np.unique(self.i[kept], return_inverse=True)
        texts = {place: self.texts[k] for place, k in enumerate(kept.tolist()) if k in self.texts}
        return Batch(
            [self.sensors[k] for k in used], index.astype(np.uint32), self.t[kept], self.v[kept], self.q[kept], texts
        )

    def without_sensors(self, ids: Collection[str]) -> Batch:
        """All points but those of these sensors."""
        gone = [k for k, (_, sensor) in enumerate(self.sensors) if sensor in ids]
        return self.without(np.flatnonzero(np.isin(self.i, gone)).tolist()) if gone else self

    def part(self, start: int, end: int) -> Batch:
        """The points from `start` up to `end`, not included."""
        used, index = np.unique(self.i[start:end], return_inverse=True)
        texts = {k - start: text for k, text in self.texts.items() if start <= k < end} if self.texts else {}
        return Batch(
            [self.sensors[k] for k in used],
            index.astype(np.uint32),
            self.t[start:end],
            self.v[start:end],
            self.q[start:end],
            texts,
        )

    def parts(self, max_points: int = ENTRY_POINTS) -> Iterator[Batch]:
        if len(self) <= max_points:
            yield self
            return
        for start in range(0, len(self), max_points):
            yield self.part(start, min(start + max_points, len(self)))


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Columns)


def encode(batch: Batch) -> bytes:
    """As queued."""
    return _encoder.encode(
        _Columns(
            VERSION,
            batch.sensors,
            batch.i.astype("<u4", copy=False).tobytes(),
            batch.t.astype("<i8", copy=False).tobytes(),
            batch.v.astype("<f8", copy=False).tobytes(),
            batch.q.tobytes(),
            batch.texts,
        )
    )


def sensors_of(payload: bytes) -> set[str]:
    """The ids of a queued batch's sensors. Raises ValueError if the payload is not a batch."""
    return {sensor for _, sensor in _columns(payload).sensors}


def _columns(payload: bytes) -> _Columns:
    columns = _decoder.decode(payload)
    if columns.version != VERSION:
        raise ValueError(f"a batch of version {columns.version} is not known here")
    return columns


def decode(payload: bytes) -> Batch:
    """Raises ValueError if the payload is not a batch."""
    columns = _columns(payload)
    batch = Batch(
        columns.sensors,
        np.frombuffer(columns.i, "<u4"),
        np.frombuffer(columns.t, "<i8"),
        np.frombuffer(columns.v, "<f8"),
        np.frombuffer(columns.q, np.uint8),
        columns.texts,
    )
    if not len(batch.i) == len(batch.t) == len(batch.v) == len(batch.q):
        raise ValueError("the columns of a batch differ in length")
    return batch
