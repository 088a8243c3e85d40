"""Reading samples exactly as InfluxDB holds them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from ingest.changes.samples import NO_QUALITY, Samples, Times, joined
from stores.timeseries import Series, Timeseries, Window, select

PAGE = 100_000
SENSORS_PER_STATEMENT = 50  # with more, InfluxDB takes far longer
_COLUMNS = {"value": pa.float64(), "text": pa.string(), "quality": pa.float64()}


@dataclass(frozen=True, slots=True)
class Page:
    """All samples of a sensor with `start <= t < end` (ns)."""

    start: int
    end: int
    samples: Samples


def read_pages(store: Timeseries, site: str, sensor: str, start: int, end: int) -> Iterator[Page]:
    """From `start` up to `end`, not included; page follows page without a gap."""
    size = PAGE
    while start < end:
        statement = select(
            '"value", "text", "quality"', site, Window(start, end), sensors=[sensor], rest=f"LIMIT {size}"
        )
        table = store.read_csv(statement, _COLUMNS)
        samples = _samples(table)
        stop = end if len(samples) < size else int(samples.t[-1]) + 1
        yield Page(start, stop, samples)
        start = stop


def read_at(store: Timeseries, site: str, sensor: str, t: Times) -> Samples:
    """What is stored at these ascending times; absent rows where nothing is."""
    found = []
    for page in read_pages(store, site, sensor, int(t[0]), int(t[-1]) + 1):
        first, last = np.searchsorted(t, (page.start, page.end))
        found.append(page.samples.at(t[first:last]))
    return joined(found)


def sensors_with_samples(store: Timeseries, site: str, spans: Mapping[str, tuple[int, int]]) -> set[str]:
    """The sensors that may have samples within their spans (ns, both included); looks for one sample of each."""
    sensors = list(spans)
    statements = []
    for place in range(0, len(sensors), SENSORS_PER_STATEMENT):
        some = sensors[place : place + SENSORS_PER_STATEMENT]
        window = Window(min(spans[each][0] for each in some), max(spans[each][1] for each in some) + 1)
        statements.append(
            select('"value", "text"', site, window, sensors=some, rest='GROUP BY "sensor" LIMIT 1')
        )  # fmt: skip
    answers: Iterable[list[Series]] = store.read(statements) if statements else ()
    return {series.tags["sensor"] for answer in answers for series in answer}


def _samples(table: pa.Table) -> Samples:
    value = table["value"].combine_chunks().fill_null(np.nan).to_numpy(zero_copy_only=False)
    text = np.array(table["text"].to_pylist(), object)
    text[~np.isnan(value) & (text == "")] = None  # CSV has no difference between an empty text and none
    quality = table["quality"].combine_chunks().fill_null(NO_QUALITY).to_numpy(zero_copy_only=False)
    return Samples(np.asarray(table["time"]), value, text, quality.astype(np.uint8))
