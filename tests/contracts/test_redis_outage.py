"""An outage of Redis is the same problem, whatever a request needed it for."""

from __future__ import annotations

import socket
from collections.abc import Callable

import pytest

from kernel.tenancy import Credentials, TenantConnection
from stores.redis.breakers import Breakers
from stores.redis.changes import ChangeLog
from stores.redis.epochs import Epochs
from stores.redis.errors import RedisUnavailable
from stores.redis.leases import Lease
from stores.redis.limits import Limit, Limits
from stores.redis.locks import ReentrantLock
from stores.redis.marks import Marks
from stores.redis.outbox import Outbox
from stores.redis.pending import Pending
from stores.redis.reservations import Quota, Reservations
from stores.redis.streams import Streams
from stores.redis.users import RedisUsers

NOBODY = Credentials("nobody", "")
TENANT = TenantConnection("tenant", "mill", "Mill", "http://127.0.0.1:1", NOBODY, NOBODY)


def _enter(context: object) -> None:
    with context:  # type: ignore[attr-defined]
        raise AssertionError("there is no Redis")


CALLS: dict[str, Callable[[str], object]] = {
    "appending": lambda url: Streams(url, max_backlog=100).append(TENANT, [(1, b"p1,sensor=s1 value=1 1")]),
    "marks": lambda url: Marks(url).state(TENANT.prefix, ["s1"]),
    "a lock": lambda url: _enter(ReentrantLock(url, "pt:test:lock").held()),
    "a lease": lambda url: Lease(url, "pt:test:lease").acquire(),
    "a change log": lambda url: ChangeLog(url, "pt:test:").position(),
    "pending work": lambda url: Pending(url, "tests").all(),
    "epochs": lambda url: Epochs(url).since(None),
    "limits": lambda url: Limits(url).take([Limit(("sign-in", "ada"), 1, 60)]),
    "reservations": lambda url: _enter(Reservations(url, "pt:test:", 60).hold(1, Quota(10, int), 0)),
    "an outbox": lambda url: Outbox(url, "pt:test:", "trail").oldest(),
    "a breaker": lambda url: Breakers(url).is_open("pt:test:breaker"),
    "users": lambda url: RedisUsers(url).names(),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_an_outage_is_one_problem(call: Callable[[str], object]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"redis://127.0.0.1:{taken.getsockname()[1]}/0"
    with pytest.raises(RedisUnavailable, match=r"^Redis did not answer while .+\. Try again in a moment\.$") as raised:
        call(url)
    error = raised.value
    assert (error.status, error.problem) == (503, "unavailable")
    assert error.extra == {"part": "redis", "store": "redis", "retry_after": 2}, "`store`: its name in 0.1"
