"""Dead letters: single points and items that could not be stored, with what is known of where they came from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

MAX_ITEM_BYTES = 65_536
MAX_REASON_CHARS = 1_000
REPLAY = "replay"  # the source of dead letters that are stored after all
WRITER = "writer"  # the source of what InfluxDB refused after it was queued


class Origin(msgspec.Struct, frozen=True):
    """Where a batch came from. `source`: the kind; `via`: the id of the tenant's source, if it is a named one;
    `device`: the id of the one that its token is bound to; `options`: what the kind needs to decode an item once more.
    """

    source: str
    endpoint: str = ""
    sender: str = ""
    token: str = ""
    address: str = ""
    options: Mapping[str, str] = {}
    via: str = ""
    device: str = ""

    @property
    def stage(self) -> str:
        """By which it is counted and mapped: `influxdb`, or `influxdb/q7k2m9q4xwa`."""
        return f"{self.source}/{self.via}" if self.via else self.source


class Letter(msgspec.Struct, frozen=True, omit_defaults=True):
    """As kept. `at` is when it arrived, in ns; `position` is in its source's terms; `cut`: the item was longer;
    `unmatched`: a rule of the mapping would help; `fields`: those that were not stored, all if there is none.
    """

    origin: Origin
    at: int
    reason: str
    item: bytes
    position: int | str | None = None
    cut: bool = False
    unmatched: bool = False
    fields: tuple[str, ...] = ()


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Letter)


def encode_letter(
    origin: Origin,
    at: int,
    reason: str,
    item: bytes,
    position: Any = None,
    unmatched: bool = False,
    fields: tuple[str, ...] = (),
) -> bytes:
    return _encoder.encode(
        Letter(
            origin,
            at,
            reason[:MAX_REASON_CHARS],
            item[:MAX_ITEM_BYTES],
            _plain_position(position),
            len(item) > MAX_ITEM_BYTES,
            unmatched,
            fields,
        )
    )


def decode_letter(payload: bytes) -> Letter:
    """Raises ValueError if the payload is not a letter."""
    return _decoder.decode(payload)


def _plain_position(position: Any) -> int | str | None:
    if position is None or isinstance(position, str) or (isinstance(position, int) and abs(position) < 2**53):
        return position
    return msgspec.json.encode(position, enc_hook=str).decode()
