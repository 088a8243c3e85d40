"""What one tenant's pod writes into Redis ends at most that tenant's streams."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import redis
import requests

from stream.process.messages import MAX_EVENT_MESSAGES
from tests.stream.conftest import Listen, Plant, id_of
from tests.waiting import wait_until


def _a_value(client: redis.Redis, prefix: str, sensor: str) -> None:
    client.hset(f"{prefix}latest", sensor, b"x")
    client.xadd(f"{prefix}live", {"s": sensor})


def _an_announcement(client: redis.Redis, prefix: str, sensor: str) -> None:
    client.xadd(f"{prefix}live", {"s": b"\xff"})


def _a_type(client: redis.Redis, prefix: str, sensor: str) -> None:
    client.set(f"{prefix}live", "x")


def _a_message(client: redis.Redis, prefix: str, sensor: str) -> None:
    client.xadd(f"{prefix}live", {"m": "x"})


def _a_nested_message(client: redis.Redis, prefix: str, sensor: str) -> None:
    client.xadd(f"{prefix}live", {"m": '{"x":' + "[" * 100_000})


def _messages_about_events(client: redis.Redis, prefix: str, sensor: str) -> None:
    with client.pipeline() as pipe:
        for _ in range(MAX_EVENT_MESSAGES + 2):
            pipe.xadd(f"{prefix}live", {"m": '{"topic":"events"}'})
        pipe.execute()


DAMAGES = [_a_value, _an_announcement, _a_type, _a_message, _a_nested_message, _messages_about_events]


@pytest.mark.parametrize("damage", DAMAGES)
def test_something_malformed_ends_only_streams_of_its_tenant(
    plant: Plant, rival: Plant, listen: Listen, damage: Callable[[redis.Redis, str, str], None]
) -> None:
    ours, theirs = plant.sensors["TT-0"], rival.sensors["TT-0"]
    mine, other = listen(sensors=ours), listen(rival.headers(), sensors=theirs)
    rival.write(**{"TT-0": 1.0})
    other.wait_for(lambda it: it.values().get(theirs, {}).get("v") == 1.0)
    client = redis.Redis.from_url(plant.platform.home.redis_url)
    prefix = f"pt:{id_of(rival)}:"
    try:
        damage(client, prefix, theirs)
        assert other.ended.wait(60)
        assert other.named("end")[0].data == {"reason": "its values cannot be read"}
        assert listen(rival.headers(), sensors=theirs).status == 503
        plant.write(**{"TT-0": 90.0})
        mine.wait_for(lambda it: it.values().get(ours, {}).get("v") == 90.0)
        assert not mine.ended.is_set()
        healthy = requests.get(plant.url.replace("/api/v1/stream", "/healthz"), timeout=5)
        assert healthy.status_code == 200
        mine.close()
    finally:
        client.delete(f"{prefix}live")
        client.hdel(f"{prefix}latest", theirs)
    again = wait_until(lambda: (it := listen(rival.headers(), sensors=theirs)).status == 200 and it)
    rival.write(**{"TT-0": 2.0})
    again.wait_for(lambda it: it.values().get(theirs, {}).get("v") == 2.0)
