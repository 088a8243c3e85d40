"""The interface for reading samples and rows from any store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeVar

import pyarrow as pa

from stores.samples.columns import Raw
from stores.samples.requests import Request, RowRange, SampleRange

T = TypeVar("T")


class SampleSource(Protocol):
    """A store of samples. Safe to share between threads.

    Every method raises Unavailable if the store does not answer. Samples from when a sensor had another kind (numbers
    of what has texts now, and vice versa) are ignored.
    """

    def read(self, requests: Sequence[Request[Any]]) -> list[Any]:
        """The answer to each request, in order and of the type that each one has; in one round trip.

        All answers are held in memory, so ranges must have a limit or be known to be small.
        """

    def stream(self, request: SampleRange) -> Iterator[tuple[str, Raw]]:
        """All samples of the range, sensor by sensor, each in parts of some ten thousand, ascending.

        Only the sensors and the window of the range are used. Close the iterator to stop early.
        """

    def tables(self, request: RowRange, types: Mapping[str, pa.DataType]) -> dict[str, pa.Table]:
        """Rows of many sensors as Arrow tables: `time` (int64 ns) and the columns with the given types."""
