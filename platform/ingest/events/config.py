"""What a tenant has set for its events, in memory: checked against Redis at each use, as the catalog is."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from ingest.events import repository
from ingest.events.lookup import CompiledTable, LookupTable, compiled
from ingest.events.repository import SCHEMAS, TABLES, Kept
from ingest.events.schema import EventSchema, FieldSchema
from kernel.tenancy import TenantConnection
from stores.redis.epochs import Position

MEMORY_PER_BYTE = 18  # in memory, for each byte of JSON; measured: 5 to 17.5, most for small rows
MAX_TENANTS, MAX_BYTES = 50, 96 << 20  # remembered in one process


@dataclass(frozen=True, slots=True)
class EventConfig:
    """The present schemas by type, and the look-up tables in the order of their names."""

    position: Position
    schemas: Mapping[str, EventSchema]
    tables: tuple[CompiledTable, ...]
    bytes: int  # in memory, at most


_known: OrderedDict[str, EventConfig] = OrderedDict()
_lock = threading.Lock()


def config_of(tenant: TenantConnection) -> EventConfig:
    """As of now; one round trip to Redis while nothing has changed."""
    position = repository.log_of(tenant).position()
    with _lock:
        known = _known.get(tenant.documents)
    if known is not None and known.position.epoch == position.epoch and known.position.number >= position.number:
        return known
    kept_schemas, kept_tables = (repository.find_all(tenant, collection) for collection in (SCHEMAS, TABLES))
    schemas = {kept.name: schema_of(kept) for kept in kept_schemas}
    tables = tuple(compiled(table_of(kept.content)) for kept in kept_tables)
    size = MEMORY_PER_BYTE * sum(kept.present.bytes for kept in (*kept_schemas, *kept_tables))
    config = EventConfig(position, schemas, tables, size)
    with _lock:
        _known[tenant.documents] = config
        _known.move_to_end(tenant.documents)
        while len(_known) > 1 and (len(_known) > MAX_TENANTS or _bytes_known() > MAX_BYTES):
            _known.popitem(last=False)
    return config


def _bytes_known() -> int:
    return sum(config.bytes for config in _known.values())


def schema_of(kept: Kept) -> EventSchema:
    return EventSchema(kept.version, fields_of(kept.content))


def fields_of(content: Mapping[str, Any]) -> dict[str, FieldSchema]:
    return msgspec.convert(content["fields"], dict[str, FieldSchema])


def table_of(content: Mapping[str, Any]) -> LookupTable:
    return msgspec.convert(content, LookupTable)
