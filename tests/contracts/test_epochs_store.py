"""Changes of people and tenants, through a real Redis."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import redis

from kernel.errors import Unavailable
from runtime.home import Home
from runtime.supervisor import Supervisor
from stores.redis.epochs import MOVED, STATE, Epochs


@pytest.fixture
def epochs(servers: Supervisor, home: Home) -> Iterator[Epochs]:
    client = redis.Redis.from_url(home.redis_url)
    client.delete(STATE, MOVED)
    yield Epochs(home.redis_url, max_subjects=4)
    client.delete(STATE, MOVED)


def test_a_reader_gets_exactly_the_changes_since_its_last_poll(epochs: Epochs) -> None:
    here, everything = epochs.since(None)
    assert everything is None
    epochs.invalidate("user:1", "tenant:a")
    epochs.invalidate("user:2")
    here, moved = epochs.since(here)
    assert moved is None  # the first move begins the life of the data
    epochs.invalidate("user:3")
    here, moved = epochs.since(here)
    assert moved == {"user:3"}
    assert epochs.since(here) == (here, frozenset())


def test_a_reader_that_polls_too_late_must_invalidate_everything(epochs: Epochs) -> None:
    epochs.invalidate("user:0")
    here, _ = epochs.since(None)
    for number in range(1, 5):
        epochs.invalidate(f"user:{number}")
    assert epochs.since(here)[1] == {f"user:{number}" for number in range(1, 5)}
    epochs.invalidate("user:5")
    assert epochs.since(here)[1] is None


def test_every_cache_is_cleared_when_redis_loses_its_data(epochs: Epochs, home: Home) -> None:
    epochs.invalidate("user:1")
    here, _ = epochs.since(None)
    redis.Redis.from_url(home.redis_url).delete(STATE, MOVED)
    assert epochs.since(here)[1] is None
    epochs.invalidate("user:2")
    assert epochs.since(here)[1] is None


def test_a_redis_that_is_down_is_unavailable() -> None:
    away = Epochs("redis://127.0.0.1:1/0")
    with pytest.raises(Unavailable):
        away.since(None)
    with pytest.raises(Unavailable):
        away.invalidate("user:1")
