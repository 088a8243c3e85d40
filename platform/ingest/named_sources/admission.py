"""The source that a batch came from; none is admitted while it is paused."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from msgspec.structs import replace

from catalog.snapshot import Snapshot
from ingest.letters import Origin
from ingest.named_sources.models import NamedSource, Paused, stage_of
from ingest.named_sources.repository import index_of
from kernel.errors import Unavailable
from kernel.tenancy import TenantConnection
from kernel.times import iso
from web.stores import streams

log = logging.getLogger(__name__)

PAUSED, RETRY_S = "source-paused", 60
_AGAIN = "Nothing of this was stored; send it again later."


class SourcePaused(Unavailable):
    """Nothing of the batch was stored; its sender keeps it and comes back."""

    slug, title = PAUSED, "The source is paused"

    def __init__(self, source: NamedSource, paused: Paused) -> None:
        who = f"was paused by {paused.by or 'its error policy'} at {iso(paused.since)}"
        why = f", as an item cannot be stored: {paused.reason}" if paused.reason else ""
        super().__init__(f"The source {called(source)} {who}{why}. {_AGAIN}", retry_after=RETRY_S)
        self.stage = stage_of(source)


def source_of(tenant: TenantConnection, catalog: Snapshot, origin: Origin) -> NamedSource | None:
    """None: nothing is set for it."""
    return index_of(tenant, catalog).of(origin.source, origin.token)


def admit(tenant: TenantConnection, catalog: Snapshot, origin: Origin) -> Origin:
    """The origin with its source in it. SourcePaused."""
    source = source_of(tenant, catalog, origin)
    if source is None:
        return origin
    if source.paused is not None:
        raise SourcePaused(source, source.paused)
    return replace(origin, via=source.id) if source.id != origin.source else origin


@contextmanager
def counting_paused(tenant: TenantConnection) -> Iterator[None]:
    """Requests of a paused source are counted: they show that its senders still come."""
    try:
        yield
    except SourcePaused as paused:
        try:
            streams().flow_counters.turn_away(tenant.prefix, paused.stage)
        except Unavailable as error:
            log.warning("%sa request of a paused source is not counted: %s", tenant.prefix, error.detail)
        raise


def called(source: NamedSource) -> str:
    return f"“{source.name}”" if source.name else f"of all other senders of {source.kind}"
