"""Reads the flow of a tenant's samples from the counters that each stage keeps in Redis."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from catalog.snapshot import Snapshot, snapshot_of
from ingest.flow.models import Flow, LetterFlow, QueueFlow, SensorFlow, SourceFlow, WriterFlow
from ingest.letters import REPLAY
from ingest.named_sources.models import NamedSource, stage_of
from ingest.named_sources.policy import TurnedAway
from ingest.named_sources.repository import index_of
from ingest.sources.registry import SOURCES
from kernel.tenancy import TenantConnection
from stores.redis.flow_counters import (
    COARSE,
    FINE,
    MEDIUM,
    SOURCE_COUNTERS,
    WRITER,
    WRITER_COUNTERS,
    Counted,
    Resolution,
    source_stage,
)
from web.stores import streams

SPANS: dict[str, tuple[Resolution, int]] = {
    "15m": (FINE, 900),
    "1d": (MEDIUM, 86_400),
    "30d": (COARSE, 30 * 86_400),
}


def flow_of(tenant: TenantConnection, span: str, now_ms: int, with_items: bool) -> Flow:
    """`span`: one of SPANS; `with_items`: of errors, too. Raises Unavailable."""
    resolution, span_s = SPANS[span]
    catalog = snapshot_of(tenant)
    named = _named(tenant, catalog)
    names = [stage_of(source) for source in named]
    stages: list[tuple[str, Sequence[str]]] = [(source_stage(name), SOURCE_COUNTERS) for name in names]
    stages.append((WRITER, WRITER_COUNTERS))
    *of_sources, written = streams().flow_counters.read(tenant.prefix, stages, resolution, span_s, now_ms // 1000)
    _, stored_at = streams().flow(tenant.prefix)
    return Flow(
        at=now_ms,
        start=written.first_s * 1000,
        step_ms=written.step_s * 1000,
        sources=_sources(tenant, named, of_sources, with_items),
        queue=_queue(tenant),
        writer=WriterFlow(**written.numbers, last=stored_at),
        sensors=_sensors(tenant, catalog),
        letters=_letters(tenant),
        samples_per_s=tenant.limits.samples_per_s,
    )


def _named(tenant: TenantConnection, catalog: Snapshot) -> list[NamedSource]:
    """Of each kind that of all other senders, and then those with a name; replays come last."""
    sources = index_of(tenant, catalog).sources
    kinds = [source.name for source in SOURCES]
    named = sorted((each for each in sources.values() if each.id not in kinds), key=lambda each: each.name.casefold())
    found = [sources.get(kind) or NamedSource(kind, kind) for kind in kinds]
    return [*found, *named, NamedSource(REPLAY, REPLAY)]


def _sources(
    tenant: TenantConnection, named: Sequence[NamedSource], counted: Sequence[Counted], with_items: bool
) -> list[SourceFlow]:
    """Replays are a source only where there were any."""
    stages, counters = [stage_of(each) for each in named], streams().flow_counters
    senders = counters.senders(tenant.prefix, stages, counted[0].first_s)
    errors = [_error(stored, with_items) for stored in counters.turned_away(tenant.prefix, stages)]
    flows = [
        SourceFlow(
            source.id, source.name, source.kind, source.on_error, source.paused,
            **each.numbers, last_error=error, senders=number, last=last if last is None else last * 1000,
        )
        for source, each, (number, last), error in zip(named, counted, senders, errors, strict=True)
    ]  # fmt: skip
    return [flow for flow in flows if flow.id != REPLAY or any(flow.accepted)]


def _error(stored: bytes | None, with_items: bool) -> TurnedAway | None:
    """None also where a pod has put something else in its place."""
    try:
        error = msgspec.json.decode(stored, type=TurnedAway) if stored else None
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    return error if error is None or with_items else replace(error, item="")


def _queue(tenant: TenantConnection) -> QueueFlow:
    [waiting] = streams().backlogs([tenant.prefix])
    return QueueFlow(waiting, tenant.limits.stream_length, streams().oldest(tenant.prefix))


def _sensors(tenant: TenantConnection, catalog: Snapshot) -> SensorFlow:
    sensors = catalog.sensors
    unmapped = sum(each.unmapped for each in sensors.values())
    return SensorFlow(len(sensors), tenant.limits.sensors, unmapped)


def _letters(tenant: TenantConnection) -> LetterFlow:
    counts = streams().dead_letters.counts(tenant.prefix)
    return LetterFlow(counts.kept, tenant.limits.dead_letters, counts.dropped)
