"""One sensor's part of a change: at each time the sample before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from ingest.changes.samples import NO_QUALITY, Samples, same

SCHEMA = pa.schema(
    [
        ("sensor", pa.dictionary(pa.int32(), pa.string())),
        ("t", pa.int64()),
        *((f"{side}_{name}", kind) for side in ("old", "new") for name, kind in (
            ("value", pa.float64()), ("text", pa.string()), ("quality", pa.uint8()),
        )),
    ]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Changes:
    """`old` and `new` have the same ascending times; absent rows mean no sample."""

    site: str
    sensor: str
    old: Samples
    new: Samples

    def __len__(self) -> int:
        return len(self.old)

    @property
    def key(self) -> str:
        return f"{self.site}/{self.sensor}"

    def reversed(self) -> Changes:
        return Changes(self.site, self.sensor, self.new, self.old)

    def take(self, rows: Any) -> Changes:
        return Changes(self.site, self.sensor, self.old.take(rows), self.new.take(rows))

    def without_same(self) -> Changes:
        return self.take(np.flatnonzero(~same(self.old, self.new)))


def table_of(changes: Sequence[Changes]) -> pa.Table:
    """Sensors as `site/sensor`."""
    lengths = [len(each) for each in changes]
    keys = pa.array([each.key for each in changes], pa.string())
    sensors = pa.DictionaryArray.from_arrays(pa.array(np.repeat(np.arange(len(changes)), lengths), pa.int32()), keys)
    columns = [sensors, pa.array(np.concatenate([each.old.t for each in changes]))]
    for side in ("old", "new"):
        parts: list[Samples] = [getattr(each, side) for each in changes]
        value, quality = (np.concatenate([getattr(part, name) for part in parts]) for name in ("value", "quality"))
        columns += (
            pa.array(value, mask=np.isnan(value)),
            pa.array(np.concatenate([part.text for part in parts]), pa.string()),
            pa.array(quality, mask=quality == NO_QUALITY),
        )
    return pa.table(columns, schema=SCHEMA)


def changes_of(table: pa.Table) -> list[Changes]:
    """What `table_of` was given."""
    found = []
    for batch in table.combine_chunks().to_batches():
        sensors = batch.column("sensor")
        codes, keys = np.asarray(sensors.indices), sensors.dictionary.to_pylist()
        edges = np.flatnonzero(np.diff(codes, prepend=-1, append=-1))
        for start, end in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
            part = batch.slice(start, end - start)
            site, _, sensor = keys[codes[start]].partition("/")
            found.append(Changes(site, sensor, _samples(part, "old"), _samples(part, "new")))
    return found


def _samples(batch: pa.RecordBatch, side: str) -> Samples:
    value, text, quality = (batch.column(f"{side}_{name}") for name in ("value", "text", "quality"))
    return Samples(
        np.asarray(batch.column("t")),
        value.fill_null(np.nan).to_numpy(zero_copy_only=False),
        np.array(text.to_pylist(), object),
        quality.fill_null(NO_QUALITY).to_numpy(zero_copy_only=False),
    )
