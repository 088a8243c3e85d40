"""Taking a batch in: checked as a whole, appended as a whole, or refused as a whole."""

from __future__ import annotations

from contextlib import suppress

from catalog.snapshot import known_snapshot, snapshot_of
from ingest.line_protocol.line import LineError
from ingest.line_protocol.parser import parse_lines
from ingest.points import Batch, encode
from ingest.validation import Catalog, Checker, Refused
from kernel.errors import BadRequest
from kernel.suggest import limit_searches
from kernel.tenancy import TenantConnection
from stores.redis.changes import Guard
from web.stores import streams

ERRORS_SHOWN = 20
MAX_SUGGESTIONS = 5  # of a body: each looks through all tags of a site


def take_lines(tenant: TenantConnection, body: bytes, factor: int, now_ns: int) -> int:
    """Append the points of a line-protocol body to the tenant's stream; on the disk when this returns. How many.

    BadRequest names the lines that are wrong (then nothing was taken); TooManyRequests and Unavailable as Streams. One
    look into Redis, unless the catalog changed: it is asked whether it did where the points are appended.
    """
    streams().check_rate(tenant)
    if known := known_snapshot(tenant):
        catalog, guard = known
        with suppress(BadRequest):  # by what may be old
            batch = check_lines(catalog, body, factor, now_ns)
            if _append(tenant, batch, guard):
                return len(batch)
    batch = check_lines(snapshot_of(tenant), body, factor, now_ns)
    _append(tenant, batch)
    return len(batch)


def _append(tenant: TenantConnection, batch: Batch, guard: Guard | None = None) -> bool:
    """False where the guard does not hold."""
    entries = [(len(part), encode(part)) for part in batch.parts()]
    return not entries or streams().append(tenant, entries, guard) is not None


def check_lines(catalog: Catalog, body: bytes, factor: int, now_ns: int) -> Batch:
    """The points of the body, or BadRequest."""
    checker = Checker(catalog, now_ns)
    errors: list[tuple[int, str]] = []
    with limit_searches(MAX_SUGGESTIONS):
        for number, point in parse_lines(body, factor):
            try:
                if isinstance(point, LineError):
                    raise point
                checker.add(point)
            except (LineError, Refused) as error:
                errors.append((number, str(error)))
                if len(errors) > ERRORS_SHOWN:
                    break
    if errors:
        raise _refusal(errors)
    return checker.batch()


def _refusal(errors: list[tuple[int, str]]) -> BadRequest:
    number, why = errors[0]
    more = len(errors) - 1
    others = "" if not more else f" ({more if more < ERRORS_SHOWN else f'{more} or more'} other lines are wrong too)"
    return BadRequest(
        f"Line {number}: {why}.{others} Nothing of this batch was stored.",
        slug="line-refused",
        line=number,
        lines=[{"line": line, "error": text} for line, text in errors[:ERRORS_SHOWN]],
    )
