"""The single entry point for samples: of a batch, good points are queued and all others kept as dead letters."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from catalog.snapshot import SCOPE, Snapshot, guarded_snapshot, known_snapshot, snapshot_of
from ingest.fleet.registry import device_of_token
from ingest.letters import REPLAY, Origin, encode_letter
from ingest.mapping.compiled import CompiledMapping
from ingest.mapping.creation import known_writers, meet
from ingest.mapping.recent import keep_examples
from ingest.mapping.repository import compiled
from ingest.mapping.routing import Known, Needs, Refused, Router
from ingest.named_sources import policy
from ingest.named_sources.admission import SourcePaused, admit, counting_paused, source_of
from ingest.named_sources.models import NamedSource
from ingest.named_sources.policy import BatchError, SourceRetries, SourceStops
from ingest.own_sensors import own_sensors
from ingest.points import Arrival, InColumns, NotInColumns, PointError, RawPoint, UnknownSensor
from ingest.validation import PointValidator, SensorCheck
from ingest.watching import show_arrivals
from kernel.batch import Batch, encode
from kernel.errors import BadRequest, Unavailable
from kernel.suggest import limit_searches
from kernel.tenancy import TenantConnection
from stores.redis.append_refusals import Quota
from stores.redis.changes import Guard
from stores.redis.dead_letters import NOTHING, Buried
from web.stores import documents, streams

MAX_ERRORS_SHOWN = 20
MAX_SUGGESTIONS = 5  # per batch: each searches all tags of a site
MAX_ATTEMPTS = 3  # with a catalog that changes meanwhile
MAX_LETTERS = 10_000  # kept of one batch

T = TypeVar("T")
Points = Iterable[tuple[Any, RawPoint | Arrival | PointError]]
Verbatim = Callable[[Sequence[Any]], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refused point. `position` is in its source's terms: a line, an index, an offset. `decoded`: well-formed;
    `kept`: as a dead letter, with `unmatched` and `fields`.
    """

    position: Any
    reason: str
    decoded: bool = True
    unmatched: bool = field(default=False, compare=False)
    kept: bool = field(default=True, compare=False)
    fields: tuple[str, ...] = field(default=(), compare=False)


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
    """The good points of a batch, how many others there are, the first and last of those, and the last that become dead
    letters, as `rejected` ones do not. `needs`: what must exist before the batch can be divided for good; `examples`: a
    few of its arrivals, of different series.
    """

    good: Batch
    refused: int
    rejected: int
    malformed: int
    first: tuple[Refusal, ...]
    last: Sequence[Refusal]
    kept: Sequence[Refusal]
    needs: Needs
    examples: Sequence[Arrival]


