"""Spans of time in nanoseconds, as stores hold them. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from kernel.times import NS_PER_MS, TimeRange

EARLIEST_NS = -(2**63) + 2  # what InfluxDB can store
LATEST_NS = 2**63 - 2


@dataclass(frozen=True, slots=True)
class Window:
    """Half-open span of time in ns, `start <= t < end`, within what InfluxDB can store."""

    start: int
    end: int

    @classmethod
    def of(cls, span: TimeRange) -> Window:
        """Every sample whose time, rounded down to the ms, lies in `span`."""
        return cls(_storable(span.start * NS_PER_MS), _storable(span.end * NS_PER_MS))


ALWAYS = Window(EARLIEST_NS, LATEST_NS)


def _storable(ns: int) -> int:
    return min(max(ns, EARLIEST_NS), LATEST_NS)
