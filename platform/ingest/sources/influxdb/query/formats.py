"""Results as InfluxDB writes them: JSON, JSON in chunks, CSV, MessagePack. Pure."""

from __future__ import annotations

import csv
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from io import StringIO
from typing import Any

import msgspec
import numpy as np

from ingest.sources.influxdb.formats import JSON, MSGPACK
from ingest.sources.influxdb.query.columns import Column, Times
from ingest.sources.influxdb.query.execute import Result
from ingest.sources.influxdb.query.frames import Frame, Rows
from ingest.sources.influxdb.query.schema import Series
from ingest.sources.influxdb.query.show import series_key
from ingest.sources.influxdb.query.windows import NS_PER_S, zone_of

EPOCHS = {"ns": 1, "n": 1, "u": 10**3, "µ": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}
TIME_EXTENSION = 5  # of MessagePack: seconds and ns
MAX_CHUNK, DEFAULT_CHUNK = 100_000, 10_000
MAX_EXACT = 2.0**53  # up to which a whole float is written as an integer
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def write_results(results: Sequence[Result], media_type: str, epoch: int | None, pretty: bool = False) -> bytes:
    """`epoch`: the ns in one unit of the times; None: they are written as text."""
    if media_type == MSGPACK:
        return msgspec.msgpack.encode({"results": [_result(k, each, epoch, True) for k, each in enumerate(results)]})
    if media_type != JSON:
        return _csv(results, epoch)
    body = msgspec.json.encode({"results": [_result(k, each, epoch, False) for k, each in enumerate(results)]})
    return (msgspec.json.format(body, indent=4) if pretty else body) + b"\n"


def write_chunks(
    results: Sequence[Result], media_type: str, epoch: int | None, size: int, pretty: bool = False
) -> Iterator[bytes]:
    """Rows of one series at a time, at most `size` together, each as a response of its own."""
    for number, result in enumerate(results):
        parts = list(_parts(result.series, size))
        for place, (series, partial) in enumerate(parts):
            one = replace(result, series=[series])
            more = place + 1 < len(parts)
            if media_type in (JSON, MSGPACK):
                written = _result(number, one, epoch, media_type == MSGPACK)
                if partial:
                    written["series"][0]["partial"] = True
                if more:
                    written["partial"] = True
                yield _encoded({"results": [written]}, media_type, pretty)
        if not parts and media_type in (JSON, MSGPACK):
            yield _encoded({"results": [_result(number, result, epoch, media_type == MSGPACK)]}, media_type, pretty)
    if media_type not in (JSON, MSGPACK):
        yield _csv(results, epoch)


def _encoded(value: Any, media_type: str, pretty: bool) -> bytes:
    if media_type == MSGPACK:
        return msgspec.msgpack.encode(value)
    body = msgspec.json.encode(value)
    return (msgspec.json.format(body, indent=4) if pretty else body) + b"\n"


def _parts(series: Sequence[Frame | Rows], size: int) -> Iterator[tuple[Frame | Rows, bool]]:
    """Each with whether the series goes on."""
    for each in series:
        count = len(each.t) if isinstance(each, Frame) else len(each.values)
        for start in range(0, count, size):
            chosen = slice(start, start + size)
            part = each.take(chosen) if isinstance(each, Frame) else Rows(each.name, each.columns, each.values[chosen])
            yield part, start + size < count


def _result(number: int, result: Result, epoch: int | None, packed: bool) -> dict[str, Any]:
    written: dict[str, Any] = {"statement_id": number}
    if result.series:
        written["series"] = [_series(each, result.zone, epoch, packed) for each in result.series]
    if result.error:
        written["error"] = result.error
    return written


def _series(series: Frame | Rows, zone: str, epoch: int | None, packed: bool) -> dict[str, Any]:
    written: dict[str, Any] = {"name": series.name} if series.name else {}
    if isinstance(series, Rows):
        return {**written, "columns": series.columns, "values": series.values}
    if series.tags:
        written["tags"] = series.tags
    times = _packed_times(series.t, epoch) if packed else _times(series.t, epoch, zone)
    columns = [_values(column, packed) for column in series.values]
    return {**written, "columns": ["time", *series.columns], "values": list(zip(times, *columns, strict=True))}


def _values(column: Column, packed: bool) -> list[Any]:
    if column.v.dtype == object:
        return list(column.v.tolist())
    if column.whole:
        return [None if value != value else int(value) for value in column.v.tolist()]
    values = np.where(np.isfinite(column.v), column.v, np.nan)
    if packed:
        return [None if value != value else value for value in values.tolist()]
    return [_number(value) for value in values.tolist()]


def _number(value: float) -> float | int | None:
    """As Go writes a float in JSON: without a fraction if it has none."""
    if value != value:
        return None
    return int(value) if value.is_integer() and -MAX_EXACT < value < MAX_EXACT else value


# -- times


def _times(t: Times, epoch: int | None, zone: str) -> Iterable[Any]:
    if epoch is not None:
        return _in_units(t, epoch)
    local = zone_of(zone)
    return [write_time(ns, local) for ns in t.tolist()]


def _in_units(t: Times, epoch: int) -> list[int]:
    """Towards zero, as Go divides."""
    found: list[int] = np.where(t < 0, -(-t // epoch), t // epoch).tolist()
    return found


def write_time(ns: int, zone: tzinfo | None) -> str:
    """RFC 3339, with as many digits of a second as it needs."""
    seconds, rest = divmod(ns, NS_PER_S)
    moment = (_EPOCH + timedelta(seconds=seconds)).astimezone(zone or UTC)
    shown = moment.strftime("%z")
    suffix = "Z" if moment.tzname() == "UTC" else f"{shown[:3]}:{shown[3:5]}"
    fraction = f".{rest:09d}".rstrip("0") if rest else ""
    return f"{moment.replace(tzinfo=None).isoformat()}{fraction}{suffix}"


def _packed_times(t: Times, epoch: int | None) -> list[Any]:
    if epoch is not None:
        return _in_units(t, epoch)
    return [msgspec.msgpack.Ext(TIME_EXTENSION, struct.pack(">qI", *divmod(ns, NS_PER_S))) for ns in t.tolist()]


# -- CSV


def _csv(results: Sequence[Result], epoch: int | None) -> bytes:
    """A header before each statement's series, and where the columns change; a result without series leaves nothing."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    started = False
    for result in results:
        if result.error:  # InfluxDB leaves it out
            writer.writerows([["error"], [result.error]])
            break
        columns: Sequence[str] = ()
        for place, series in enumerate(result.series):
            names = ["time", *series.columns] if isinstance(series, Frame) else list(series.columns)
            if place == 0 or names != columns:
                if started:
                    out.write("\n")
                writer.writerow(["name", "tags", *names])
            columns, started = names, True
            writer.writerows(_csv_rows(series, epoch or 1))
    return out.getvalue().encode()


def _csv_rows(series: Frame | Rows, epoch: int) -> Iterator[list[str]]:
    if isinstance(series, Rows):
        for row in series.values:
            yield [series.name, "", *map(_text, row)]
        return
    tags = series_key("", Series({key: value for key, value in (series.tags or {}).items()}, {}))[1:]
    columns = [[_text(value) for value in _values(column, True)] for column in series.values]
    for t, *values in zip(_in_units(series.t, epoch), *columns, strict=True):
        yield [series.name, tags, str(t), *values]


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float():
            whole = value.is_integer() and abs(value) < MAX_EXACT
            return str(int(value)) if whole else np.format_float_positional(value, trim="-")
    return str(value)
