"""Samples wherever they are stored: what can be asked for, the interface of a source, and what it answers.

A source is one place that holds samples. InfluxDB is one (`stores.timeseries.source`); others answer the same requests.
"""

from stores.samples.columns import NO_NUMBERS, NO_TEXTS, Raw, joined_raw, no_samples, raw_of
from stores.samples.requests import (
    Count,
    Extent,
    Extremes,
    Filled,
    HasMore,
    Last,
    LastOfWindows,
    LastRows,
    LastSamples,
    LowHigh,
    Part,
    Request,
    RowExtent,
    RowRange,
    Sample,
    SampleRange,
    Windows,
)
from stores.samples.source import SampleSource
from stores.samples.window import ALWAYS, EARLIEST_NS, LATEST_NS, Window

__all__ = [
    "ALWAYS",
    "EARLIEST_NS",
    "LATEST_NS",
    "NO_NUMBERS",
    "NO_TEXTS",
    "Count",
    "Extent",
    "Extremes",
    "Filled",
    "HasMore",
    "Last",
    "LastOfWindows",
    "LastRows",
    "LastSamples",
    "LowHigh",
    "Part",
    "Raw",
    "Request",
    "RowExtent",
    "RowRange",
    "Sample",
    "SampleRange",
    "SampleSource",
    "Window",
    "Windows",
    "joined_raw",
    "no_samples",
    "raw_of",
]
