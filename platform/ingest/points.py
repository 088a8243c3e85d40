"""Points between the parts: as a door decoded them, and as checked columns that lie in the stream."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec
import numpy as np
import numpy.typing as npt

VERSION = 1
ENTRY_POINTS = 2_000  # points in one entry of the stream, so that a reader's memory is bounded by entries


class RawPoint(msgspec.Struct, gc=False):
    """One point as a door decoded it; nothing is checked against the catalog yet."""

    site: str
    sensor: str
    value: float | bool | str
    t: int | None  # ns
    quality: int = 0


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
    """Checked points as columns.

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

    def part(self, start: int, end: int) -> Batch:
        """The points from `start` up to `end`."""
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

    def parts(self, most: int = ENTRY_POINTS) -> Iterator[Batch]:
        if len(self) <= most:
            yield self
            return
        for start in range(0, len(self), most):
            yield self.part(start, min(start + most, len(self)))


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Columns)


def encode(batch: Batch) -> bytes:
    """The bytes that lie in the stream."""
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


def decode(payload: bytes) -> Batch:
    """Raises ValueError if these are not the bytes of a batch."""
    columns = _decoder.decode(payload)
    if columns.version != VERSION:
        raise ValueError(f"version {columns.version} of a batch is unknown here")
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
