"""Small requests of single sensors for the same span become one of many: each statement costs InfluxDB more than the
hundred samples that it finds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from historian.rungs.rungs import RUNGS
from kernel.times import NS_PER_MS
from stores.samples import Raw, Request, RowRange, SampleRange, SampleSource

MAX_SAMPLES, MAX_ROWS = 500, 100  # of a request that joins others: large ones are read concurrently instead
WIDTHS_NS = {rung.name: rung.ms * NS_PER_MS for rung in RUNGS}


@dataclass(frozen=True, slots=True)
class GroupingSource:
    source: SampleSource

    def read(self, requests: Sequence[Request[Any]]) -> list[Any]:
        groups: dict[object, list[int]] = defaultdict(list)
        for place, request in enumerate(requests):
            groups[_key(request) or place].append(place)
        together = [_joined([requests[place] for place in places]) for places in groups.values()]
        answers: list[Any] = [None] * len(requests)
        for places, answer in zip(groups.values(), self.source.read(together), strict=True):
            for place in places:
                answers[place] = answer
        return answers

    def stream(self, request: SampleRange) -> Iterator[tuple[str, Raw]]:
        return self.source.stream(request)

    def tables(self, request: RowRange, types: Mapping[str, pa.DataType]) -> dict[str, pa.Table]:
        return self.source.tables(request, types)


def _key(request: Request[Any]) -> object:
    """Equal for requests that can be joined; None for one that cannot."""
    match request:
        case SampleRange(sensors=[_], newest=False, limit=int(limit)) if limit <= MAX_SAMPLES:
            return request.site, request.text, request.window, request.usable
        case RowRange(sensors=[_], last=False) if _rows(request) <= MAX_ROWS:
            columns, texts = tuple(request.columns), tuple(sorted(request.texts))
            return request.site, request.rung, request.window, columns, request.filled, texts
    return None


def _rows(request: RowRange) -> float:
    return (request.window.end - request.window.start) / WIDTHS_NS[request.rung]


def _joined(requests: Sequence[Any]) -> Any:
    """The answer has a part for each sensor."""
    first = requests[0]
    if len(requests) == 1:
        return first
    sensors = tuple(dict.fromkeys(request.sensors[0] for request in requests))
    if isinstance(first, SampleRange):
        return replace(first, sensors=sensors, limit=max(request.limit for request in requests))
    return replace(first, sensors=sensors)
