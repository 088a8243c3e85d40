"""Replaying and removing dead letters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from catalog.snapshot import Snapshot
from ingest.dead_letters.models import DeadLetter, RefusedLetter, ReplayedLetters, is_decodable, letter_of, present
from ingest.fleet.registry import Device, registry_of
from ingest.letters import Letter
from ingest.line_protocol.parser import parse_lines
from ingest.mapping.creation import known_writers
from ingest.mapping.routing import Known
from ingest.operations import Points, PointsRefused, append_whole, divide_mapped, with_current_catalog
from ingest.own_sensors import own_sensors
from ingest.points import Arrival, PointError, RawPoint
from ingest.sources.registry import source_named
from ingest.sources.source import TakeItem
from kernel.errors import BadRequest, Conflict, NotFound
from kernel.tenancy import TenantConnection
from stores.redis.changes import Guard
from stores.redis.dead_letters import DeadLetters, KeptLetter
from web.stores import streams

Sender = tuple[str, str]  # a source's stage, and the id of the device whose own token sent it, or empty
Positioned = tuple[Any, RawPoint | Arrival | PointError]


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
    if (take_item := _take_item_of(letter)) is not None:
        stored = take_item(tenant, sent, now_ns, letter.origin)
        letters().remove(tenant.prefix, [id])
        return ReplayedLetters(1, stored, [])

    known = Known(writers=known_writers(tenant, letter.origin.source))
    device = _device_of(tenant, letter.origin.device)

    def attempt(catalog: Snapshot, guard: Guard | None) -> int | None:
        points = list(_points(catalog, letter, sent, as_kept))
        if not points:
            raise BadRequest("The item has no points.", slug="points-refused", field="item")
        check = own_sensors(catalog, device)
        return append_whole(tenant, catalog, points, now_ns, guard, letter.origin.stage, known, check)

    try:
        stored = with_current_catalog(tenant, attempt)
    except PointsRefused as error:
        raise BadRequest(f"Still wrong: {error.refusals[0].reason}.", slug="points-refused", field="item") from None
    letters().remove(tenant.prefix, [id])
    return ReplayedLetters(1, stored, [])


def replay_many(tenant: TenantConnection, ids: Sequence[str], now_ns: int) -> ReplayedLetters:
    """Queue the points of those letters that are right now and remove them, a batch for each source. NotFound if none
    exists. Items that are no points follow one by one.
    """
    found = {id: letters().find(tenant.prefix, id) for id in dict.fromkeys(ids)}
    kept = {id: letter_of(each) for id, each in found.items() if each is not None}
    if not kept:
        raise _unknown(ids[0])
    unfit = {id: why for id, letter in kept.items() if (why := _why_not(letter))}
    replayed = ReplayedLetters(0, 0, [RefusedLetter(id, why) for id, why in unfit.items()])
    fit = {id: letter for id, letter in kept.items() if id not in unfit}
    for sender in dict.fromkeys(map(_sender, fit.values())):
        of_sender = {id: each for id, each in fit.items() if _sender(each) == sender}
        for one in _replay_source(tenant, sender, of_sender, now_ns):
            replayed = ReplayedLetters(
                replayed.letters + one.letters, replayed.points + one.points, [*replayed.refused, *one.refused]
            )
    return replayed


def _sender(letter: Letter) -> Sender:
    return letter.origin.stage, letter.origin.device


def _device_of(tenant: TenantConnection, id: str) -> Device | None:
    """Whose own token sent it; None also once it was removed: a person decides what becomes of its letters."""
    return registry_of(tenant).by_id.get(id) if id else None


def _replay_source(
    tenant: TenantConnection, sender: Sender, kept: Mapping[str, Letter], now_ns: int
) -> Iterator[ReplayedLetters]:
    if any(_take_item_of(letter) is not None for letter in kept.values()):
        yield from (_replay_one(tenant, id, now_ns) for id in kept)
    else:
        yield _replay_points(tenant, sender, kept, now_ns)


def _replay_points(
    tenant: TenantConnection, sender: Sender, kept: Mapping[str, Letter], now_ns: int
) -> ReplayedLetters:
    source, device = sender[0], _device_of(tenant, sender[1])
    known = Known(writers=known_writers(tenant, source.partition("/")[0]))

    def attempt(catalog: Snapshot, guard: Guard | None) -> tuple[list[str], ReplayedLetters] | None:
        points = {id: list(_points(catalog, letter, letter.item, True)) for id, letter in kept.items()}
        by_id = [(id, point) for id, own in points.items() for _, point in own]
        check = own_sensors(catalog, device)
        divided = divide_mapped(tenant, catalog, by_id, now_ns, source, known, check)
        if divided is None:
            return None
        refused = {refusal.position: refusal.reason for refusal in reversed(divided.last)}
        good = [id for id in points if id not in refused]
        right = [point for id in good for point in points[id]]
        stored = append_whole(tenant, catalog, right, now_ns, guard, source, known, check)
        if stored is None:
            return None
        return good, ReplayedLetters(len(good), stored, [RefusedLetter(id, why) for id, why in refused.items()])

    good, replayed = with_current_catalog(tenant, attempt)
    letters().remove(tenant.prefix, good)
    return replayed


def _replay_one(tenant: TenantConnection, id: str, now_ns: int) -> ReplayedLetters:
    try:
        return replay(tenant, id, None, now_ns)
    except BadRequest as error:
        return ReplayedLetters(0, 0, [RefusedLetter(id, error.detail)])


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


def _take_item_of(letter: Letter) -> TakeItem | None:
    source = source_named(letter.origin.source)
    return source.take_item if source is not None else None


def _points(catalog: Snapshot, letter: Letter, item: bytes, as_kept: bool) -> Iterator[Positioned]:
    """The points of an item; those without a time are of when it arrived."""
    for position, point in _decode(catalog, letter, item, as_kept):
        if isinstance(point, (RawPoint, Arrival)) and point.t is None:
            point.t = letter.at
        if isinstance(point, Arrival):
            point = _of_letter(point, letter, as_kept)
        yield position, point


def _of_letter(arrival: Arrival, letter: Letter, as_kept: bool) -> Arrival:
    """The arrival with those fields only that the letter was kept for; the others are stored, and perhaps corrected."""
    if arrival.sample is not None:
        arrival.sample.t = arrival.t
    if as_kept and letter.fields and arrival.sample is None:
        arrival.fields = {name: value for name, value in arrival.fields.items() if name in letter.fields}
    return arrival


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
