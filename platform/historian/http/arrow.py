"""Responses as Arrow IPC streams, which pandas, polars and DuckDB read without parsing."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pyarrow as pa

from catalog.models import Sensor
from historian.rungs.sensors import is_text
from historian.shape.series import BandView, Line
from stores.samples import Raw

MEDIA_TYPE = "application/vnd.apache.arrow.stream"
MS, NS = pa.timestamp("ms", "UTC"), pa.timestamp("ns", "UTC")


def series_arrow(sensors: Sequence[Sensor], views: Sequence[Line | BandView]) -> bytes:
    """One table: `sensor`, `t`, and `v` (for texts `text`), or `min`, `max` and `mean` of a band."""
    tables = [_table(sensor, view) for sensor, view in zip(sensors, views, strict=True)]
    table = pa.concat_tables(tables, promote_options="default")
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    content: bytes = sink.getvalue().to_pybytes()
    return content


def _table(sensor: Sensor, view: Line | BandView) -> pa.Table:
    columns = {"sensor": pa.array([sensor.id] * len(view.t), pa.string()), "t": pa.array(view.t, MS)}
    if isinstance(view, BandView):
        columns |= {name: pa.array(getattr(view, name), pa.float64()) for name in ("min", "max", "mean")}
    elif is_text(sensor):
        columns["text"] = pa.array(view.v, pa.string())
    else:
        columns["v"] = pa.array(view.v, pa.float64())
    return pa.table(columns)


def raw_arrow(sensor: Sensor, pages: Iterable[Raw]) -> Iterator[bytes]:
    """Every stored sample, streamed: `t` (ns), `v` or `text`, `quality`."""
    value = pa.field("text", pa.string()) if is_text(sensor) else pa.field("v", pa.float64())
    schema = pa.schema([pa.field("t", NS), value, pa.field("quality", pa.uint8())])
    sink = _Sink()
    with pa.ipc.new_stream(sink, schema) as stream:
        for page in pages:
            columns = [pa.array(page.t, NS), pa.array(page.v, value.type), pa.array(page.q, pa.uint8())]
            stream.write_batch(pa.record_batch(columns, schema=schema))
            yield sink.taken()
    yield sink.taken()


class _Sink(io.RawIOBase):
    """A file object that collects what is written until `taken` is called."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        parts, self._parts = self._parts, []
        return b"".join(parts)
