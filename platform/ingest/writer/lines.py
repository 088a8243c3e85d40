"""Writes lines of which InfluxDB may reject some for good."""

from __future__ import annotations

from collections.abc import Callable

from stores.timeseries import LinesRefused, Timeseries

Dead = list[tuple[str, bytes]]  # reason, item


def write_lines(
    timeseries: Timeseries,
    policy: str,
    lines: list[bytes],
    dead: Dead,
    before_write: Callable[[], None],
    first: int = 0,
) -> list[int]:
    """The numbers, counted from `first`, of the lines that InfluxDB permanently rejects; they are added to `dead`."""
    before_write()
    try:
        timeseries.write_lines(policy, b"\n".join(lines))
        return []
    except LinesRefused as error:
        if len(lines) == 1 or (error.dropped or 0) >= len(lines):
            dead += ((error.detail, line) for line in lines)
            return list(range(first, first + len(lines)))
    half = len(lines) // 2
    return [
        *write_lines(timeseries, policy, lines[:half], dead, before_write, first),
        *write_lines(timeseries, policy, lines[half:], dead, before_write, first + half),
    ]
