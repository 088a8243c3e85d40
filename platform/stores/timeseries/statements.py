"""Building InfluxQL: quoting, time windows, selects. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kernel.times import TimeRange

RAW, LADDER = "raw", "ladder"  # retention policies
NS_PER_MS = 1_000_000
EARLIEST_NS = -(2**63) + 2  # what InfluxDB can store
LATEST_NS = 2**63 - 2


def quoted(name: str) -> str:
    """An identifier: measurement, policy, user, field or tag name."""
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def literal(text: str) -> str:
    """A string value: tag values and passwords."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n") + "'"


@dataclass(frozen=True, slots=True)
class Window:
    """Half-open span of time in ns, `start <= t < end`, within what InfluxDB can store."""

    start: int
    end: int

    @classmethod
    def of(cls, span: TimeRange) -> Window:
        """Every sample whose time, rounded down to the ms, lies in `span`."""
        return cls(_storable(span.start * NS_PER_MS), _storable(span.end * NS_PER_MS))


def _storable(ns: int) -> int:
    return min(max(ns, EARLIEST_NS), LATEST_NS)


def select(
    columns: str,
    measurement: str,
    window: Window,
    *,
    sensors: Sequence[str] = (),
    policy: str = RAW,
    where: str = "",
    rest: str = "",
) -> str:
    """One SELECT over a measurement; `sensors` narrows it to those ids, `where` and `rest` are InfluxQL of ours."""
    conditions = [f"time >= {window.start}", f"time < {window.end}"]
    if sensors:
        named = " OR ".join(f'"sensor" = {literal(sensor)}' for sensor in sensors)
        conditions.insert(0, f"({named})" if len(sensors) > 1 else named)
    if where:
        conditions.append(where)
    text = f"SELECT {columns} FROM {quoted(policy)}.{quoted(measurement)} WHERE {' AND '.join(conditions)}"
    return f"{text} {rest}" if rest else text
