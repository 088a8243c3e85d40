"""Yes or no in a query."""

from __future__ import annotations

from kernel.errors import BadRequest

_WORDS = {"1": True, "true": True, "0": False, "false": False}


def parse_flag(text: str | None, name: str, default: bool = False) -> bool:
    """What `text`, the parameter `name`, says; `default` where it is not there."""
    if text is None:
        return default
    if (flag := _WORDS.get(text.lower())) is None:
        raise BadRequest(f"{name}={text[:40]} is neither true nor false.", slug="bad-flag", parameter=name)
    return flag
