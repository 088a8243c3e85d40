"""Long texts and payloads of events (traces, screens, logs): stored as objects before their events are queued."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import Any

import msgspec
from msgspec.structs import replace

from ingest.events.event import Attachment, SentEvent
from kernel.errors import BadRequest, Conflict, NotFound
from kernel.ids import ANNOTATION, CASE_NOTE, is_id
from kernel.tenancy import TenantConnection
from kernel.times import DAY
from runtime.archives import BadArchive
from stores.objects import Blobs
from stores.timeseries.events import names_in_bodies
from web.attachments import LEFT_S, AttachmentKind, root_of
from web.stores import attachments, reader, streams

MIN_LONG_BYTES = 4_096
MAX_PER_BATCH = 500  # each is synced to disk
_DAY = re.compile(r"[0-9]{8}")
LETTERS_PER_PAGE = 500
TEXTS = AttachmentKind("events")
TEXT, JSON = "text/plain; charset=utf-8", "application/json"

Detached = tuple[SentEvent, dict[str, Attachment]]


def detach(tenant: TenantConnection, sent: Mapping[int, SentEvent], wrong: dict[int, str]) -> dict[int, Detached]:
    """The events without their long texts, which are stored, and the references of those. Events for whose texts there
    is no room are in `wrong` instead. BadRequest if one batch has too many. Where nothing can be stored, texts stay.
    """
    there = attachments() is not None
    payloads = {place: found for place, event in sent.items() if (found := _payloads(event))} if there else {}
    if sum(map(len, payloads.values())) > MAX_PER_BATCH:
        raise BadRequest(
            f"The events have more than {MAX_PER_BATCH} long texts (of {MIN_LONG_BYTES:,} bytes or more); "
            "send fewer at once.",
            slug="too-many-attachments",
        )
    contents = {each.key: data for found in payloads.values() for each, data in found.values()}
    if contents and not TEXTS.put(tenant, contents):
        wrong |= dict.fromkeys(payloads, "there is no room for its long texts: the tenant's limit is reached")
    return {place: _without(event, payloads.get(place, {})) for place, event in sent.items() if place not in wrong}


def read(tenant: TenantConnection, found: Mapping[str, Attachment], name: str) -> tuple[str, Attachment, bytes]:
    """The field, reference and content of the attachment with that name. Raises NotFound."""
    blobs = attachments()
    for field, each in found.items():
        if each.name == name and blobs is not None:
            return field, each, blobs.get(f"{root_of(tenant)}/{each.key}")
    raise NotFound(f"The event has no attachment “{name[:80]}”.", slug="no-such-attachment")


def delete_before(tenant: TenantConnection, t: int) -> None:
    """Those of events of days that ended before `t` (epoch ms)."""
    blobs = attachments()
    if blobs is None:
        return
    for day in blobs.names(root_of(tenant)):
        if day < _day(t):
            blobs.remove(f"{root_of(tenant)}/{day}")


def settle(tenant: TenantConnection, events: Iterable[Detached]) -> None:
    """They are queued, and refer to their texts."""
    if keys := {each.key for _, attached in events for each in attached.values()}:
        TEXTS.settle(tenant, keys)


def sweep(tenant: TenantConnection, age_s: float = LEFT_S) -> None:
    """Remove texts that were stored so long ago, and of which no event is known."""
    TEXTS.sweep(tenant, partial(_decide, tenant), age_s)


def _decide(tenant: TenantConnection, left: Mapping[str, float]) -> dict[str, bool]:
    """Whether an event has them. An event may still wait in the queue if that has entries of that time."""
    oldest = streams().oldest(tenant.prefix)
    written = [key for key, noted in left.items() if oldest is None or (noted + LEFT_S) * 1000 < oldest]
    by_day: dict[str, list[str]] = {}
    for key in written:
        by_day.setdefault(key.partition("/")[0], []).append(key.partition("/")[2])
    used: set[str] = set()
    for day, names in by_day.items():
        t = int(datetime.strptime(day, "%Y%m%d").replace(tzinfo=UTC).timestamp()) * 1000
        used |= {f"{day}/{name}" for name in names_in_bodies(reader(tenant), t, t + DAY, names)}
    open_ = [key for key in written if key not in used]
    used |= _in_letters(tenant, open_)
    return {key: key in used for key in written}


def _in_letters(tenant: TenantConnection, keys: Sequence[str]) -> set[str]:
    """Those that a dead letter names: an event that the writer could not store."""
    found, before = set[str](), ""
    while keys and (page := streams().dead_letters.page(tenant.prefix, LETTERS_PER_PAGE, before)):
        for letter in page:
            found |= {key for key in keys if key.encode() in letter.payload}
        before = page[-1].id
    return found


def delete_all(tenant: TenantConnection) -> None:
    if (blobs := attachments()) is not None:
        blobs.remove(root_of(tenant))


def dump(root: str) -> Iterator[tuple[str, Iterator[tuple[str, bytes]]]]:
    """By day, or id of a file of an annotation or case, the names and contents of all below the root."""
    if (blobs := attachments()) is None:
        return
    for day in blobs.names(root):
        yield day, _contents(blobs, f"{root}/{day}")


def load(root: str, day: str, contents: Iterable[tuple[str, bytes]]) -> None:
    """Ensure what `dump` gave. Raises Conflict where there is no place for it, BadArchive if it is something else."""
    if (blobs := attachments()) is None:
        raise Conflict("There are attachments of events, and no place for them here: set EVENT_ATTACHMENTS.")
    for name, content in contents:
        if not (_DAY.fullmatch(day) or is_id(day, ANNOTATION) or is_id(day, CASE_NOTE)) or name != _digest(content):
            raise BadArchive(f"{day[:20]}/{name[:60]} in the archive is no attachment of an event, annotation or case.")
        blobs.put(f"{root}/{day}/{name}", content)


def _contents(blobs: Blobs, folder: str) -> Iterator[tuple[str, bytes]]:
    for name in blobs.names(folder):
        with suppress(NotFound):  # its day has just been deleted
            yield name, blobs.get(f"{folder}/{name}")


def _payloads(event: SentEvent) -> dict[str, tuple[Attachment, bytes]]:
    found = {}
    for field, value in event.fields.items():
        data = _long(value)
        if data is not None:
            key = f"{_day(event.t)}/{_digest(data)}"
            found[field] = Attachment(key, len(data), TEXT if isinstance(value, str) else JSON), data
    return found


def _long(value: Any) -> bytes | None:
    """The content to be stored apart; None for what stays in the event."""
    if isinstance(value, str):
        if len(value) < MIN_LONG_BYTES // 4:
            return None
        data = value.encode()
    elif isinstance(value, dict | list):
        data = msgspec.json.encode(value)
    else:
        return None
    return data if len(data) >= MIN_LONG_BYTES else None


def _without(event: SentEvent, payloads: Mapping[str, tuple[Attachment, bytes]]) -> Detached:
    if not payloads:
        return event, {}
    fields = {field: value for field, value in event.fields.items() if field not in payloads}
    return replace(event, fields=fields), {field: each for field, (each, _) in payloads.items()}


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:40]


def _day(t: int) -> str:
    return datetime.fromtimestamp(t / 1000, UTC).strftime("%Y%m%d")
