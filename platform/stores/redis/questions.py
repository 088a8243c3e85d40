"""Reads of several keys in one round trip, packed in advance: redis-py takes longer to pack a command and to look up
what to do with its answer than Redis takes to answer it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import hiredis
import redis

from stores.redis.client import redis_client

ATTEMPTS = 2  # a pooled connection may be older than Redis's last restart


@dataclass(frozen=True, slots=True)
class Question:
    """Commands that only read, as bytes, and how many there are."""

    packed: bytes
    commands: int


def question(*commands: tuple[str | bytes | int, ...]) -> Question:
    packed = [hiredis.pack_command(command) for command in commands]  # type: ignore[arg-type]  # its stub: one word
    return Question(b"".join(packed), len(commands))


def ask(url: str, questions: Sequence[Question]) -> list[list[Any]]:
    """The replies to each question's commands. Raises redis-py's errors."""
    packed, count = b"".join(each.packed for each in questions), sum(each.commands for each in questions)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            replies = iter(_replies(url, packed, count))
            return [[next(replies) for _ in range(each.commands)] for each in questions]
        except (redis.ConnectionError, redis.TimeoutError):
            if attempt == ATTEMPTS:
                raise
    raise AssertionError("not reached")


def _replies(url: str, packed: bytes, count: int) -> list[Any]:
    pool: Any = redis_client(url).connection_pool
    connection = pool.get_connection()
    complete = False
    try:
        connection.send_packed_command([packed])
        replies = [_reply(connection) for _ in range(count)]
        complete = True
    finally:
        if not complete:
            connection.disconnect()  # what is still to come must not be read as the answer to another command
        pool.release(connection)
    for reply in replies:
        if isinstance(reply, redis.ResponseError):
            raise reply
    return replies


def _reply(connection: Any) -> Any:
    try:
        return connection.read_response()
    except redis.ResponseError as error:
        return error
