"""The one interface by which samples and rows are read, whatever holds them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeVar

import pyarrow as pa

from stores.samples.columns import Raw
from stores.samples.requests import Request, RowRange, SampleRange

T = TypeVar("T")


class SampleSource(Protocol):
    """A place that holds samples. Safe to share between threads.

    Every method raises Unavailable where the place does not answer. What a sensor has while it was of another kind
    (numbers of what is a text now, and the other way round) is no sample of it.
    """

    def read(self, requests: Sequence[Request[Any]]) -> list[Any]:
        """The answer to each request, in their order and of the type that each one names; in one round trip.

        Everything that is answered is held at once: ranges have a limit, or are known to be small.
        """

    def stream(self, request: SampleRange) -> Iterator[tuple[str, Raw]]:
        """All samples of the range, however many, sensor by sensor, each in parts of some ten thousand, ascending.

        Of the range only its sensors and its window count. Whoever has enough closes the iterator.
        """

    def tables(self, request: RowRange, types: Mapping[str, pa.DataType]) -> dict[str, pa.Table]:
        """Rows of many sensors as Arrow tables: `time` (int64 ns) and the columns, typed so."""
