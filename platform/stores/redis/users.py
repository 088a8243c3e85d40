"""Redis users of single tenants (ADR 0039). Redis forgets them when it restarts: whoever makes them looks again."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from typing import Any

from kernel.tenancy import Credentials
from stores.redis.client import redis_client
from stores.redis.errors import translated

NAMES = "tenant-"  # ours begin with this; others are left alone

# What our code says to Redis about one tenant, and no more. A command that takes keys is held to the user's keys. There
# is none that answers with names of keys (KEYS, SCAN, RANDOMKEY).
COMMANDS = (
    *("auth", "hello", "ping", "select"),
    *("eval", "evalsha", "script|load", "script|exists", "time"),
    *("exists", "del", "expire", "pexpire", "pttl"),
    *("get", "set", "mget", "incr", "incrby", "decrby"),
    *("hget", "hset", "hsetnx", "hmget", "hgetall", "hdel", "hexists", "hincrby", "hlen"),
    *("zadd", "zrem", "zcard", "zcount", "zscore", "zrange", "zrangebyscore", "zremrangebyrank", "zpopmin", "bzpopmin"),
    *("xadd", "xack", "xdel", "xlen", "xrange", "xrevrange", "xreadgroup", "xautoclaim", "xgroup|create"),
)


class RedisUsers:
    """Raises Unavailable if Redis is down, or does not let us manage users."""

    def __init__(self, url: str) -> None:
        self._redis: Any = redis_client(url)

    def ensure(self, credentials: Credentials, prefixes: Collection[str]) -> None:
        """The user has these keys, our commands and this password, and nothing else. Who is signed in stays so."""
        digest = hashlib.sha256(credentials.password.encode()).hexdigest()
        keys = [f"~{prefix}*" for prefix in sorted(prefixes)]
        commands = [f"+{command}" for command in COMMANDS]
        with translated("making a tenant's user"):
            self._redis.execute_command(
                "ACL SETUSER", credentials.username, "reset", "on", f"#{digest}", *keys, *commands
            )

    def remove(self, username: str) -> None:
        """It is gone, and whoever is signed in with it is disconnected."""
        with translated("removing a tenant's user"):
            self._redis.execute_command("ACL DELUSER", username)

    def names(self) -> set[str]:
        """Users of tenants that Redis knows."""
        with translated("looking for tenants' users"):
            return {name for name in self._redis.acl_users() if name.startswith(NAMES)}
