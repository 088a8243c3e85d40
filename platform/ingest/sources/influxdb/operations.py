"""Bodies of line protocol into the queue, and lines of dead letters once more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from msgspec.structs import replace

from ingest.letters import Origin
from ingest.line_protocol.columns import columns_of
from ingest.line_protocol.line import LineError
from ingest.line_protocol.parser import PRECISIONS, parse_lines, verbatim
from ingest.operations import Points, Taken, take_points
from ingest.points import Arrival, PointColumns, RawPoint
from kernel.tenancy import TenantConnection

NAME = "influxdb"
PRECISION = "precision"  # the option of a letter
_NAMES = {factor: name for name, factor in PRECISIONS.items() if name.isascii()}


@dataclass(frozen=True, slots=True)
class Lines:
    """The points of a body by line number; parsed again each time they are iterated."""

    body: bytes
    factor: int

    def __iter__(self) -> Iterator[tuple[int, RawPoint | Arrival | LineError]]:
        return parse_lines(self.body, self.factor)

    def columns(self) -> Iterator[PointColumns]:
        return columns_of(self.body, self.factor)


def take_lines(tenant: TenantConnection, body: bytes, factor: int, now_ns: int, origin: Origin = Origin(NAME)) -> Taken:
    """As `take_points`; `factor` is the nanoseconds in one unit of the timestamps. A line without one is of now."""
    return take_points(
        tenant,
        Lines(body, factor),
        now_ns - now_ns % factor,
        replace(origin, options={PRECISION: _NAMES[factor]}),
        lambda numbers: verbatim(body, numbers),
    )


def decode(item: bytes, options: Mapping[str, str]) -> Points:
    """The points of a dead letter."""
    return Lines(item, PRECISIONS.get(options.get(PRECISION, ""), 1))
