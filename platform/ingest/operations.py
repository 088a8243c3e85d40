"""The single entry point for samples: of a batch, good points are queued and all others kept as dead letters."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from catalog.snapshot import SCOPE, Snapshot, guarded_snapshot, known_snapshot, snapshot_of
from ingest.letters import Origin, encode_letter
from ingest.points import Batch, PointError, RawPoint, encode
from ingest.validation import Catalog, PointValidator
from kernel.errors import BadRequest
from kernel.suggest import limit_searches
from kernel.tenancy import TenantConnection
from stores.redis.changes import Guard
from stores.redis.dead_letters import NOTHING, Buried
from web.stores import documents, streams

MAX_ERRORS_SHOWN = 20
MAX_SUGGESTIONS = 5  # per batch: each searches all tags of a site
MAX_ATTEMPTS = 3  # with a catalog that changes meanwhile
MAX_LETTERS = 10_000  # kept of one batch

T = TypeVar("T")
Points = Iterable[tuple[Any, RawPoint | PointError]]
Verbatim = Callable[[Sequence[Any]], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refused point. `position` is in its source's terms: a line, an index, an offset. `decoded`: well-formed."""

    position: Any
    reason: str
    decoded: bool = True


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a batch. `malformed`: how many of the `refused` points could not be decoded. `refusals` are the
    first of them, in the order of the batch.
    """

    stored: int
    refused: int = 0
    malformed: int = 0
    refusals: tuple[Refusal, ...] = ()


@dataclass(frozen=True, slots=True)
class DividedBatch:
    """The good points of a batch, how many others there are, and the first and last of those."""

    good: Batch
    refused: int
    malformed: int
    first: tuple[Refusal, ...]
    last: Sequence[Refusal]


def take_points(tenant: TenantConnection, points: Points, now_ns: int, origin: Origin, verbatim: Verbatim) -> Taken:
    """Append the good points to the tenant's stream and keep the others as dead letters: both are on disk when this
    returns, and neither is if it raises.

    `points` are (position, point) pairs, or (position, why it could not be decoded); positions are opaque here. They
    are iterated again if the catalog has changed meanwhile; a one-pass iterator is therefore held in memory.
    `verbatim` is asked for the items of refused positions only: as they were sent, in the order of the positions.

    Raises TooManyRequests, Unavailable, as `Streams.append`. One round trip to Redis unless the catalog has changed:
    whether it has is asked where the points are appended. So what is appended after a change of the catalog was
    acknowledged is always understood by the catalog after it.
    """
    streams().check_rate(tenant)
    if iter(points) is points:
        points = list(points)

    def attempt(catalog: Snapshot, guard: Guard | None) -> Taken | None:
        divided = divide(catalog, points, now_ns)
        letters = _letters(tenant, divided, now_ns, origin, verbatim)
        return _taken(divided) if _append(tenant, divided, letters, guard) else None

    if (known := known_snapshot(tenant)) and (taken := attempt(*known)):
        return taken
    return with_current_catalog(tenant, attempt)


def with_current_catalog(tenant: TenantConnection, attempt: Callable[[Snapshot, Guard | None], T | None]) -> T:
    """What `attempt` returns for the catalog as it is when that appends points; None, with nothing done, if the guard
    does not hold.
    """
    for _ in range(MAX_ATTEMPTS):
        if (result := attempt(*guarded_snapshot(tenant))) is not None:
            return result
    with documents(tenant).exclusive(SCOPE):  # it changes all the time
        result = attempt(snapshot_of(tenant), None)
    assert result is not None
    return result


class PointsRefused(BadRequest):
    """Nothing of the batch was stored."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        self.refusals = refusals
        first = refusals[0]
        super().__init__(f"{first.position}: {first.reason}. Nothing of this was stored.", slug="points-refused")


def append_whole(
    tenant: TenantConnection, catalog: Snapshot, points: Points, now_ns: int, guard: Guard | None
) -> int | None:
    """Append all of the points or, with PointsRefused, none. Returns their number; None, with nothing done, if the
    guard does not hold.
    """
    divided = divide(catalog, points, now_ns)
    if divided.refused:
        raise PointsRefused(divided.first)
    return len(divided.good) if _append(tenant, divided, NOTHING, guard) else None


def divide(catalog: Catalog, points: Points, now_ns: int) -> DividedBatch:
    """The good points as columns, and what is wrong with the others."""
    validator = PointValidator(catalog, now_ns)
    first: list[Refusal] = []
    last: deque[Refusal] = deque(maxlen=MAX_LETTERS)
    refused = malformed = 0
    with limit_searches(MAX_SUGGESTIONS):
        for position, point in points:
            try:
                if isinstance(point, PointError):
                    raise point
                validator.add(point)
            except PointError as error:
                refused += 1
                malformed += not error.decoded
                last.append(refusal := Refusal(position, str(error), error.decoded))
                if refused <= MAX_ERRORS_SHOWN:
                    first.append(refusal)
    good = validator.batch()
    if refused:
        good = good.part(0, len(good))  # its own sensors only
    return DividedBatch(good, refused, malformed, tuple(first), last)


def _taken(divided: DividedBatch) -> Taken:
    return Taken(len(divided.good), divided.refused, divided.malformed, divided.first)


def _letters(
    tenant: TenantConnection, divided: DividedBatch, now_ns: int, origin: Origin, verbatim: Verbatim
) -> Buried:
    """The last of the refused points, as many as the tenant may keep."""
    if not divided.refused:
        return NOTHING
    kept: deque[bytes] = deque(maxlen=tenant.limits.dead_letters)
    size = 0
    items = verbatim([refusal.position for refusal in divided.last])
    for refusal, item in zip(divided.last, items, strict=True):
        letter = encode_letter(origin, now_ns, refusal.reason, item, refusal.position)
        size += len(letter) - (len(kept[0]) if len(kept) == kept.maxlen else 0)
        kept.append(letter)
        while size > tenant.limits.dead_letter_bytes and len(kept) > 1:
            size -= len(kept.popleft())
    return Buried(list(kept), divided.refused - len(kept))


def _append(tenant: TenantConnection, divided: DividedBatch, letters: Buried, guard: Guard | None = None) -> bool:
    """False if the guard no longer holds; then nothing was appended or kept."""
    if not len(divided.good) and not letters:
        return True
    parts = divided.good.parts() if len(divided.good) else ()
    entries = [(len(part), encode(part)) for part in parts]
    return streams().append(tenant, entries, guard, letters) is not None
