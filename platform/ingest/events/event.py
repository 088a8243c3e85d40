"""One event as it was sent, checked, and the text it is stored as. Pure."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping
from typing import Any
from zlib import crc32

import msgspec

from ingest.points import PointError
from ingest.validation import MAX_AHEAD_NS, MIN_TIME_NS
from kernel.errors import BadRequest
from kernel.ids import ALPHABET, EVENT
from kernel.times import NS_PER_MS, parse_time

MAX_ITEM_BYTES = 256 << 10
MAX_FIELDS = 256
MAX_DEPTH = 8
MAX_NAME_CHARS = 64
MAX_DEVICE_CHARS = 100
MAX_FIRMWARE_CHARS = 60
MAX_STORED_BYTES = 32 << 10  # InfluxDB takes strings of 64 KiB
SHARDS = 64  # devices share a series by their checksum, so that their number costs no series
TYPE_PATTERN = r"[A-Za-z0-9_][A-Za-z0-9_.:-]{0,63}"
DIGEST_BYTES = 10
_TYPE, _CONTROL = re.compile(TYPE_PATTERN), re.compile(r"[\x00-\x1f\x7f]")
_OWN = frozenset({"ts", "type", "device", "firmware"})


class EventError(PointError):
    """Why an item is not an event."""

    decoded = False


class SentEvent(msgspec.Struct, frozen=True):
    """An event as a client sent it. `t` is in epoch ms; `digest` is equal for equal events."""

    t: int
    type: str
    device: str
    firmware: str
    fields: dict[str, Any]
    digest: bytes


class Attachment(msgspec.Struct, frozen=True):
    """The reference of a long text or payload. `key` is below the tenant's; its last part names it in the event."""

    key: str
    bytes: int
    media_type: str

    @property
    def name(self) -> str:
        return self.key.rpartition("/")[2]


