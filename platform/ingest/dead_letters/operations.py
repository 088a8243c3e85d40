"""Replaying and removing dead letters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from catalog.snapshot import Snapshot
from ingest.dead_letters.models import DeadLetter, RefusedLetter, ReplayedLetters, is_decodable, letter_of, present
from ingest.letters import Letter
from ingest.line_protocol.parser import parse_lines
from ingest.operations import Points, PointsRefused, append_whole, divide, with_current_catalog
from ingest.points import PointError, RawPoint
from ingest.sources.registry import source_named
from kernel.errors import BadRequest, Conflict, NotFound
from kernel.tenancy import TenantConnection
from stores.redis.changes import Guard
from stores.redis.dead_letters import DeadLetters, KeptLetter
from web.stores import streams

Positioned = tuple[Any, RawPoint | PointError]


def letters() -> DeadLetters:
    return streams().dead_letters


def find(tenant: TenantConnection, id: str) -> KeptLetter:
    """Raises NotFound."""
    kept = letters().find(tenant.prefix, id)
    if kept is None:
        raise _unknown(id)
    return kept


def replay(tenant: TenantConnection, id: str, item: str | None, now_ns: int) -> ReplayedLetters:
    """Queue the points of one letter, of `item` if given instead of its own, and remove it.

    Raises NotFound; Conflict if it cannot be replayed; BadRequest, with the letter left as it is, if its points are
    still wrong; and what `Streams.append` raises.
    """
    letter = letter_of(find(tenant, id))
    if not is_decodable(letter):
        raise Conflict(
            f"The source “{letter.origin.source}” is not known here; remove the letter.", slug="not-replayable"
        )
    if item is None and letter.cut:
        raise Conflict("Only a part of this item was kept; send the whole one as `item`.", slug="not-replayable")
    as_kept = item is None
    sent = letter.item if item is None else item.encode()

    def attempt(catalog: Snapshot, guard: Guard | None) -> int | None:
        points = list(_points(catalog, letter, sent, as_kept))
        if not points:
            raise BadRequest("The item has no points.", slug="points-refused", field="item")
        return append_whole(tenant, catalog, points, now_ns, guard)

    try:
        stored = with_current_catalog(tenant, attempt)
    except PointsRefused as error:
        raise BadRequest(f"Still wrong: {error.refusals[0].reason}.", slug="points-refused", field="item") from None
    letters().remove(tenant.prefix, [id])
    return ReplayedLetters(1, stored, [])


def replay_many(tenant: TenantConnection, ids: Sequence[str], now_ns: int) -> ReplayedLetters:
    """Queue the points of those letters that are right now, in one batch, and remove them. NotFound if none exists."""
    found = {id: letters().find(tenant.prefix, id) for id in dict.fromkeys(ids)}
    kept = {id: letter_of(each) for id, each in found.items() if each is not None}
    if not kept:
        raise _unknown(ids[0])
    unfit = {id: why for id, letter in kept.items() if (why := _why_not(letter))}

    def attempt(catalog: Snapshot, guard: Guard | None) -> tuple[list[str], ReplayedLetters] | None:
        points = {id: list(_points(catalog, kept[id], kept[id].item, True)) for id in kept if id not in unfit}
        divided = divide(catalog, [(id, point) for id, own in points.items() for _, point in own], now_ns)
        refused = unfit | {refusal.position: refusal.reason for refusal in reversed(divided.last)}
        good = [id for id in points if id not in refused]
        stored = append_whole(tenant, catalog, [point for id in good for point in points[id]], now_ns, guard)
        if stored is None:
            return None
        return good, ReplayedLetters(len(good), stored, [RefusedLetter(id, why) for id, why in refused.items()])

    good, replayed = with_current_catalog(tenant, attempt)
    letters().remove(tenant.prefix, good)
    return replayed


def remove(tenant: TenantConnection, id: str) -> None:
    """Raises NotFound."""
    if not letters().remove(tenant.prefix, [id]):
        raise _unknown(id)


def remove_until(tenant: TenantConnection, id: str) -> int:
    """Remove that letter and all older ones: those that have arrived since somebody looked stay. NotFound."""
    find(tenant, id)
    return letters().remove_until(tenant.prefix, id)


def page(tenant: TenantConnection, count: int, before: str) -> list[DeadLetter]:
    return [present(kept) for kept in letters().page(tenant.prefix, count, before)]


def _unknown(id: str) -> NotFound:
    return NotFound(f"There is no dead letter “{id[:40]}” (any more).", slug="no-such-dead-letter")


def _why_not(letter: Letter) -> str:
    if not is_decodable(letter):
        return f"The source “{letter.origin.source}” is not known here."
    return "Only a part of this item was kept." if letter.cut else ""


def _points(catalog: Snapshot, letter: Letter, item: bytes, as_kept: bool) -> Iterator[Positioned]:
    """The points of an item; those without a time are of when it arrived."""
    for position, point in _decode(catalog, letter, item, as_kept):
        if isinstance(point, RawPoint) and point.t is None:
            point.t = letter.at
        yield position, point


def _decode(catalog: Snapshot, letter: Letter, item: bytes, as_kept: bool) -> Points:
    source = source_named(letter.origin.source)
    if source is not None:
        return source.decode(item, letter.origin.options)
    lines = parse_lines(item, 1)
    return _as_shown(catalog, lines) if as_kept else lines


def _as_shown(catalog: Snapshot, points: Iterable[Positioned]) -> Iterator[Positioned]:
    """The writer's lines have stored units; what arrives has the sensor's."""
    for position, point in points:
        if isinstance(point, RawPoint) and isinstance(point.value, float):
            sensor = catalog.sensors.get(point.sensor)
            if sensor is not None and sensor.stored_as is not None:
                point.value = point.value * sensor.stored_as.factor + sensor.stored_as.offset
        yield position, point
