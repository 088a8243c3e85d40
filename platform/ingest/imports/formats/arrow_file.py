"""An Arrow file's batches of rows. What a batch unpacks to is read from its header first: it is unpacked as a whole."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa

from ingest.imports.formats.budget import Budget
from kernel.errors import BadRequest

MAX_BATCH_BYTES = 1 << 30  # of one batch after unpacking
_START = 8  # a file is a stream behind a mark of 8 bytes, and a footer


class ArrowFile:
    def __init__(self, path: Path, budget: Budget) -> None:
        self._name, self._budget = path.name, budget
        self._map = pa.memory_map(str(path))
        self._data = self._map.read_buffer()[_START:]
        with pa.ipc.open_stream(self._data) as stream:
            self.schema: pa.Schema = stream.schema

    def batches(self, places: Sequence[int], rows: int) -> Iterator[tuple[pa.RecordBatch, float]]:
        options = pa.ipc.IpcReadOptions(included_fields=list(places))
        stream = pa.ipc.open_stream(self._data, options=options)
        for end in self._batch_ends():
            batch = stream.read_next_batch()
            batch.validate(full=True)  # or offsets of a damaged file lead anywhere
            for start in range(0, batch.num_rows, rows):
                yield batch.slice(start, rows), end / max(1, self._data.size)

    def close(self) -> None:
        self._map.close()

    def _batch_ends(self) -> Iterator[int]:
        """Where each batch ends. Those whose unpacking costs too much are refused."""
        done = 0
        messages = pa.ipc.MessageReader.open_stream(self._data)
        while True:
            try:
                message = messages.read_next_message()
            except StopIteration:
                return
            unpacked = _unpacked_bytes(message)
            if unpacked > MAX_BATCH_BYTES:
                raise BadRequest(
                    f"{self._name}: a batch of its rows unpacks to {unpacked:,} bytes; write the file in batches of at "
                    f"most {MAX_BATCH_BYTES:,}.",
                    slug="bad-file",
                )
            self._budget.spend(bytes=unpacked)
            done += message.metadata.size + (0 if message.body is None else message.body.size)
            if message.type == "record batch":
                yield done


def _unpacked_bytes(message: pa.Message) -> int:
    """What a message of a stream unpacks to, by its metadata, a flatbuffer. Uncompressed data is used in place."""
    if message.body is None or message.type not in ("record batch", "dictionary"):
        return 0
    root = _Flat.root(message.metadata.to_pybytes())
    header = root.table(2)
    if header is not None and message.type == "dictionary":
        header = header.table(1)
    if header is None or header.table(3) is None:
        return 0
    body, total = memoryview(message.body), 0
    for offset, length in header.pairs(2):
        if length:
            [size] = struct.unpack_from("<q", body, offset)
            total += length if size < 0 else size
    return total


class _Flat:
    """A table of a flatbuffer, by the numbers of its fields."""

    def __init__(self, data: bytes, at: int) -> None:
        self._data, self._at = data, at
        [back] = struct.unpack_from("<i", data, at)
        self._fields = at - back

    @classmethod
    def root(cls, data: bytes) -> _Flat:
        [at] = struct.unpack_from("<I", data)
        return cls(data, at)

    def table(self, number: int) -> _Flat | None:
        at = self._target(number)
        return None if at is None else _Flat(self._data, at)

    def pairs(self, number: int) -> Iterator[tuple[int, int]]:
        """A vector of pairs of 64-bit integers."""
        at = self._target(number)
        if at is not None:
            [count] = struct.unpack_from("<I", self._data, at)
            values = struct.unpack_from(f"<{2 * count}q", self._data, at + 4)
            yield from zip(values[::2], values[1::2], strict=True)

    def _target(self, number: int) -> int | None:
        [size] = struct.unpack_from("<H", self._data, self._fields)
        slot = 4 + 2 * number
        if slot >= size:
            return None
        [offset] = struct.unpack_from("<H", self._data, self._fields + slot)
        if not offset:
            return None
        [further] = struct.unpack_from("<I", self._data, self._at + offset)
        return self._at + int(offset) + int(further)
