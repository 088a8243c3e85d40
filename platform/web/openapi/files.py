"""Operations whose request or response is a file."""

from __future__ import annotations

from typing import Any

MEDIA_TYPE = "application/octet-stream"


def takes_file(operation: dict[str, Any], max_bytes: int) -> None:
    content = {"schema": {"type": "string", "minLength": 1, "maxLength": max_bytes}}
    operation["requestBody"] = {"required": True, "content": {MEDIA_TYPE: content}}


def returns_file(operation: dict[str, Any]) -> None:
    content = {"schema": {"type": "string", "format": "binary"}}
    operation["responses"]["200"]["content"] = {MEDIA_TYPE: content}
