"""What is stored of sent events: their fields by schema, samples of those that are sensors, and added context."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import msgspec
import numpy as np

from catalog.units import Conversion, conversion
from ingest.events.config import EventConfig
from ingest.events.entries import QueuedEvent
from ingest.events.event import Attachment, Body
from ingest.events.lookup import enriched
from ingest.events.schema import EventSchema, FieldSchema, Split, sensor_name
from ingest.points import PointError, RawPoint
from ingest.validation import Catalog, PointValidator, find
from kernel.batch import Batch
from kernel.times import NS_PER_MS


class Arrived(msgspec.Struct, frozen=True):
    """An event with its id, before its schema is applied. `context` is None if it is to be looked up."""

    id: str
    t: int
    type: str
    device: str
    firmware: str
    received: int
    fields: dict[str, Any]
    context: dict[str, str] | None = None
    attachments: dict[str, Attachment] = {}


@dataclass(slots=True)
class Mapped:
    """Events and samples for the queue."""

    events: list[QueuedEvent] = field(default_factory=list)
    points: Batch | None = None


def has_sensors(config: EventConfig, types: Iterable[str]) -> bool:
    """Whether the catalog is needed to map events of these types."""
    schemas = (config.schemas.get(type_) for type_ in set(types))
    return any(each.sensor for schema in schemas if schema is not None for each in schema.fields.values())


def map_events(events: Sequence[Arrived], config: EventConfig, catalog: Catalog | None, now_ns: int) -> Mapped:
    """A field whose sensor does not take its value does not fit either: the event is kept, with the field verbatim."""
    mapped = Mapped()
    validator = PointValidator(catalog, now_ns) if catalog is not None else None
    for event in events:
        schema = config.schemas.get(event.type)
        split = schema.split(event.fields) if schema is not None else Split(event.fields, {})
        if schema is not None and catalog is not None and validator is not None:
            _add_points(event, schema, split, catalog, validator)
        mapped.events.append(_queued(event, schema, split, config))
    if validator is not None:
        points = validator.batch()
        mapped.points = points.part(0, len(points)) if len(points) else None
    return mapped


def _add_points(event: Arrived, schema: EventSchema, split: Split, catalog: Catalog, validator: PointValidator) -> None:
    for name, value in list(split.fields.items()):
        known = schema.fields[name]
        if not known.sensor or value is None:
            continue
        try:
            validator.add(_point(event, known, value, catalog))
        except PointError:
            split.overflow[name] = split.fields.pop(name)


def _point(event: Arrived, known: FieldSchema, value: Any, catalog: Catalog) -> RawPoint:
    site, tag = sensor_name(known.sensor, event.device)
    _, sensor = find(catalog, site, tag)
    if known.unit and sensor.unit and known.unit != sensor.unit and not isinstance(value, bool | str):
        units = _conversion(known.unit, sensor.unit)
        if units is None:
            raise PointError(f"{known.unit} cannot be converted to {sensor.unit}")
        value = float(units.to(np.array([value], np.float64))[0])
    elif isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    return RawPoint(site, tag, value, event.t * NS_PER_MS)


@lru_cache(maxsize=1_000)
def _conversion(source: str, target: str) -> Conversion | None:
    return conversion(source, target)


def _queued(event: Arrived, schema: EventSchema | None, split: Split, config: EventConfig) -> QueuedEvent:
    context = event.context
    if context is None:
        context = enriched(config.tables, event.t, event.type, event.device, event.fields)
    version = schema.version if schema is not None else 0
    body = Body(event.received, split.fields, event.firmware, version, split.overflow, context, event.attachments)
    text = msgspec.json.encode(body).decode()
    return QueuedEvent(event.t, event.type, event.device, event.id, text, bool(split.overflow))