def take_points(tenant: TenantConnection, points: Points, now_ns: int, origin: Origin, verbatim: Verbatim) -> Taken:
    """Append the good points to the tenant's stream and keep the others as dead letters: both are on disk when this
    returns, and neither is if it raises.

    `points` are (position, point) pairs, or (position, why it could not be decoded); positions are opaque here. They
    are iterated again if the catalog has changed in the meantime; a one-pass iterator is therefore held in memory.
    `verbatim` is asked for the items of refused positions only: as they were sent, in the order of the positions.

    Raises TooManyRequests, Unavailable, as `Streams.append`; SourcePaused; SourceRetries, if something is wrong and the
    source does not skip it; Forbidden if the token's device was removed. One round trip to Redis unless the catalog has
    changed: whether it has is asked where the points are appended. So what is appended after a change of the catalog
    was acknowledged is always understood by the catalog after it.
    """
    streams().check_rate(tenant)
    if iter(points) is points:
        points = list(points)

    known = Known(writers=known_writers(tenant, origin.source))
    device = device_of_token(tenant, origin.device) if origin.device else None
    admitted, now_ms = origin, now_ns // 1_000_000
    last: DividedBatch | None = None

    def attempt(catalog: Snapshot, guard: Guard | None) -> Taken | None:
        nonlocal admitted, last
        admitted, source = admit(tenant, catalog, origin), source_of(tenant, catalog, origin)
        stage, check = admitted.stage, own_sensors(catalog, device)
        last = divided = divide(catalog, points, now_ns, lambda: compiled(tenant, catalog), stage, known, check)
        if divided.kept and source is not None and policy.is_strict(source):
            wrong = _wrong(divided, verbatim)
            policy.turn_away(tenant, source, admitted, wrong, guard, request_quota(tenant, admitted), now_ms)
            return None
        if divided.needs:
            meet(tenant, catalog, divided.needs, known, admitted.stage, now_ns // 10**9)
            return None
        letters = letters_of(tenant, divided.kept, divided.refused - divided.rejected, now_ns, admitted, verbatim)
        return _taken(divided) if _append(tenant, divided, letters, guard, admitted, source) else None

    def show() -> None:
        if last is not None:
            _show(tenant, points, last, admitted, verbatim, now_ms)

    try:
        with counting_paused(tenant):
            taken = with_catalog(tenant, attempt)
    except SourceRetries:
        show()
        raise
    except SourceStops as stops:
        show()
        raise policy.stop(tenant, stops, admitted, now_ms) from None
    show()
    return taken


def _show(
    tenant: TenantConnection, points: Points, divided: DividedBatch, origin: Origin, verbatim: Verbatim, now_ms: int
) -> None:
    """For the trial of rules, and for whoever watches."""
    keep_examples(tenant, origin.stage, divided.examples)
    refused = [(refusal.position, refusal.reason) for refusal in divided.first]
    positions, count = (position for position, _ in points), len(divided.good) + divided.refused
    show_arrivals(tenant, origin, positions, refused, count, verbatim, now_ms)


def _wrong(divided: DividedBatch, verbatim: Verbatim) -> BatchError:
    first = divided.kept[0]
    [item] = verbatim([first.position])
    refused = divided.refused - divided.rejected
    return BatchError.of(len(divided.good) + divided.refused, refused, first.reason, item)


def with_catalog(tenant: TenantConnection, attempt: Callable[[Snapshot, Guard | None], T | None]) -> T:
    """As `with_current_catalog`, at first with the catalog that is known already: without a round trip if it has not
    changed.
    """
    result = _with_known_catalog(tenant, attempt)
    return result if result is not None else with_current_catalog(tenant, attempt)


def _with_known_catalog(tenant: TenantConnection, attempt: Callable[[Snapshot, Guard | None], T | None]) -> T | None:
    """None: it has to be attempted with the current one."""
    current = known_snapshot(tenant)
    try:
        return attempt(*current) if current is not None else None
    except SourcePaused:
        return None  # it may have been resumed since


def with_current_catalog(tenant: TenantConnection, attempt: Callable[[Snapshot, Guard | None], T | None]) -> T:
    """What `attempt` returns for the catalog as it is when that appends points; None, with nothing done, if the guard
    does not hold.
    """
    for _ in range(MAX_ATTEMPTS):
        if (result := attempt(*guarded_snapshot(tenant))) is not None:
            return result
    with documents(tenant).exclusive(SCOPE):  # it changes all the time
        for _ in range(MAX_ATTEMPTS):
            if (result := attempt(snapshot_of(tenant), None)) is not None:
                return result
    raise Unavailable("The catalog could not be brought up to date. Send the same batch again.")


class PointsRefused(BadRequest):
    """Nothing of the batch was stored."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        self.refusals = refusals
        first = refusals[0]
        super().__init__(f"{first.position}: {first.reason}. Nothing of this was stored.", slug="points-refused")


def append_whole(
    tenant: TenantConnection,
    catalog: Snapshot,
    points: Points,
    now_ns: int,
    guard: Guard | None,
    source: str = "",
    known: Known | None = None,
    check: SensorCheck | None = None,
) -> int | None:
    """Append all of the points or, with PointsRefused, none. Returns their number; None, with nothing appended, if the
    guard does not hold, or the catalog was changed for them.
    """
    divided = divide_mapped(tenant, catalog, points, now_ns, source, known or Known(), check)
    if divided is None:
        return None
    if divided.refused:
        raise PointsRefused(divided.first)
    return len(divided.good) if _append(tenant, divided, NOTHING, guard, Origin(REPLAY, sender=REPLAY), None) else None


def divide_mapped(
    tenant: TenantConnection,
    catalog: Snapshot,
    points: Points,
    now_ns: int,
    source: str,
    known: Known,
    check: SensorCheck | None = None,
) -> DividedBatch | None:
    """As `divide`; None if the catalog had to be changed for it first, with what was found out in `known`."""
    divided = divide(catalog, points, now_ns, lambda: compiled(tenant, catalog), source, known, check)
    if not divided.needs:
        return divided
    meet(tenant, catalog, divided.needs, known, source, now_ns // 10**9)
    return None


def divide(
    catalog: Snapshot,
    points: Points,
    now_ns: int,
    load: Callable[[], CompiledMapping],
    source: str,
    known: Known,
    check: SensorCheck | None = None,
) -> DividedBatch:
    """The good points as columns, and what is wrong with the others. `load` reads the rules, if any are needed."""
    if isinstance(points, InColumns) and (good := in_columns(points, catalog, now_ns, check)) is not None:
        return DividedBatch(good, 0, 0, 0, (), (), (), Needs(), ())
    validator = PointValidator(catalog, now_ns, check)
    router = Router(catalog, validator, load, source, known, now_ns)
    first: list[Refusal] = []
    last: deque[Refusal] = deque(maxlen=MAX_LETTERS)
    kept: deque[Refusal] = deque(maxlen=MAX_LETTERS)
    refused = rejected = malformed = 0
    with limit_searches(MAX_SUGGESTIONS):
        for position, point in points:
            try:
                if isinstance(point, RawPoint):
                    try:
                        validator.add(point)
                    except UnknownSensor as unknown:
                        router.take_unknown(point, unknown)
                elif isinstance(point, Arrival):
                    router.take(point)
                else:
                    raise point
            except PointError as error:
                error.__traceback__ = None  # it holds this frame, which may hold it as `point`, and so the request
                refused += 1
                malformed += not error.decoded
                refusal = _refusal(position, error)
                if refused <= MAX_ERRORS_SHOWN:
                    first.append(refusal)
                last.append(refusal)
                if refusal.kept:
                    kept.append(refusal)
                else:
                    rejected += 1
    good = validator.batch()
    if refused:
        good = good.part(0, len(good))  # its own sensors only
    return DividedBatch(good, refused, rejected, malformed, tuple(first), last, kept, router.needs, router.examples)


def in_columns(points: InColumns, catalog: Snapshot, now_ns: int, check: SensorCheck | None = None) -> Batch | None:
    """All of the points; None if they have to be looked at one by one."""
    validator = PointValidator(catalog, now_ns, check)
    try:
        for columns in points.columns():
            validator.add_columns(columns)
    except NotInColumns:
        return None
    return validator.batch()


def _refusal(position: Any, error: PointError) -> Refusal:
    if isinstance(error, Refused):
        return Refusal(position, str(error), error.decoded, error.unmatched, error.kept, error.fields)
    return Refusal(position, str(error), error.decoded)


def _taken(divided: DividedBatch) -> Taken:
    return Taken(len(divided.good), divided.refused, divided.malformed, divided.first)


def letters_of(
    tenant: TenantConnection, last: Sequence[Refusal], refused: int, now_ns: int, origin: Origin, verbatim: Verbatim
) -> Buried:
    """Dead letters of the `last` of so many refused positions, as many as the tenant may keep."""
    if not refused:
        return NOTHING
    kept: deque[bytes] = deque(maxlen=tenant.limits.dead_letters)
    size = 0
    for refusal, item in zip(last, verbatim([refusal.position for refusal in last]), strict=True):
        letter = encode_letter(
            origin, now_ns, refusal.reason, item, refusal.position, refusal.unmatched, refusal.fields
        )
        size += len(letter) - (len(kept[0]) if len(kept) == kept.maxlen else 0)
        kept.append(letter)
        while size > tenant.limits.dead_letter_bytes and len(kept) > 1:
            size -= len(kept.popleft())
    return Buried(list(kept), refused - len(kept))


def _append(
    tenant: TenantConnection,
    divided: DividedBatch,
    letters: Buried,
    guard: Guard | None,
    origin: Origin,
    source: NamedSource | None,
) -> bool:
    """False if the guard no longer holds; then nothing was appended or kept."""
    if not len(divided.good) and not letters and not divided.rejected:
        return True
    parts = divided.good.parts() if len(divided.good) else ()
    entries = [(len(part), encode(part)) for part in parts]
    sender, quotas = policy.sender_of(origin), request_quota(tenant, origin)
    back_off = policy.back_off_of(source, origin)
    last = streams().append(
        tenant, entries, guard, letters, origin.stage, sender, divided.rejected, quotas, back_off=back_off
    )
    return last is not None


def request_quota(tenant: TenantConnection, origin: Origin) -> list[Quota]:
    """Of one request; a replay of dead letters is none."""
    if origin.source == REPLAY:
        return []
    rate = tenant.limits.requests_per_s
    exceeded = f"{tenant.slug} may send {rate} requests per second: send more in each. Send the same batch again later."
    return [Quota("ingest:rate:requests", 1, rate, rate, exceeded)]
