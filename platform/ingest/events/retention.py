"""How long events are kept."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from ingest.events import attachments
from kernel.errors import BadRequest
from kernel.tenancy import TenantConnection
from kernel.times import DAY
from stores.timeseries.events import delete_events
from web.attachments import recount
from web.stores import documents, writer

SETTINGS, ID = "event_settings", "retention"
MIN_DAYS, MAX_DAYS = 1, 36_500


class EventRetention(Struct, frozen=True, forbid_unknown_fields=True):
    """How long events and their attachments are kept, by the events' own times."""

    days: Annotated[
        Annotated[int, Meta(extra_json_schema={"minimum": MIN_DAYS, "maximum": MAX_DAYS})] | None,
        Meta(description=f"{MIN_DAYS} to {MAX_DAYS:,}; null: forever"),
    ]


def retention_of(tenant: TenantConnection) -> EventRetention:
    kept = documents(tenant).get(SETTINGS, ID)
    return EventRetention(kept["days"] if kept is not None else None)


def set_retention(tenant: TenantConnection, wanted: EventRetention) -> None:
    """It takes effect with the next daily run."""
    days = wanted.days
    if days is not None and not MIN_DAYS <= days <= MAX_DAYS:
        raise BadRequest(f"days={days} is not from {MIN_DAYS} to {MAX_DAYS:,}.", slug="bad-retention", field="days")
    database = documents(tenant)
    with database.exclusive(SETTINGS):
        if database.get(SETTINGS, ID) is None:
            database.insert(SETTINGS, {"_id": ID, "days": days})
        else:
            database.change(SETTINGS, ID, lambda document: {**document, "days": days})


def apply(tenant: TenantConnection, now_ms: int) -> None:
    """Delete what is older than is kept. Can be repeated."""
    days = retention_of(tenant).days
    if days is not None:
        before = now_ms - days * DAY
        delete_events(writer(tenant), before)
        attachments.delete_before(tenant, before)
    recount(tenant)
