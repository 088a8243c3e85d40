"""Redis users of single tenants (ADR 0039). Redis loses them when it restarts, so they are checked regularly."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from typing import Any

from kernel.tenancy import Credentials
from stores.redis.client import redis_client
from stores.redis.errors import translated

NAME_PREFIX = "tenant-"  # other users are left alone

# The commands that our code uses for one tenant, and no more. One that takes keys is restricted to the user's. None
# returns names of keys (KEYS, SCAN, RANDOMKEY).
COMMANDS = (
    *("auth", "hello", "ping", "select"),
    *("eval", "evalsha", "script|load", "script|exists", "time"),
    *("exists", "del", "expire", "pexpire", "pttl"),
    *("get", "set", "bitfield", "mget", "incr", "incrby", "decrby"),
    *("hget", "hset", "hsetnx", "hmget", "hgetall", "hdel", "hexists", "hincrby", "hkeys", "hlen"),
    *("zadd", "zrem", "zcard", "zcount", "zscore", "zmscore", "zrange", "zrangebyscore", "zpopmin", "bzpopmin"),
    *("zremrangebyrank", "zremrangebyscore"),
    *("xadd", "xack", "xdel", "xlen", "xrange", "xrevrange", "xreadgroup", "xautoclaim", "xgroup|create"),
)


class RedisUsers:
    """RedisUnavailable also if Redis does not let us manage users."""

    def __init__(self, url: str) -> None:
        self._redis: Any = redis_client(url)

    def ensure(self, credentials: Credentials, prefixes: Collection[str]) -> None:
        """Ensure a user with these keys, our commands and this password, and nothing else. Open connections stay."""
        digest = hashlib.sha256(credentials.password.encode()).hexdigest()
        keys = [f"~{prefix}*" for prefix in sorted(prefixes)]
        commands = [f"+{command}" for command in COMMANDS]
        with translated("creating a tenant's user"):
            self._redis.execute_command(
                "ACL SETUSER", credentials.username, "reset", "on", f"#{digest}", *keys, *commands
            )

    def remove(self, username: str) -> None:
        """Ensure that the user does not exist; its connections are closed."""
        with translated("removing a tenant's user"):
            self._redis.execute_command("ACL DELUSER", username)

    def names(self) -> set[str]:
        """The names of all tenants' users."""
        with translated("looking for tenants' users"):
            return {name for name in self._redis.acl_users() if name.startswith(NAME_PREFIX)}
