"""Concurrent requests of one query: InfluxDB processes each request on one core."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from typing import Any, TypeVar

import pyarrow as pa

from stores.samples import Raw, Request, RowRange, SampleRange, SampleSource

CONCURRENCY = 2  # concurrent requests to a source per query
MIN_SENSORS_FOR_SPLIT, MIN_REQUESTS_FOR_SPLIT = 4, 8  # from which several requests pay off
T = TypeVar("T")
R = TypeVar("R")


def concurrently(work: Callable[[T], R], parts: Sequence[T]) -> list[R]:
    """The results in order. One part of the work is done by this thread, as starting threads takes as long as reading
    little."""
    lanes = min(len(parts), CONCURRENCY)
    if lanes <= 1:
        return [work(part) for part in parts]

    def lane(number: int) -> list[R]:
        return [work(part) for part in parts[number::lanes]]

    with ThreadPoolExecutor(lanes - 1) as pool:
        others = [pool.submit(copy_context().run, lane, number) for number in range(1, lanes)]  # of the same request
        found = [lane(0), *(other.result() for other in others)]
    return [found[place % lanes][place // lanes] for place in range(len(parts))]


@dataclass(frozen=True, slots=True)
class ConcurrentSource:
    """A source that reads what is asked of several sensors by several requests."""

    source: SampleSource

    def read(self, requests: Sequence[Request[Any]]) -> list[Any]:
        if len(requests) < MIN_REQUESTS_FOR_SPLIT or len(_sensors(requests)) < MIN_SENSORS_FOR_SPLIT:
            return self.source.read(requests)
        size = -(-len(requests) // CONCURRENCY)
        parts = [requests[place : place + size] for place in range(0, len(requests), size)]
        return [answer for found in concurrently(self.source.read, parts) for answer in found]

    def stream(self, request: SampleRange) -> Iterator[tuple[str, Raw]]:
        return self.source.stream(request)

    def tables(self, request: RowRange, types: Mapping[str, pa.DataType]) -> dict[str, pa.Table]:
        return self.source.tables(request, types)


def _sensors(requests: Sequence[Request[Any]]) -> set[str]:
    some = (request.sensors for request in requests if isinstance(request, RowRange | SampleRange))
    return {sensor for sensors in some for sensor in sensors}