class Body(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is stored of an event beside its time, type, device and id, as JSON.

    `overflow` holds what did not fit the schema of the type, verbatim; `context` what look-up tables added;
    `attachments` the references of long texts, by the name of their field.
    """

    received: int
    fields: dict[str, Any]
    firmware: str = ""
    version: int = 0
    overflow: dict[str, Any] = {}
    context: dict[str, str] = {}
    attachments: dict[str, Attachment] = {}


def parse_event(item: bytes, now_ns: int) -> SentEvent:
    """Raises EventError. The cost is linear in the item's length."""
    if len(item) > MAX_ITEM_BYTES:
        raise EventError(f"the event has {len(item):,} bytes; at most {MAX_ITEM_BYTES:,} are accepted")
    value = _decode(item)
    if not isinstance(value, dict):
        raise EventError('an event is a JSON object such as {"ts": …, "type": …, "device": …}')
    type_, device, firmware = (_text(value, name) for name in ("type", "device", "firmware"))
    t = _time(value, now_ns)
    _check_names(type_, device, firmware)
    fields = {name: inner for name, inner in value.items() if name not in _OWN}
    _check_fields(fields)
    return SentEvent(t, type_, device, firmware, fields, _digest(t, type_, device, firmware, fields))


def shard_of(device: str) -> int:
    return crc32(device.encode()) % SHARDS


def event_id(t: int, device: str, digest: bytes) -> str:
    """A letter, the time (9 characters), the shard (2) and the digest (16)."""
    return (
        EVENT
        + _letters(t - MIN_TIME_NS // NS_PER_MS, 9)
        + _letters(shard_of(device), 2)
        + _letters(int.from_bytes(digest), 16)
    )


def place_of(id: str) -> tuple[int, int] | None:
    """The time in ms and the shard of an event's id; None if it is not one."""
    if len(id) != 28 or id[0] != EVENT or any(letter not in ALPHABET for letter in id[1:]):
        return None
    return _number(id[1:10]) + MIN_TIME_NS // NS_PER_MS, _number(id[10:12])


def digest_in(tenant: str, digest: bytes, occurrence: int) -> bytes:
    """Of a tenant's event of which a batch had that many equal ones before: ids are unique across tenants."""
    content = digest + occurrence.to_bytes(4) + tenant.encode()
    return hashlib.blake2b(content, digest_size=DIGEST_BYTES).digest()


def _digest(t: int, *content: Any) -> bytes:
    text = msgspec.json.encode((t, *content), order="sorted")
    return hashlib.blake2b(text, digest_size=DIGEST_BYTES).digest()


def _letters(number: int, count: int) -> str:
    return "".join(ALPHABET[(number >> (5 * place)) & 31] for place in range(count))


def _number(letters: str) -> int:
    return sum(ALPHABET.index(letter) << (5 * place) for place, letter in enumerate(letters))


def _decode(item: bytes) -> Any:
    try:
        return json.loads(item.decode(), object_pairs_hook=_object, parse_constant=_no_constant)
    except RecursionError:
        raise EventError(f"the event is nested deeper than {MAX_DEPTH} levels") from None
    except UnicodeDecodeError:
        raise EventError("the event is not UTF-8") from None
    except ValueError as error:  # also a whole number of thousands of digits
        raise EventError(f"the event is not JSON: {str(error)[:200]}") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in value if names.count(name) > 1) if len(names) <= MAX_FIELDS else "…"
        raise EventError(f"the member {twice[:MAX_NAME_CHARS]!r} appears twice")
    return value


def _no_constant(text: str) -> Any:
    raise EventError(f"{text} is not a number in JSON; leave the field out or send null")


def _text(value: Mapping[str, Any], name: str) -> str:
    text = value.get(name, "")
    if not isinstance(text, str):
        raise EventError(f"`{name}` must be a text")
    return text


def _time(value: Mapping[str, Any], now_ns: int) -> int:
    given = value.get("ts")
    if given is None:
        raise EventError("`ts` is missing: epoch milliseconds, or ISO 8601 with a zone")
    if isinstance(given, bool) or not isinstance(given, int | float | str):
        raise EventError("`ts` must be epoch milliseconds, or ISO 8601 with a zone")
    if isinstance(given, float):
        if not math.isfinite(given) or abs(given) > 2**53:
            raise EventError("`ts` is outside the years that can be stored")
        given = math.floor(given)
    try:
        t = parse_time(str(given), "ts")
    except BadRequest as error:
        raise EventError(error.detail) from None
    if not MIN_TIME_NS <= t * NS_PER_MS <= now_ns + MAX_AHEAD_NS:
        raise EventError("`ts` is before 1980 or more than a day ahead; numbers are epoch milliseconds")
    return t


def _check_names(type_: str, device: str, firmware: str) -> None:
    if not _TYPE.fullmatch(type_):
        raise EventError(
            "`type` is missing or not a name: up to 64 letters, digits, _, ., : and -, beginning with a letter, "
            "digit or _"
        )
    if not 0 < len(device) <= MAX_DEVICE_CHARS or _CONTROL.search(device) or not _is_unicode(device):
        raise EventError(
            f"`device` is missing or not a name: 1 to {MAX_DEVICE_CHARS} characters, no control characters"
        )
    if len(firmware) > MAX_FIRMWARE_CHARS or _CONTROL.search(firmware) or not _is_unicode(firmware):
        raise EventError(f"`firmware` has at most {MAX_FIRMWARE_CHARS} characters, and no control characters")


def _check_fields(fields: Mapping[str, Any]) -> None:
    if len(fields) > MAX_FIELDS:
        raise EventError(f"the event has {len(fields)} fields; at most {MAX_FIELDS} are accepted")
    for name, value in fields.items():
        if not 0 < len(name) <= MAX_NAME_CHARS or _CONTROL.search(name) or not _is_unicode(name):
            raise EventError(
                f"the field {name[:MAX_NAME_CHARS]!r} needs a name of 1 to {MAX_NAME_CHARS} characters, no control "
                "characters"
            )
        _check_value(name, value, 1)


def _check_value(name: str, value: Any, depth: int) -> None:
    if isinstance(value, str):
        if not _is_unicode(value):
            raise EventError(f"the field {name!r} has half of a surrogate pair, which is no character")
    elif isinstance(value, int):
        if not -(2**63) <= value < 2**63:
            raise EventError(f"the field {name!r} has a whole number of more than 64 bits; send it as a text")
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise EventError(f"the field {name!r} has a number beyond the range of floats")
    elif isinstance(value, dict | list):
        if depth >= MAX_DEPTH:
            raise EventError(f"the field {name!r} is nested deeper than {MAX_DEPTH} levels")
        if isinstance(value, dict):
            for inner_name in value:
                if not _is_unicode(inner_name):
                    raise EventError(f"the field {name!r} has half of a surrogate pair, which is no character")
        for inner in value.values() if isinstance(value, dict) else value:
            _check_value(name, inner, depth + 1)


def _is_unicode(text: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
