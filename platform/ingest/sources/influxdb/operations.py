"""Bodies of line protocol into the queue."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ingest.line_protocol.line import LineError
from ingest.line_protocol.parser import parse_lines
from ingest.operations import PointsRefused, take_points
from ingest.points import RawPoint
from kernel.errors import BadRequest
from kernel.tenancy import TenantConnection


@dataclass(frozen=True, slots=True)
class Lines:
    """The points of a body by line number; parsed again each time they are iterated."""

    body: bytes
    factor: int

    def __iter__(self) -> Iterator[tuple[int, RawPoint | LineError]]:
        return parse_lines(self.body, self.factor)


def take_lines(tenant: TenantConnection, body: bytes, factor: int, now_ns: int) -> int:
    """As `take_points`; `factor` is the nanoseconds in one unit of the timestamps. BadRequest names wrong lines."""
    try:
        return take_points(tenant, Lines(body, factor), now_ns)
    except PointsRefused as error:
        raise _by_line(error) from None


def _by_line(error: PointsRefused) -> BadRequest:
    first, *rest = error.refusals
    others = f"{len(rest)}" if error.complete else f"{len(error.refusals)} or more"
    more = f" ({others} other lines are wrong too)" if rest else ""
    return BadRequest(
        f"Line {first.position}: {first.reason}.{more} Nothing of this batch was stored.",
        slug="line-refused",
        line=first.position,
        lines=[{"line": refusal.position, "error": refusal.reason} for refusal in error.refusals],
        errors=[{"field": f"line {refusal.position}", "message": refusal.reason} for refusal in error.refusals],
    )
