"""A source of a tenant: those of a kind (a folder of `ingest.sources`) whose tokens it names."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct
from msgspec import field as default

from kernel.ids import ALPHABET, LENGTH, SOURCE

MAX_SOURCES, MAX_TOKENS = 100, 200
MAX_NAME, MAX_DESCRIPTION, MAX_KIND, MAX_TOKEN = 100, 500, 40, 32

SourceId = Annotated[
    str,
    Meta(
        description="Of a source that was created; of a kind: the source of all other senders of that kind",
        extra_json_schema={"pattern": f"^({SOURCE}[{ALPHABET}]{{{LENGTH}}}|[a-z]{{1,{MAX_KIND}}})$"},
    ),
]
TokenId = Annotated[str, Meta(extra_json_schema={"minLength": 1, "maxLength": MAX_TOKEN})]
Tokens = Annotated[
    list[TokenId],
    Meta(extra_json_schema={"maxItems": MAX_TOKENS}),
    Meta(description="Ids of the API tokens that send it, as in `GET /api/v1/tokens`"),
]


OnError = Annotated[
    Literal["skip", "retry", "stop"],
    Meta(
        description="What happens to a batch with items that cannot be stored. `skip`: they become dead letters, and "
        "the others are stored. `retry`: nothing is stored, and its sender is asked to resend it later. `stop`: "
        "nothing is stored, and the source is paused"
    ),
]


class Paused(Struct, frozen=True):
    """Since when and by whom."""

    since: Annotated[int, Meta(description="Epoch ms")]
    by: Annotated[str, Meta(description="Empty: its error policy")]
    reason: Annotated[str, Meta(description="What could not be stored and why; empty: a person paused it")] = ""


class NamedSource(Struct, frozen=True):
    """What a tenant has set for a source. While it is paused its senders are asked to retry later."""

    id: SourceId
    kind: Annotated[str, Meta(description="How it sends, such as influxdb or events")]
    name: Annotated[str, Meta(description="Empty: the other senders of the kind")] = ""
    tokens: Tokens = default(default_factory=list)
    description: str = ""
    on_error: OnError = "skip"
    paused: Annotated[Paused | None, Meta(description="Null: what it sends is taken")] = None
    revision: Annotated[int, Meta(description="Send it back to say which state you changed", ge=1, le=2**63 - 1)] = 1


def stage_of(source: NamedSource) -> str:
    """As `Origin.stage` of what it sends."""
    return source.kind if source.id == source.kind else f"{source.kind}/{source.id}"
