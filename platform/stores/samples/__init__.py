"""Samples, wherever they are stored: the requests, the interface of a source, and its results.

A source is a store of samples, such as InfluxDB (`stores.timeseries.source`).
"""

from stores.samples.columns import (
    NO_NUMBERS,
    NO_TEXTS,
    Raw,
    RowColumns,
    joined_raw,
    no_samples,
    raw_of,
    row_columns_of,
)
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
    "RowColumns",
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
    "row_columns_of",
]
