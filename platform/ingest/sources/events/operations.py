"""Bodies of events into the queue, and items of dead letters once more."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from ingest.events.event import EventError, parse_event
from ingest.events.operations import own_event, take_events
from ingest.fleet.registry import registry_of
from ingest.letters import Origin
from ingest.operations import Points
from ingest.points import PointError
from kernel.errors import BadRequest
from kernel.tenancy import TenantConnection

NAME = "events"
DEVICE = "device"  # the option of a dead letter that has the id of the device whose own token sent it
MAX_EVENTS = 10_000  # in one request
_decoder = msgspec.json.Decoder(list[msgspec.Raw])


def items_of(body: bytes) -> list[bytes]:
    """The events of an array, or of lines that are not empty; each is checked later. BadRequest for anything else."""
    text = body.lstrip(b" \t\r\n\xef\xbb\xbf")
    items = _of_array(text) if text.startswith(b"[") else [line for line in text.splitlines() if line.strip()]
    if len(items) > MAX_EVENTS:
        raise BadRequest(
            f"The body has {len(items):,} events; send at most {MAX_EVENTS:,} in one request.", slug="too-many-events"
        )
    if not items:
        raise BadRequest("The body has no events: send a JSON array, or one object per line.", slug="no-events")
    return items


def _of_array(text: bytes) -> list[bytes]:
    try:
        return [bytes(raw) for raw in _decoder.decode(text)]
    except msgspec.MsgspecError as error:
        raise BadRequest(f"The body is not a JSON array: {error}. Nothing of it was stored.", slug="not-json") from None
    except RecursionError:
        raise BadRequest("The body is nested too deeply. Nothing of it was stored.", slug="invalid-body") from None


def take_item(tenant: TenantConnection, item: bytes, now_ns: int, origin: Origin) -> int:
    """Queue the event of a dead letter. BadRequest if it still is none; then it is not kept once more."""
    if (sender := origin.options.get(DEVICE)) is not None:
        _check_sender(tenant, sender, item, now_ns)
    taken = take_events(tenant, [item], now_ns, origin, keep_letters=False)
    if taken.refused:
        raise _still_wrong(taken.refusals[0].reason)
    return taken.accepted


def _check_sender(tenant: TenantConnection, sender: str, item: bytes, now_ns: int) -> None:
    """A replay stores no event that the token of this device could not have sent."""
    device = registry_of(tenant).by_id.get(sender)
    if device is None:
        raise _still_wrong("the device that sent it is no longer registered; remove the letter")
    try:
        own_event(parse_event(item, now_ns), device)
    except EventError as error:
        raise _still_wrong(str(error)) from None


def _still_wrong(reason: str) -> BadRequest:
    return BadRequest(f"Still wrong: {reason}.", slug="events-refused", field="item")


def decode(item: bytes, options: Mapping[str, str]) -> Points:
    """Its letters are replayed by `take_item`."""
    return [(0, PointError("an event is replayed on its own"))]
