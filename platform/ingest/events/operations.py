"""The single entry point for events: good ones are queued, what is none is kept as a dead letter."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

import msgspec

from catalog.snapshot import Snapshot, known_snapshot, snapshot_of
from ingest.events.attachments import Detached, detach, settle
from ingest.events.config import config_of
from ingest.events.entries import encode
from ingest.events.event import MAX_STORED_BYTES, EventError, SentEvent, digest_in, event_id, parse_event
from ingest.events.mapping import Arrived, Mapped, has_sensors, map_events
from ingest.fleet.contacts import Heard, note_events
from ingest.fleet.registry import Device
from ingest.letters import Origin
from ingest.named_sources import policy
from ingest.named_sources.admission import SourcePaused, admit, counting_paused, source_of
from ingest.named_sources.policy import BatchError, SourceRetries, SourceStops
from ingest.operations import (
    MAX_ERRORS_SHOWN,
    MAX_LETTERS,
    Refusal,
    letters_of,
    request_quota,
    with_catalog,
)
from ingest.watching import show_arrivals
from kernel.batch import encode as encode_points
from kernel.tenancy import Limits, TenantConnection
from stores.redis.append_refusals import Quota
from stores.redis.changes import Guard
from stores.redis.dead_letters import NOTHING, Buried
from web.stores import event_types, streams

DAY_S = 86_400
Letters = Callable[[Origin], Buried]
Refuse = Callable[[Snapshot, Guard | None], bool]  # True: the guard does not hold; it raises if nothing may be stored


@dataclass(frozen=True, slots=True)
class TakenEvents:
    """What became of a batch. `refusals` are the first of the refused items, by their index."""

    accepted: int
    refused: int = 0
    refusals: tuple[Refusal, ...] = ()


def take_events(
    tenant: TenantConnection,
    items: Sequence[bytes],
    now_ns: int,
    origin: Origin,
    keep_letters: bool = True,
    device: Device | None = None,
) -> TakenEvents:
    """Append the events to the tenant's stream and keep what is none as dead letters: both are on disk when this
    returns, and neither is if it raises. Taking the same items again stores no event twice.

    `device`: whose own token sent them; events of others are refused.

    Raises TooManyRequests, Unavailable, as `Streams.append`; SourcePaused; and SourceRetries, if an item is none and
    the source does not skip it.
    """
    streams().check_rate(tenant)
    try:
        with counting_paused(tenant):
            return _take(tenant, items, now_ns, origin, keep_letters, device)
    except SourceStops as stops:
        raise policy.stop(tenant, stops, origin, now_ns // 1_000_000) from None


def _take(
    tenant: TenantConnection,
    items: Sequence[bytes],
    now_ns: int,
    origin: Origin,
    keep_letters: bool,
    device: Device | None,
) -> TakenEvents:
    admitted = _admitted(tenant, origin) if keep_letters else origin  # a replay is none of the source's requests

    def show(wrong: Sequence[tuple[int, str]]) -> None:
        places, count = range(len(items)), len(items)
        show_arrivals(tenant, admitted, places, wrong, count, lambda at: [items[k] for k in at], now_ns // 1_000_000)

    def refuse(catalog: Snapshot, guard: Guard | None, wrong: Mapping[int, str]) -> bool:
        if not wrong or not keep_letters:
            return False
        sent_by, source = admit(tenant, catalog, origin), source_of(tenant, catalog, origin)
        if source is None or not policy.is_strict(source):
            return False
        first = min(wrong)
        what = BatchError.of(len(items), len(wrong), wrong[first], items[first])
        quotas = [*request_quota(tenant, origin), *quotas_of(tenant.limits, tenant.slug, len(items))]
        try:
            policy.turn_away(tenant, source, sent_by, what, guard, quotas, now_ns // 1_000_000)
        except (SourceRetries, SourceStops):
            show(sorted(wrong.items())[:MAX_ERRORS_SHOWN])
            raise
        return True

    def check(wrong: Mapping[int, str]) -> None:
        if wrong:
            refuse(snapshot_of(tenant), None, wrong)

    refusals: deque[Refusal] = deque(maxlen=MAX_LETTERS)
    sent, wrong, first = _parsed(tenant, items, now_ns, refusals, device, check)
    refused = len(wrong)

    def letters(of: Origin) -> Buried:
        if not keep_letters:
            return NOTHING
        return letters_of(tenant, refusals, refused, now_ns, of, lambda places: [items[k] for k in places])

    if sent or (refused and keep_letters):
        quotas = [*request_quota(tenant, origin), *quotas_of(tenant.limits, tenant.slug, len(sent))]
        arrived = _arrived(tenant, sent, now_ns // 1_000_000)
        judge = partial(refuse, wrong=wrong)
        append_events(tenant, arrived, now_ns, origin, letters, quotas, judge, admitting=keep_letters)
        settle(tenant, sent)
        note_events(tenant, map(_heard, sent), now_ns // 1_000_000, device.id if device is not None else "")
    show([(refusal.position, refusal.reason) for refusal in first])
    return TakenEvents(len(sent), refused, first)


def append_events(
    tenant: TenantConnection,
    events: Sequence[Arrived],
    now_ns: int,
    origin: Origin,
    letters: Letters,
    quotas: Sequence[Quota],
    refuse: Refuse,
    admitting: bool,
) -> None:
    """Append events, the samples of their fields and dead letters of their origin in one step. Raises as
    `Streams.append`; when `admitting`, SourcePaused if the source was paused meanwhile, and what `refuse` raises.
    """
    _append(tenant, events, now_ns, origin, letters, quotas, refuse, admitting)


def append_again(tenant: TenantConnection, events: Sequence[Arrived], now_ns: int) -> Mapped:
    """Append stored events that are mapped by the present schemas."""
    return _append(tenant, events, now_ns, Origin(""), lambda _: NOTHING, (), lambda catalog, guard: False)


def _append(
    tenant: TenantConnection,
    events: Sequence[Arrived],
    now_ns: int,
    origin: Origin,
    letters: Letters,
    quotas: Sequence[Quota],
    refuse: Refuse,
    admitting: bool = False,
) -> Mapped:
    config, sender = config_of(tenant), policy.sender_of(origin)

    def append(mapped: Mapped, guard: Guard | None, admitted: Origin, back_off: str = "") -> Mapped | None:
        parts = mapped.points.parts() if mapped.points is not None else ()
        entries = [(len(part), encode_points(part)) for part in parts]
        entries += [(0, payload) for payload in encode(mapped.events)]
        buried, count = letters(admitted), len(mapped.events)
        last = streams().append(
            tenant, entries, guard, buried, admitted.stage, sender, quotas=quotas, accepted=count, back_off=back_off
        )
        return mapped if last is not None else None

    def attempt(catalog: Snapshot, guard: Guard | None) -> Mapped | None:
        admitted = admit(tenant, catalog, origin) if admitting else origin
        if admitting and refuse(catalog, guard):
            return None
        back_off = policy.back_off_of(source_of(tenant, catalog, origin), admitted) if admitting else ""
        return append(map_events(events, config, catalog, now_ns), guard, admitted, back_off)

    if admitting or has_sensors(config, (event.type for event in events)):
        return with_catalog(tenant, attempt)
    mapped = map_events(events, config, None, now_ns)
    append(mapped, None, origin)
    return mapped


def _admitted(tenant: TenantConnection, origin: Origin) -> Origin:
    """By the catalog that is known already; whether it is still right is asked where the events are appended."""
    known = known_snapshot(tenant)
    if known is not None:
        with suppress(SourcePaused):  # it may have been resumed since
            return admit(tenant, known[0], origin)
    return admit(tenant, snapshot_of(tenant), origin)


def quotas_of(limits: Limits, slug: str, count: int) -> list[Quota]:
    per_s, per_day = limits.events_per_s, limits.events_per_day
    return [
        Quota("ingest:rate:events", count, per_s, per_s, f"{slug} may send {per_s} events per second. {_AGAIN}"),
        Quota(
            "ingest:rate:events:day", count, per_day / DAY_S, per_day,
            f"{slug} may send {per_day} events per day. {_AGAIN}",
        ),
    ]  # fmt: skip


_AGAIN = "Send the same batch again later."


def _parsed(
    tenant: TenantConnection,
    items: Sequence[bytes],
    now_ns: int,
    refusals: deque[Refusal],
    device: Device | None,
    check: Callable[[Mapping[int, str]], None],
) -> tuple[list[Detached], Mapping[int, str], tuple[Refusal, ...]]:
    """The events, with their long texts stored; what is wrong with other items, and the first of those. The last ones
    are in `refusals`. `check` is told what is wrong before anything is stored for the batch, and once more at the end;
    it may raise.
    """
    sent: dict[int, SentEvent] = {}
    wrong: dict[int, str] = {}
    for place, item in enumerate(items):
        try:
            sent[place] = own_event(parse_event(item, now_ns), device)
        except EventError as error:
            wrong[place] = str(error)
    check(wrong)
    types = dict.fromkeys(event.type for event in sent.values())  # those that come first have room first
    if types:
        maximum = tenant.limits.event_types
        beyond = event_types().register(tenant.prefix, types, maximum, now_ns // 1_000_000)
        for place in [place for place, event in sent.items() if event.type in beyond]:
            wrong[place] = f"there are {maximum} types of events already; remove one, or have the limit raised"
            del sent[place]
    attached = detach(tenant, sent, wrong)
    for place, (event, _) in list(attached.items()):
        if len(event.fields) and _size(event) > MAX_STORED_BYTES:
            wrong[place] = f"the event has more than {MAX_STORED_BYTES:,} bytes beside its long texts"
            del attached[place]
    check(wrong)
    ordered = [Refusal(place, wrong[place], decoded=False) for place in sorted(wrong)]
    refusals += ordered
    return list(attached.values()), wrong, tuple(ordered[:MAX_ERRORS_SHOWN])


def own_event(event: SentEvent, device: Device | None) -> SentEvent:
    """Raises EventError if a token that is bound to `device` may not send it."""
    if device is not None and event.device != device.name:
        raise EventError(f"this token is bound to the device {device.name!r} and sends no events of others")
    return event


def _heard(sent: Detached) -> Heard:
    event = sent[0]
    return Heard(event.device, event.t, event.firmware)


def _size(event: SentEvent) -> int:
    return len(msgspec.json.encode(event.fields))


def _arrived(tenant: TenantConnection, sent: Sequence[Detached], received: int) -> list[Arrived]:
    seen: Counter[bytes] = Counter()
    arrived = []
    for event, attachments in sent:
        digest = digest_in(tenant.id, event.digest, seen[event.digest])
        seen[event.digest] += 1
        id = event_id(event.t, event.device, digest)
        own = (event.t, event.type, event.device, event.firmware, received, event.fields)
        arrived.append(Arrived(id, *own, attachments=attachments))
    return arrived
