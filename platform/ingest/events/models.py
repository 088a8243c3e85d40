"""Events as the API shows them."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from ingest.events.event import Attachment, Body
from stores.timeseries.events import StoredEvent

NS_PER_MS = 1_000_000
Fields = Annotated[dict[str, Any], Meta(extra_json_schema={"additionalProperties": True})]


class AttachmentInfo(Struct, frozen=True):
    """A long text or payload, at an address of its own."""

    bytes: int
    media_type: str
    address: str


class Event(Struct, frozen=True):
    """Something that happened."""

    id: str
    ts: Annotated[int, Meta(description="Epoch ms")]
    type: str
    device: str
    firmware: str
    received: Annotated[int, Meta(description="Epoch ms")]
    version: Annotated[int, Meta(description="Of its type's schema; 0: it had none")]
    fields: Fields
    overflow: Annotated[Fields, Meta(description="What did not fit the schema, verbatim")] = msgspec.field(
        name="_overflow"
    )
    context: Annotated[dict[str, str], Meta(description="What look-up tables added")]
    attachments: Annotated[dict[str, AttachmentInfo], Meta(description="Long texts, by the name of their field")]


class EventList(Struct, frozen=True):
    """Newest first."""

    results: list[Event]
    next: str | None


class RefusedItem(Struct, frozen=True):
    """An item that is no event; it is kept as a dead letter."""

    index: Annotated[int, Meta(description="From 0, in the array or among the lines that are not empty")]
    reason: str


class AcceptedEvents(Struct, frozen=True):
    """What became of a batch. All of it is durable."""

    accepted: int
    refused: int
    errors: Annotated[list[RefusedItem], Meta(description="The first of the refused items")]


_decoder = msgspec.json.Decoder(Body)


def body_of(stored: StoredEvent) -> Body:
    return _decoder.decode(stored.body)


def _info(id: str, attachment: Attachment) -> AttachmentInfo:
    address = f"/api/v1/events/{id}/attachments/{attachment.name}"
    return AttachmentInfo(attachment.bytes, attachment.media_type, address)


def present(stored: StoredEvent) -> Event:
    body = body_of(stored)
    return Event(
        id=stored.id,
        ts=stored.t // NS_PER_MS,
        type=stored.type,
        device=stored.device,
        firmware=body.firmware,
        received=body.received,
        version=body.version,
        fields=body.fields,
        overflow=body.overflow,
        context=body.context,
        attachments={name: _info(stored.id, each) for name, each in body.attachments.items()},
    )
