"""The data flow as the API shows it."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from ingest.named_sources.models import OnError, Paused
from ingest.named_sources.policy import TurnedAway

Series = Annotated[list[int], Meta(description="One number for each step, oldest first; the last step is not over")]


class SourceFlow(Struct, frozen=True):
    """What came in through a source."""

    id: Annotated[
        str, Meta(description="A kind: all its other senders; `replay`: dead letters that were stored after all")
    ]
    name: Annotated[str, Meta(description="Empty: all senders of the kind that no other source names")]
    kind: str
    on_error: OnError
    paused: Annotated[Paused | None, Meta(description="Its senders are asked to retry later")]
    accepted: Series
    rejected: Annotated[Series, Meta(description="Samples that became dead letters")]
    requests: Annotated[Series, Meta(description="Of which something was taken")]
    turned_away: Annotated[
        Series, Meta(description="Requests of which nothing was taken: of a paused source, or by its error policy")
    ]
    last_error: Annotated[TurnedAway | None, Meta(description="Of `retry` and `stop`; null: none within a day")]
    senders: Annotated[int, Meta(description="Tokens, people or addresses that sent something within the span")]
    last: Annotated[int | None, Meta(description="When something came in last, epoch ms; null: not within 31 days")]


class QueueFlow(Struct, frozen=True):
    """Samples that are acknowledged and not stored yet."""

    waiting: int
    limit: Annotated[int, Meta(description="As many may wait; beyond it senders are asked to retry")]
    oldest: Annotated[int | None, Meta(description="When the oldest of them was acknowledged, epoch ms")]


class WriterFlow(Struct, frozen=True):
    """What was stored."""

    stored: Series
    rejected: Annotated[Series, Meta(description="Samples that InfluxDB refused; they are dead letters")]
    left_out: Annotated[Series, Meta(description="Samples of sensors that were deleted while they waited")]
    batches: Series
    lag_ms: Annotated[Series, Meta(description="From acknowledged to readable, summed over the batches")]
    busy_ms: Annotated[Series, Meta(description="How long storing them took, summed over the batches")]
    last: Annotated[int | None, Meta(description="When something was stored last, epoch ms; null: never")]


class SensorFlow(Struct, frozen=True):
    """Sensors of the catalog."""

    known: int
    limit: int
    unmapped: Annotated[int, Meta(description="Created from arrivals, and not named yet")]


class LetterFlow(Struct, frozen=True):
    """Dead letters that wait for somebody."""

    kept: int
    limit: int
    dropped: Annotated[int, Meta(description="For lack of space, since the tenant exists")]


class Flow(Struct, frozen=True):
    """How samples flow into a tenant. Steps begin at `start` + n `step_ms`."""

    at: int
    start: int
    step_ms: int
    sources: list[SourceFlow]
    queue: QueueFlow
    writer: WriterFlow
    sensors: SensorFlow
    letters: LetterFlow
    samples_per_s: Annotated[int, Meta(description="The tenant's limit")]
