"""Dead letters of all tenants: what could not be stored, kept within bounds, the oldest dropped first.

They are kept by the scripts that append samples and acknowledge them (`stores.redis.streams`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from stores.redis import dead_letter_scripts as scripts
from stores.redis.client import redis_client
from stores.redis.errors import translated
from stores.redis.numbers import parse_count

LETTERS, COUNTS = "dead", "dead:counts"
BATCH_SIZE = 500
LETTERS_PER_STEP = 1_000
_ID = re.compile(r"[0-9]{1,15}-[0-9]{1,10}")


@dataclass(frozen=True, slots=True)
class KeptLetter:
    """`received`: epoch ms, Redis's clock. `reason` is empty but for letters kept by version 0.1, which had no other
    place for it.
    """

    id: str
    payload: bytes
    reason: str = ""

    @property
    def received(self) -> int:
        return int(self.id.partition("-")[0])


@dataclass(frozen=True, slots=True)
class LetterCounts:
    """`kept` and its `bytes` now; `total` and `dropped` since the tenant exists, dropped ones for lack of space."""

    kept: int
    bytes: int
    total: int
    dropped: int


@dataclass(frozen=True, slots=True)
class Buried:
    """Letters to be kept, oldest first; `lost`: how many more of the same batch are beyond the tenant's bounds."""

    payloads: Sequence[bytes] = ()
    lost: int = 0

    def __len__(self) -> int:
        return len(self.payloads) + self.lost

    def parts(self) -> list[Buried]:
        """In pieces that keep Redis busy for a few milliseconds each; at least one. `lost` is with the first."""
        starts = range(0, len(self.payloads), LETTERS_PER_STEP) or [0]
        return [Buried(self.payloads[start : start + LETTERS_PER_STEP], 0 if start else self.lost) for start in starts]


NOTHING = Buried()


def words(buried: Buried, max_number: int, max_bytes: int) -> list[Any]:
    """The arguments of the scripts' `bury`."""
    return [len(buried.payloads), buried.lost, max_number, max_bytes, *buried.payloads]


class DeadLetters:
    """Keys of a tenant begin with its `prefix`."""

    def __init__(self, url: str) -> None:
        self._redis: Any = redis_client(url)
        self._remove = self._redis.register_script(scripts.REMOVE)
        self._shrink = self._redis.register_script(scripts.SHRINK)

    def page(self, prefix: str, count: int, before: str = "") -> list[KeptLetter]:
        """The newest letters older than the one with that id, newest first."""
        if before and not is_id(before):
            return []
        with translated("reading dead letters"):
            rows = self._redis.xrevrange(prefix + LETTERS, f"({before}" if before else "+", "-", count=count)
        return [_letter(row) for row in rows]

    def find(self, prefix: str, id: str) -> KeptLetter | None:
        if not is_id(id):
            return None
        with translated("reading a dead letter"):
            rows = self._redis.xrange(prefix + LETTERS, id, id)
        return _letter(rows[0]) if rows else None

    def remove(self, prefix: str, ids: Sequence[str]) -> int:
        """How many of them there were."""
        known = [id for id in ids if is_id(id)]
        if not known:
            return 0
        with translated("removing dead letters"):
            return int(self._remove(keys=[prefix + LETTERS, prefix + COUNTS], args=known))

    def remove_until(self, prefix: str, id: str) -> int:
        """Remove the letter with that id and all older ones. Returns how many."""
        removed = 0
        while True:
            with translated("removing dead letters"):
                rows = self._redis.xrange(prefix + LETTERS, "-", id, count=BATCH_SIZE)
            if not rows:
                return removed
            removed += self.remove(prefix, [row[0].decode() for row in rows])

    def counts(self, prefix: str) -> LetterCounts:
        with translated("counting dead letters"):
            pipe = self._redis.pipeline(transaction=False)
            pipe.xlen(prefix + LETTERS)
            pipe.hmget(prefix + COUNTS, ["bytes", "total", "dropped"])
            kept, (size, total, dropped) = pipe.execute()
        return LetterCounts(kept, parse_count(size), parse_count(total), parse_count(dropped))

    def limit_total(self, prefixes: Sequence[str], max_bytes: int) -> int:
        """Drop the oldest letters of those tenants that have most, until all have at most so many bytes together.
        Returns how many.
        """
        if not prefixes:
            return 0
        with translated("counting dead letters"):
            pipe = self._redis.pipeline(transaction=False)
            for prefix in prefixes:
                pipe.hget(prefix + COUNTS, "bytes")
            found = pipe.execute(raise_on_error=False)  # one tenant's counts may be no hash
        sizes = [parse_count(size) if isinstance(size, bytes) else 0 for size in found]
        if sum(sizes) <= max_bytes:
            return 0
        share, removed = equal_share(sizes, max_bytes), 0
        for prefix, size in zip(prefixes, sizes, strict=True):
            if size > share:
                with translated("dropping dead letters"):
                    removed += int(self._shrink(keys=[prefix + LETTERS, prefix + COUNTS], args=[share]))
        return removed


def equal_share(sizes: Sequence[int], total: int) -> int:
    """The most that each may keep so that all together keep at most `total`; who has less keeps all of it."""
    left = total
    for k, size in enumerate(ordered := sorted(sizes)):
        share = left // (len(ordered) - k)
        if size > share:
            return share
        left -= size
    return max(sizes, default=0)


def is_id(text: str) -> bool:
    return _ID.fullmatch(text) is not None


def _letter(row: Any) -> KeptLetter:
    id, fields = row
    return KeptLetter(id.decode(), fields[b"d"], fields.get(b"reason", b"").decode())
