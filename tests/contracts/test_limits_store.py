"""Counters of attempts, through a real Redis."""

from __future__ import annotations

import secrets
import threading
import time

import pytest

from kernel.errors import Unavailable
from runtime.home import Home
from runtime.supervisor import Supervisor
from stores.redis.limits import Limit, Limits


@pytest.fixture
def limits(servers: Supervisor, home: Home) -> Limits:
    return Limits(home.redis_url)


def one(count: int = 3, window_s: int = 60) -> Limit:
    return Limit(("test", secrets.token_hex(8)), count, window_s)


def test_a_limit_holds_across_clients(limits: Limits, home: Home) -> None:
    limit, other = one(), Limits(home.redis_url)
    assert [limits.take([limit]), other.take([limit]), limits.take([limit])] == [0, 0, 0]
    assert 0 < other.take([limit]) <= 60 and 0 < limits.take([limit]) <= 60


def test_a_limit_holds_under_concurrency(limits: Limits) -> None:
    limit, waits = one(5), []
    threads = [threading.Thread(target=lambda: waits.append(limits.take([limit]))) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert waits.count(0) == 5


def test_an_exhausted_limit_leaves_the_others_uncounted(limits: Limits) -> None:
    full, free = one(1), one(2)
    assert limits.take([full]) == 0
    for _ in range(3):
        assert limits.take([free, full]) > 0
    assert [limits.take([free]), limits.take([free])] == [0, 0] and limits.take([free]) > 0


def test_a_window_ends_and_refused_attempts_do_not_extend_it(limits: Limits) -> None:
    limit = Limit(("test", secrets.token_hex(8)), 1, 1)
    assert limits.take([limit]) == 0
    deadline = time.monotonic() + 90
    while (wait_s := limits.take([limit])) > 0:
        assert wait_s <= 1 and time.monotonic() < deadline
        time.sleep(0.05)


def test_refunded_and_reset_attempts_are_available_again(limits: Limits) -> None:
    limit = one(1)
    limits.take([limit])
    limits.refund([limit])
    assert limits.take([limit]) == 0 and limits.take([limit]) > 0
    limits.forget([limit])
    limits.refund([limit])  # nothing is below nothing
    assert limits.take([limit]) == 0 and limits.take([limit]) > 0


def test_a_fact_is_remembered_for_a_while(limits: Limits) -> None:
    whose = secrets.token_hex(8)
    assert not limits.is_remembered("seen", whose)
    limits.remember("seen", whose, 60)
    assert limits.is_remembered("seen", whose) and not limits.is_remembered("other", whose)


def test_without_redis_limits_are_unavailable() -> None:
    with pytest.raises(Unavailable):
        Limits("redis://127.0.0.1:1/0").take([one()])
