"""CSV for spreadsheets (RFC 4180): a header with tag and unit, times in ISO 8601 UTC. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from catalog.models import Sensor
from historian.shape.series import BandView, Line
from kernel.spreadsheets import escape_formula
from kernel.times import NS_PER_MS
from stores.samples import Raw

MEDIA_TYPE = "text/csv; charset=utf-8"


def heading(sensor: Sensor, figure: str = "") -> str:
    """A column's header: `TT-101 max (°C)`."""
    parts = [sensor.tag, figure, f"({sensor.unit})" if sensor.unit else ""]
    return escape_formula(" ".join(part for part in parts if part))


def series_csv(sensors: Sequence[Sensor], views: Sequence[Line | BandView]) -> str:
    """One column per sensor (three per band), and one row per distinct time; missing cells are empty."""
    titles: list[str] = []
    columns: list[tuple[list[int], Sequence[Any]]] = []
    for sensor, view in zip(sensors, views, strict=True):
        if isinstance(view, BandView):
            for figure, values in (("min", view.min), ("max", view.max), ("mean", view.mean)):
                titles.append(heading(sensor, figure))
                columns.append((view.t, values))
        else:
            titles.append(heading(sensor))
            columns.append((view.t, _cells(sensor, view.v)))
    return _text(["time", *titles], _joined(columns))


def _joined(columns: Sequence[tuple[list[int], Sequence[Any]]]) -> Iterator[list[Any]]:
    """Rows over all times. Two samples of a column in the same ms make two rows."""
    rows: dict[tuple[int, int], list[Any]] = {}
    for place, (times, values) in enumerate(columns):
        previous, repeat = None, 0
        for t, value in zip(times, values, strict=True):
            repeat = repeat + 1 if t == previous else 0
            previous = t
            rows.setdefault((t, repeat), [""] * len(columns))[place] = value
    keys = sorted(rows)
    stamps = iso_times(np.array([t for t, _ in keys], np.int64) * NS_PER_MS)
    for key, stamp in zip(keys, stamps, strict=True):
        yield [stamp, *rows[key]]


def raw_csv(sensor: Sensor, pages: Iterable[Raw]) -> Iterator[str]:
    """The stored samples with their quality, streamed."""
    yield _text(["time", heading(sensor), "quality"], [])
    for page in pages:
        rows = zip(iso_times(page.t), _cells(sensor, page.v.tolist()), page.q.tolist(), strict=True)
        yield _text(None, rows)


def _cells(sensor: Sensor, values: Sequence[Any]) -> Sequence[Any]:
    """Values as cells; only texts need escaping against formulas."""
    if sensor.kind != "text":
        return values
    return [escape_formula(value) if isinstance(value, str) else value for value in values]


def iso_times(ns: npt.NDArray[np.int64]) -> list[str]:
    """ISO 8601 in UTC with ms; with ns only if a time has them."""
    whole = ns % NS_PER_MS == 0
    if whole.all():
        return [f"{text}Z" for text in _texts(ns // NS_PER_MS, "ms")]
    ms, fine = _texts(ns // NS_PER_MS, "ms"), _texts(ns, "ns")
    return [f"{short if plain else long}Z" for short, long, plain in zip(ms, fine, whole.tolist(), strict=True)]


def _texts(times: npt.NDArray[np.int64], unit: str) -> list[str]:
    return np.datetime_as_string(times.astype(f"datetime64[{unit}]")).tolist()  # type: ignore[no-any-return]


def _text(header: Sequence[str] | None, rows: Iterable[Iterable[Any]]) -> str:
    """Lines end in CRLF, as RFC 4180 requires."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    if header is not None:
        writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()
