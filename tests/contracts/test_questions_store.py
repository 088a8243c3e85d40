"""Several reads of Redis in one round trip."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import redis

from kernel.ids import new_id
from runtime.home import Home
from runtime.supervisor import Supervisor
from stores.redis.changes import ChangeLog
from stores.redis.client import redis_client
from stores.redis.questions import ask, question


@pytest.fixture
def url(servers: Supervisor, home: Home) -> str:
    return home.redis_url


@pytest.fixture
def prefix(url: str) -> Iterator[str]:
    prefix = f"pt:{new_id('t')}:"
    yield prefix
    redis_client(url).delete(prefix + "text", prefix + "hash")


def test_each_question_gets_its_own_replies(url: str, prefix: str) -> None:
    redis_client(url).hset(prefix + "hash", mapping={"a": "1", "b": "2"})
    both = question(("HMGET", prefix + "hash", "b", "c", "a"), ("EXISTS", prefix + "text"))
    assert ask(url, [both, question(("HLEN", prefix + "hash"))]) == [[[b"2", None, b"1"], 0], [2]]


def test_after_a_refused_command_the_connection_answers_the_next_question(url: str, prefix: str) -> None:
    redis_client(url).set(prefix + "text", "x")
    for _ in range(3):
        with pytest.raises(redis.ResponseError, match="WRONGTYPE"):
            ask(url, [question(("HLEN", prefix + "text"), ("GET", prefix + "text"))])
        assert ask(url, [question(("GET", prefix + "text"))]) == [[b"x"]]


def test_a_connection_that_redis_ended_is_replaced(url: str, prefix: str) -> None:
    redis_client(url).set(prefix + "text", "x")
    assert ask(url, [question(("GET", prefix + "text"))]) == [[b"x"]]
    client: Any = redis_client(url)
    client.execute_command("CLIENT KILL", "TYPE", "normal", "SKIPME", "no")
    assert ask(url, [question(("GET", prefix + "text"))]) == [[b"x"]]


def test_the_position_of_a_change_log_is_the_same_by_question(url: str, prefix: str) -> None:
    log = ChangeLog(url, prefix)

    def asked() -> object:
        return log.answer(ask(url, [log.question])[0])

    assert asked() is None
    assert log.position() == asked()
    with log.changing([("sensors", "s1")]):
        assert log.position() == asked()
    assert log.position() == asked()
    log.restart()
