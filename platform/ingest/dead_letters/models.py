"""Dead letters as the API shows them, and what it takes."""

from __future__ import annotations

import base64
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from ingest.letters import MAX_ITEM_BYTES, WRITER, Letter, Origin, decode_letter
from stores.redis.dead_letters import KeptLetter, LetterCounts

MAX_IDS = 500
LetterId = Annotated[str, Meta(min_length=1, max_length=32)]


class DeadLetter(Struct, frozen=True):
    """A point or item that could not be stored."""

    id: str
    received: Annotated[int, Meta(description="Epoch ms")]
    source: Annotated[
        str, Meta(description="Of the list of sources; `writer`: InfluxDB refused it after it was queued")
    ]
    source_id: Annotated[str, Meta(description="Of the tenant's source; empty if it is no named one")]
    endpoint: str
    sender: Annotated[str, Meta(description="The user")]
    token: Annotated[str, Meta(description="The id of the sender's token")]
    address: Annotated[str, Meta(description="The sender's network address")]
    options: Annotated[dict[str, str], Meta(description="How the item is to be read, such as its `precision`")]
    position: Annotated[int | str | None, Meta(description="In the batch, as its sender counts: the line of a body")]
    reason: str
    item: Annotated[str, Meta(description="Verbatim")]
    encoding: Annotated[Literal["utf-8", "base64"], Meta(description="Of `item`; base64 where it is not UTF-8")]
    cut: Annotated[bool, Meta(description=f"The item was longer than {MAX_ITEM_BYTES} bytes; only these were kept")]
    replayable: Annotated[bool, Meta(description="As it is; a corrected item can be sent where a source is known")]
    unmatched: Annotated[bool, Meta(description="No rule of the mapping takes it; it is replayed once one does")]


class DeadLetterCounts(Struct, frozen=True):
    """`kept` and its `bytes` now; `total` and `dropped` since the tenant exists."""

    kept: int
    bytes: int
    total: int
    dropped: Annotated[int, Meta(description="For lack of space; see the tenant's limits")]


class DeadLetterList(Struct, frozen=True):
    """Newest first."""

    results: list[DeadLetter]
    next: str | None
    counts: DeadLetterCounts


class CorrectedItem(Struct, frozen=True, forbid_unknown_fields=True):
    """How a letter is replayed."""

    item: (
        Annotated[str, Meta(min_length=1, max_length=MAX_ITEM_BYTES, description="Replaces the stored one")] | None
    ) = None


class DeadLetterIds(Struct, frozen=True, forbid_unknown_fields=True):
    """Letters to be replayed as they are."""

    ids: Annotated[list[LetterId], Meta(min_length=1, max_length=MAX_IDS)]


class RefusedLetter(Struct, frozen=True):
    """A letter that stays, and why."""

    id: str
    reason: str


class ReplayedLetters(Struct, frozen=True):
    """What became of a replay. Letters whose points are queued are gone."""

    letters: int
    points: int
    refused: list[RefusedLetter]


class RemovedLetters(Struct, frozen=True):
    """How many letters were removed."""

    removed: int


def letter_of(kept: KeptLetter) -> Letter:
    """Letters of version 0.1 had a reason and the line only."""
    if kept.reason:
        return Letter(Origin(WRITER), kept.received * 1_000_000, kept.reason, kept.payload)
    try:
        return decode_letter(kept.payload)
    except (ValueError, msgspec.MsgspecError):
        return Letter(Origin(""), kept.received * 1_000_000, "This letter cannot be read.", kept.payload, cut=True)


def present(kept: KeptLetter) -> DeadLetter:
    letter = letter_of(kept)
    origin = letter.origin
    text, encoding = _as_text(letter.item)
    return DeadLetter(
        id=kept.id,
        received=kept.received,
        source=origin.source,
        source_id=origin.via,
        endpoint=origin.endpoint,
        sender=origin.sender,
        token=origin.token,
        address=origin.address,
        options=dict(origin.options),
        position=letter.position,
        reason=letter.reason,
        item=text,
        encoding=encoding,
        cut=letter.cut,
        replayable=not letter.cut and is_decodable(letter),
        unmatched=letter.unmatched,
    )


def present_counts(counts: LetterCounts) -> DeadLetterCounts:
    return DeadLetterCounts(counts.kept, counts.bytes, counts.total, counts.dropped)


def is_decodable(letter: Letter) -> bool:
    """Whether its source is known here."""
    from ingest.sources.registry import source_named  # with views, which workers start without

    return letter.origin.source == WRITER or source_named(letter.origin.source) is not None


def _as_text(item: bytes) -> tuple[str, Literal["utf-8", "base64"]]:
    try:
        return item.decode(), "utf-8"
    except UnicodeDecodeError:
        return base64.b64encode(item).decode(), "base64"
