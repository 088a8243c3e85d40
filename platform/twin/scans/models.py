"""A scan without its picture, and what is sent for a new one."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from twin.scans.images import MAX_IMAGE_BYTES

MAX_SCANS = 100  # of a tenant
MAX_BYTES = 64 << 20  # of all of a tenant's, re-encoded
MAX_NAME = 80
MAX_BASE64 = (MAX_IMAGE_BYTES + 2) // 3 * 4


class NewScan(Struct, forbid_unknown_fields=True):
    """Body of POST."""

    name: Annotated[str, Meta(max_length=MAX_NAME, extra_json_schema={"minLength": 1})]
    image: Annotated[
        str,
        Meta(
            description="A PNG or JPEG file, in base64",
            extra_json_schema={"minLength": 1, "maxLength": MAX_BASE64, "contentEncoding": "base64"},
        ),
    ]


class Scan(Struct, frozen=True):
    """`width`, `height` in the picture's own pixels; `size` in bytes, re-encoded. `created` in epoch ms."""

    id: str
    name: str
    width: int
    height: int
    size: int
    author: str
    created: int
