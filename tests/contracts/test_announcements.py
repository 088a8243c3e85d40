"""The contract of announcements for the live stream, against a real Redis."""

from __future__ import annotations

import asyncio
import secrets
from typing import Any

import pytest
from django.conf import settings

from runtime.supervisor import Supervisor
from stores.redis.client import redis_client
from stores.redis.latest import Latest
from stores.redis.live_scripts import WANTED
from stores.redis.streams import Streams
from stream.process.hub import Viewer
from stream.process.pump import Pump, now_ms


@pytest.fixture
def prefix(servers: Supervisor) -> str:
    return f"pt:t{secrets.token_hex(5)}:"


def test_each_process_learns_that_announcements_had_lapsed(prefix: str) -> None:
    redis: Any = redis_client(settings.REDIS_URL)

    async def comes_back() -> Viewer:
        first, second = Pump(settings.REDIS_URL), Pump(settings.REDIS_URL)
        hub = await second.hub(prefix, "e:1", "")
        left_at = hub.last
        redis.delete(prefix + WANTED)  # as after a minute without viewers
        Streams(settings.REDIS_URL).latest.store(prefix, {"s1": Latest(1, 1.0)})
        await first.hub(prefix, "e:1", "")
        again = await second.hub(prefix, "e:1", "")
        assert again is hub
        await second._read()
        viewer = Viewer(("s1",), frozenset(), after=left_at)
        hub.join(viewer, now_ms())
        return viewer

    try:
        assert asyncio.run(comes_back()).reload, "what was not announced has to be read"
    finally:
        redis.delete(prefix + "live", prefix + WANTED, prefix + "latest")
