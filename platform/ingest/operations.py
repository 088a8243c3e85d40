"""The single entry point for samples: a batch is validated and queued as a whole, or rejected as a whole."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from catalog.snapshot import SCOPE, guarded_snapshot, known_snapshot, snapshot_of
from ingest.points import Batch, PointError, RawPoint, encode
from ingest.validation import Catalog, PointValidator
from kernel.errors import BadRequest
from kernel.suggest import limit_searches
from kernel.tenancy import TenantConnection
from stores.redis.changes import Guard
from web.stores import documents, streams

MAX_ERRORS_SHOWN = 20
MAX_SUGGESTIONS = 5  # per batch: each searches all tags of a site
MAX_ATTEMPTS = 3  # with a catalog that changes meanwhile

Points = Iterable[tuple[Any, RawPoint | PointError]]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A rejected point. `position` is in its source's terms: a line, an index, an offset."""

    position: Any
    reason: str


class PointsRefused(BadRequest):
    """Nothing of the batch was stored. Sources turn it into a response with positions in their senders' terms.

    At most `MAX_ERRORS_SHOWN` rejections are kept, in the order of the points; `complete` is false if there are more.
    """

    def __init__(self, refusals: list[Refusal]) -> None:
        self.refusals, self.complete = refusals[:MAX_ERRORS_SHOWN], len(refusals) <= MAX_ERRORS_SHOWN
        first = refusals[0]
        super().__init__(f"{first.position}: {first.reason}. Nothing of this batch was stored.", slug="points-refused")


def take_points(tenant: TenantConnection, points: Points, now_ns: int) -> int:
    """Append the points to the tenant's stream; they are on disk when this returns. Returns their number.

    `points` are (position, point) pairs, or (position, why it could not be decoded); positions are opaque here. They
    are iterated again if the catalog has changed meanwhile; a one-pass iterator is therefore held in memory.

    Raises PointsRefused with the invalid points (none was stored), TooManyRequests, Unavailable, as `Streams.append`.
    One round trip to Redis unless the catalog has changed: whether it has is asked where the points are appended. So
    what is appended after a change of the catalog was acknowledged is always understood by the catalog after it.
    """
    streams().check_rate(tenant)
    if iter(points) is points:
        points = list(points)
    if known := known_snapshot(tenant):
        with suppress(PointsRefused):  # the snapshot may be out of date
            if (batch := _take(tenant, points, now_ns, *known)) is not None:
                return len(batch)
    for _ in range(MAX_ATTEMPTS):
        if (batch := _take(tenant, points, now_ns, *guarded_snapshot(tenant))) is not None:
            return len(batch)
    with documents(tenant).exclusive(SCOPE):  # it changes all the time
        batch = validate_points(snapshot_of(tenant), points, now_ns)
        _append(tenant, batch)
    return len(batch)


def _take(tenant: TenantConnection, points: Points, now_ns: int, catalog: Catalog, guard: Guard) -> Batch | None:
    """What was appended; None, and nothing was, if the catalog has changed."""
    batch = validate_points(catalog, points, now_ns)
    return batch if _append(tenant, batch, guard) else None


def validate_points(catalog: Catalog, points: Points, now_ns: int) -> Batch:
    """All of the points as columns. Raises PointsRefused."""
    validator = PointValidator(catalog, now_ns)
    refusals: list[Refusal] = []
    with limit_searches(MAX_SUGGESTIONS):
        for position, point in points:
            try:
                if isinstance(point, PointError):
                    raise point
                validator.add(point)
            except PointError as error:
                refusals.append(Refusal(position, str(error)))
                if len(refusals) > MAX_ERRORS_SHOWN:
                    break
    if refusals:
        raise PointsRefused(refusals)
    return validator.batch()


def _append(tenant: TenantConnection, batch: Batch, guard: Guard | None = None) -> bool:
    """False if the guard no longer holds; then nothing was appended."""
    if not len(batch):
        return True
    entries = [(len(part), encode(part)) for part in batch.parts()]
    return streams().append(tenant, entries, guard) is not None
