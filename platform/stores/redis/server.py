"""The Redis server itself: whether it answers, and how it is set up."""

from __future__ import annotations

from collections.abc import Iterable

from stores.redis.client import redis_client
from stores.redis.errors import translated

TIMEOUT_S = 1.0


def ping(url: str) -> None:
    with translated("answering a ping"):
        redis_client(url, TIMEOUT_S).ping()


def read_settings(url: str, names: Iterable[str]) -> dict[str, str]:
    """The result of `CONFIG GET`, without settings that the server does not know."""
    with translated("telling its settings"):
        found = {name: redis_client(url, TIMEOUT_S).config_get(name).get(name) for name in names}
    return {name: _text(value) for name, value in found.items() if value is not None}


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value
