"""Dump and restore of Redis keys."""

from __future__ import annotations

import secrets
from pathlib import Path

from django.conf import settings

from runtime.supervisor import Supervisor
from stores.redis.client import redis_client
from stores.redis.dumping import dump_keys, restore_keys
from stores.redis.latest import Latest
from stores.redis.marks import EPOCH_KEY
from stores.redis.streams import Streams


def test_all_keys_are_restored_except_the_epoch_of_the_ladder(servers: Supervisor, tmp_path: Path) -> None:
    """Samples are copied after the keys, so marks of samples that arrive in between are not in the copy."""
    streams, prefix = Streams(settings.REDIS_URL), f"pt:t{secrets.token_hex(5)}:"
    try:
        streams.latest.store(prefix, {"s1": Latest(5, 1.5, 0)})
        streams.marks.enroll(prefix, {"s1": (60_000, "continuous")}, (0, 60_000), 0)
        streams.marks.set_epoch(prefix, "one")
        streams.marks.set_horizon(prefix, "site", 7)
        before = streams.marks.state(prefix, ["s1"])
        count = dump_keys(settings.REDIS_URL, [prefix], tmp_path / "keys")
        client = redis_client(settings.REDIS_URL)
        client.delete(*client.scan_iter(match=f"{prefix}*"))
        assert restore_keys(settings.REDIS_URL, tmp_path / "keys", skipped=[EPOCH_KEY]) == count - 1
        after = streams.marks.state(prefix, ["s1"])
        assert (before.epoch, after.epoch) == ("one", "")
        assert (after.sensors, after.horizons) == (before.sensors, before.horizons)
        assert streams.latest.read(prefix, ["s1"]) == {"s1": Latest(5, 1.5, 0)}
    finally:
        streams.drop_tenant(prefix)
