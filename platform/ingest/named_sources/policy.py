"""What happens to a batch with items that cannot be stored, if its source does not skip them (ADR 78)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import msgspec
from django.db import Error
from msgspec import Meta
from msgspec.structs import replace

from ingest.letters import Origin
from ingest.named_sources import repository
from ingest.named_sources.admission import SourcePaused, called
from ingest.named_sources.models import NamedSource, Paused
from ingest.named_sources.repository import Sources
from kernel.errors import Unavailable
from kernel.tenancy import TenantConnection
from stores.redis.append_refusals import Quota
from stores.redis.back_off import FIRST_S, back_off_key
from stores.redis.changes import Guard
from web import stream
from web.audit import audit
from web.stores import streams

RETRIES = "source-retries"
MAX_REASON, MAX_ITEM = 400, 300  # characters


class SourceRetries(Unavailable):
    """Nothing of the batch was stored; its sender keeps it until what is wrong is put right."""

    slug, title = RETRIES, "The batch has errors, and its source retries"


class SourceStops(Exception):
    """The source is to be paused: something is wrong with a batch of which nothing was stored."""

    def __init__(self, source: NamedSource, wrong: BatchError) -> None:
        super().__init__(wrong.reason)
        self.source, self.wrong = source, wrong


class TurnedAway(msgspec.Struct, frozen=True):
    """The last batch that was turned away because of an error in it."""

    at: Annotated[int, Meta(description="Epoch ms")]
    reason: str
    item: Annotated[str, Meta(description="The beginning of the item; empty for viewers")]


@dataclass(frozen=True, slots=True)
class BatchError:
    """Of a batch of `items`, `refused` ones cannot be stored; the reason of one of them, and its text."""

    items: int
    refused: int
    reason: str
    text: str

    @classmethod
    def of(cls, items: int, refused: int, reason: str, item: bytes) -> BatchError:
        text = item[: MAX_ITEM * 4].decode(errors="replace").strip()
        return cls(items, refused, _storable(reason, MAX_REASON), _storable(text, MAX_ITEM))


def _storable(text: str, size: int) -> str:
    """The document database takes no NUL, and no lone surrogates, of which neither JSON nor UTF-8 has any."""
    return text[:size].encode(errors="replace").decode().replace("\0", "�")


def is_strict(source: NamedSource | None) -> bool:
    """Whether it takes all of a batch or nothing."""
    return source is not None and source.on_error != "skip"


def back_off_of(source: NamedSource | None, origin: Origin) -> str:
    """The key of the sender's back-off, if the source has any."""
    if source is None or source.on_error != "retry":
        return ""
    return back_off_key(origin.stage, sender_of(origin))


def sender_of(origin: Origin) -> str:
    return origin.token or origin.sender or origin.address


def turn_away(
    tenant: TenantConnection,
    source: NamedSource,
    origin: Origin,
    wrong: BatchError,
    guard: Guard | None,
    quotas: Sequence[Quota],
    now_ms: int,
) -> None:
    """Take nothing of the batch: SourceRetries or SourceStops. Returns if the guard does not hold: then a later catalog
    may know what is wrong by this one.

    Raises as `Streams.append` as well: what is turned away counts against the tenant's rates.
    """
    why = msgspec.json.encode(TurnedAway(now_ms, wrong.reason, wrong.text))
    key = back_off_of(source, origin)
    wait_s = streams().turn_away(tenant, wrong.items, guard, origin.stage, sender_of(origin), why, quotas, back_off=key)
    if wait_s is None:
        return
    if source.on_error == "stop":
        raise SourceStops(source, wrong)
    raise SourceRetries(
        f"{wrong.refused} of {wrong.items} items cannot be stored: {wrong.reason}. The source {called(source)} retries "
        "on errors, so nothing of this batch was stored; correct the batch or the catalog, and send it again.",
        retry_after=wait_s,
    )


def stop(tenant: TenantConnection, stops: SourceStops, origin: Origin, now_ms: int) -> Unavailable:
    """Pause the source, unless it was changed since the batch was judged. Returns the answer to its sender.

    The audit entry is written before the source is paused: a kill in between repeats it, and never loses one.
    """
    paused = Paused(now_ms, "", stops.wrong.reason)

    def apply(sources: Sources) -> Sources:
        source = sources.get(stops.source.id)
        if source is None or source.revision != stops.source.revision:
            return sources
        _record(tenant, source, stops.wrong, origin)
        return {**sources, source.id: replace(source, paused=paused, revision=source.revision + 1)}

    source = repository.change(tenant, apply).get(stops.source.id)
    if source is None or source.paused is None:
        return SourceRetries("The source was changed in the meantime. Send the same batch again.", retry_after=FIRST_S)
    stream.publish(tenant, stream.SOURCES, id=source.id, state="paused")
    return SourcePaused(source, source.paused)


def _record(tenant: TenantConnection, source: NamedSource, wrong: BatchError, origin: Origin) -> None:
    detail = {"name": source.name, "reason": wrong.reason, "item": wrong.text, "sender": origin.sender}
    try:
        audit(None, "source.stop", source.id, detail, tenant=tenant.slug)
    except Error as error:
        raise Unavailable(
            "A batch has errors, and its source, which is to stop, cannot be paused yet: the audit trail does not "
            "answer. Nothing of this was stored; send it again later.",
            retry_after=5,
        ) from error
