"""The endpoint of events in the OpenAPI document; the list at the same address, too."""

from __future__ import annotations

from ingest.events.event import MAX_DEVICE_CHARS, MAX_FIRMWARE_CHARS
from ingest.events.models import AcceptedEvents
from ingest.sources.events.operations import MAX_EVENTS
from ingest.sources.events.views import MAX_BYTES
from web.openapi import describe, operation

_SENT = {
    "type": "object",
    "required": ["ts", "type", "device"],
    "description": (
        "`ts`: epoch ms, or ISO 8601 with a zone. `type`: up to 64 letters, digits, `_`, `.`, `:` and `-`. "
        f"`device`: 1 to {MAX_DEVICE_CHARS} characters. `firmware` (optional): at most {MAX_FIRMWARE_CHARS}. All other "
        "members are fields."
    ),
}
_EXAMPLE = [{"ts": 1773481320000, "type": "door.opened", "device": "M-17", "firmware": "2.4.1", "by": "service"}]


def declare() -> None:
    sending = operation(
        "eventsSend", "Send events", "events", responses={202: AcceptedEvents},
        description=(
            "A JSON array, or one object per line (NDJSON); `Content-Encoding: gzip` is accepted. 202: every event is "
            "on disk, and items that are none are kept as dead letters. 400 `events-refused`: not one item is an "
            "event; they are kept, too. Any other response: nothing was stored or kept. Sending a batch again stores "
            "no event twice."
        ),
    )  # fmt: skip
    lines = {"type": "string", "maxLength": MAX_BYTES}
    sending["requestBody"] = {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"type": "array", "minItems": 1, "maxItems": MAX_EVENTS, "items": _SENT},
                "example": _EXAMPLE,
            },
            "application/x-ndjson": {"schema": lines},
        },
    }
    describe("/api/v1/events", "post", sending)
