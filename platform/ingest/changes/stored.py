"""Reading samples exactly as InfluxDB holds them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from ingest.changes.samples import NO_QUALITY, Samples, Times, joined
from stores.samples import Window
from stores.timeseries import Timeseries
from stores.timeseries.stored import read_stored

PAGE = 100_000


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
        samples = _samples(read_stored(store, site, sensor, Window(start, end), size))
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


def _samples(table: pa.Table) -> Samples:
    value = table["value"].combine_chunks().fill_null(np.nan).to_numpy(zero_copy_only=False)
    text = np.array(table["text"].to_pylist(), object)
    text[~np.isnan(value) & (text == "")] = None  # CSV has no difference between an empty text and none
    quality = table["quality"].combine_chunks().fill_null(NO_QUALITY).to_numpy(zero_copy_only=False)
    return Samples(np.asarray(table["time"]), value, text, quality.astype(np.uint8))
