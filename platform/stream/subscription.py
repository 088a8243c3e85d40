"""What the stream's process must know of one connection, as the web process answers it."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

PATH = "/api/v1/stream"
QUESTION = "/api/v1/stream/subscription"
MAX_SENSORS = 1_000  # of one connection
ARRIVALS = "arrivals/"  # and the id of a source: the topic of what it sends


class StreamedSensor(Struct, frozen=True):
    """A value is shown as stored * factor + offset; it is stale once older than `stale_after_ms` (None: never)."""

    id: str
    stale_after_ms: float | None = None
    factor: float = 1.0
    offset: float = 0.0


class Subscription(Struct, frozen=True):
    tenant: Annotated[str | None, Meta(description="The tenant's id; null for topics of the platform only")]
    user: int
    subjects: Annotated[list[str], Meta(description="Once one of them changes, the question is to be asked again")]
    ends_in_s: Annotated[float | None, Meta(description="When the credentials expire")]
    catalog: Annotated[str, Meta(description="The catalog's position, as in values; empty without sensors")]
    catalog_log: Annotated[str, Meta(description="Where its position is kept")]
    sensors: list[StreamedSensor]
    topics: list[str]
