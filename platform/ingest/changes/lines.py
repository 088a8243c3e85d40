"""Samples as line protocol."""

from __future__ import annotations

import numpy as np

from ingest.bulk import LINES_PER_WRITE, number_lines, text_lines
from ingest.changes.samples import NO_QUALITY, Samples
from ingest.line_protocol import formatting
from stores.timeseries import RAW, Timeseries


def write_samples(store: Timeseries, site: str, sensor: str, samples: Samples) -> None:
    head = f"{site},sensor={sensor} "
    for start in range(0, len(samples), LINES_PER_WRITE):
        lines = lines_of(head, samples.take(slice(start, start + LINES_PER_WRITE)))
        if lines:
            store.write_lines(RAW, lines, "ns")


def lines_of(head: str, samples: Samples) -> bytes:
    """Numbers and texts separately; a sample with both is two lines, which InfluxDB merges into one point."""
    numbers = samples.take(np.flatnonzero(~np.isnan(samples.value)))
    texts = samples.take(np.flatnonzero(samples.has_text))
    parts = []
    if len(numbers):
        parts.append(number_lines(head, numbers.t, numbers.value, _quality(numbers)))
    if len(texts):
        parts.append(text_lines(head, texts.t, texts.text.tolist(), _quality(texts)))
    return b"".join(parts)


def _quality(samples: Samples) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    return np.where(samples.quality == NO_QUALITY, formatting.NO_QUALITY, samples.quality).astype(np.uint8)
