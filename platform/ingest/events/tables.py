"""Look-up tables that a tenant keeps."""

from __future__ import annotations

import re

import msgspec

from catalog.zones import check_zone
from ingest.events import repository
from ingest.events.config import table_of
from ingest.events.lookup import LookupTable, Row, wrong_with
from ingest.events.repository import TABLES, Kept, Version
from ingest.events.type_models import EventTable, EventTableInfo, NewTable, VersionInfo
from kernel.errors import BadRequest, NotFound
from kernel.tenancy import TenantConnection
from web.paging import bad_cursor

MAX_TABLES = 50
_CURSOR = re.compile(r"([0-9]{1,16})\.([0-9]{1,6})")
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}")


def find_all(tenant: TenantConnection) -> list[EventTableInfo]:
    """In the order in which they are applied."""
    return [_info(kept) for kept in repository.find_all(tenant, TABLES, without=["content.rows"])]


def find(tenant: TenantConnection, name: str) -> EventTable:
    """Raises NotFound."""
    kept = repository.find(tenant, TABLES, name)
    if kept is None:
        raise _unknown(name)
    return _presented(kept)


def put(tenant: TenantConnection, name: str, new: NewTable, revision: int | None, author: str, now: int) -> EventTable:
    """Store a table; it is applied to events that arrive from now on. BadRequest, and as `repository.put`."""
    if not _NAME.fullmatch(name):
        raise BadRequest(
            "A table's name has up to 64 letters, digits, _, . and -, beginning with a letter, digit or _.",
            slug="bad-name",
        )
    try:
        check_zone(new.timezone)
    except ValueError as error:
        raise BadRequest(str(error), slug="bad-timezone", field="timezone") from None
    table = LookupTable(new.rows, new.key, new.types, new.timezone)
    if (wrong := wrong_with(table)) is not None:
        raise BadRequest(f"rows[{wrong[0]}]: {wrong[1]}.", slug="bad-table", field="rows")

    def make(version: int, key: str) -> Version:
        return Version(version, author, now, new.note, key, len(new.rows))

    return _presented(repository.put(tenant, TABLES, name, msgspec.to_builtins(table), make, revision, MAX_TABLES))


def put_rows(
    tenant: TenantConnection, name: str, rows: list[Row], revision: int | None, author: str, now: int
) -> EventTable:
    """Replace the rows of a table that exists, all of them or none. Raises NotFound, and as `put`."""
    before = find(tenant, name)
    new = NewTable(rows, before.key, before.types, before.timezone)
    return put(tenant, name, new, revision, author, now)


def rows_after(table: EventTable, cursor: str | None, limit: int) -> tuple[list[Row], str]:
    """A page of the rows, and the cursor of the next one, empty after the last. BadRequest for a cursor of another
    list, or of this one before it was changed.
    """
    start = 0
    if cursor is not None:
        match = _CURSOR.fullmatch(cursor)
        if match is None or int(match[1]) != table.revision:
            raise bad_cursor()
        start = int(match[2])
    end = start + limit
    return table.rows[start:end], f"{table.revision}.{end}" if end < len(table.rows) else ""


def remove(tenant: TenantConnection, name: str, revision: int | None) -> EventTable:
    """Raises NotFound, and Conflict if it is of another revision by now."""
    gone = repository.remove(tenant, TABLES, name, revision)
    if gone is None:
        raise _unknown(name)
    return _presented(gone)


def info_of(table: EventTable) -> EventTableInfo:
    rows = len(table.rows)
    return EventTableInfo(table.name, table.revision, table.key, table.types, table.timezone, rows, table.version)


def _presented(kept: Kept) -> EventTable:
    table = table_of(kept.content)
    return EventTable(kept.name, kept.revision, table.key, table.types, table.timezone, table.rows, _version(kept))


def _info(kept: Kept) -> EventTableInfo:
    table = table_of({"rows": [], **kept.content})
    rows = kept.present.items
    return EventTableInfo(kept.name, kept.revision, table.key, table.types, table.timezone, rows, _version(kept))


def _version(kept: Kept) -> VersionInfo:
    last = kept.present
    return VersionInfo(last.version, last.author, last.created, last.note)


def _unknown(name: str) -> NotFound:
    return NotFound(f"There is no look-up table “{name[:80]}”.", slug="no-such-table")
