"""What changed in a tenant's documents, so that copies in memory know when they are stale and what to read again.

A number in Redis is incremented before a change and after it, and the ids that the change touches are logged with it. A
copy that was read at number n is current while the number stays: a change under way (incremented once, not yet
acknowledged) need not be seen, a finished one must be. A writer that is killed in between leaves the flag "busy", which
expires; then the copies read those ids again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from stores.redis.client import redis_client
from stores.redis.epochs import Position, new_epoch
from stores.redis.errors import decoded, translated
from stores.redis.questions import Question, ask, question
from stores.redis.scripts import ALLOW_OOM

MAX_ENTRIES = 2000  # of the log
MAX_IDS = 300  # per change; beyond it "all" is noted
BUSY_MS = 30_000  # longer than the lock that every writer holds

# If Redis loses its file, numbers must not repeat: the epoch is random, and with a new one every copy is read again.
# Its field is named `era` since 0.1.
_READ = f"""{ALLOW_OOM}
local epoch = redis.call('hget', KEYS[1], 'era')
if not epoch then
  epoch = ARGV[1]
  redis.call('hset', KEYS[1], 'era', epoch, 'number', 0)
end
return {{epoch, redis.call('hget', KEYS[1], 'number'), redis.call('exists', KEYS[3])}}
"""
# One step, and no MULTI: in one of those Redis refuses even to read when it is full.
_SINCE = f"""{ALLOW_OOM}
return {{redis.call('hget', KEYS[1], 'era'), redis.call('zrange', KEYS[2], 0, 0, 'WITHSCORES'),
        redis.call('zrangebyscore', KEYS[2], '(' .. ARGV[1], '+inf')}}
"""
_INCREMENT = f"""{ALLOW_OOM}
if redis.call('hexists', KEYS[1], 'era') == 0 then
  redis.call('hset', KEYS[1], 'era', ARGV[1], 'number', 0)
end
local number = redis.call('hincrby', KEYS[1], 'number', 1)
for i = 5, #ARGV do
  redis.call('zadd', KEYS[2], number, number .. ' ' .. ARGV[i])
end
redis.call('zremrangebyrank', KEYS[2], 0, -tonumber(ARGV[4]) - 1)
if ARGV[2] == 'begin' then
  redis.call('set', KEYS[3], 1, 'px', ARGV[3])
else
  redis.call('del', KEYS[3])
end
return number
"""


class Guard(NamedTuple):
    """A condition: copies at that position of a change log (`ChangeLog`) are current."""

    numbers: str
    busy: str
    epoch: str
    number: int


Touched = tuple[str, str]  # collection, id


class ChangeLog:
    """The log of one set of documents, such as a tenant's catalog."""

    def __init__(self, url: str, prefix: str) -> None:
        self._url, self.prefix = url, prefix
        self._keys = [f"{prefix}number", f"{prefix}log", f"{prefix}busy"]
        self.question: Question = question(("HMGET", self._keys[0], "era", "number"), ("EXISTS", self._keys[2]))

    def position(self) -> Position:
        """Copies at this position are current: everything acknowledged before this call is at or before it."""
        with decoded("reading the position of a change log"):
            [replies] = ask(self._url, [self.question])
            if (position := self.answer(replies)) is not None:
                return position
            epoch, number, busy = redis_client(self._url).eval(_READ, 3, *self._keys, new_epoch())
            return Position(epoch.decode(), int(number) - (1 if busy else 0))

    @staticmethod
    def answer(replies: Sequence[Any]) -> Position | None:
        """The same from the replies to `question`; None if there is no log yet, which only `position` starts.

        Two commands: a change that begins or ends between them may be seen or not, as it is not acknowledged before.
        """
        (epoch, number), busy = replies
        return Position(epoch.decode(), int(number) - busy) if epoch is not None else None

    def guard(self, position: Position) -> Guard:
        """A guard for copies at `position`."""
        numbers, _, busy = self._keys
        return Guard(numbers, busy, position.epoch, position.number)

    @contextmanager
    def changing(self, touched: Iterable[Touched] | None) -> Iterator[None]:
        """Around a change, under the lock that all writers of these documents take. None: anything may be touched."""
        entries = _entries(touched)
        self._increment("begin", entries)
        try:
            yield
        finally:
            self._increment("end", entries)

    def touched_since(self, position: Position) -> Sequence[Touched] | None:
        """What to read again to bring a copy from `position` up to date. None: everything."""
        with translated("reading a change log"):
            epoch, oldest, entries = redis_client(self._url).eval(_SINCE, 3, *self._keys, position.number)
        if epoch is None or epoch.decode() != position.epoch or not oldest or float(oldest[1]) > position.number:
            return None
        found = {entry.decode().split(" ", 1)[1] for entry in entries}
        if "*" in found or len(found) > MAX_IDS:
            return None
        return [_touched(entry) for entry in sorted(found)]

    def restart(self) -> None:
        """After the documents were replaced by a restore: every copy is read again as a whole."""
        with translated("clearing a change log"):
            redis_client(self._url).delete(*self._keys)

    def _increment(self, stage: str, entries: list[str]) -> None:
        with translated("noting a change"):
            arguments: list[Any] = [new_epoch(), stage, BUSY_MS, MAX_ENTRIES, *entries]
            redis_client(self._url).eval(_INCREMENT, 3, *self._keys, *arguments)


def _entries(touched: Iterable[Touched] | None) -> list[str]:
    entries = ["*"] if touched is None else [f"{collection}/{id}" for collection, id in touched]
    return entries if len(entries) <= MAX_IDS else ["*"]


def _touched(entry: str) -> Touched:
    collection, id = entry.split("/", 1)
    return collection, id
