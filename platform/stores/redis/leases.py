"""A lease in Redis that a thread renews while its holder works, so that long work needs no long lock."""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from types import TracebackType
from typing import Self

import redis
from redis.exceptions import LockNotOwnedError

from stores.redis.errors import translated
from stores.redis.locks import make_lock, new_token
from stores.renewer import Renewer

log = logging.getLogger(__name__)

HOLD_S = 15.0
MAX_SILENCE_S = 1800.0  # a holder that neither checks nor ends has hung; its lease expires


class LeaseLost(Exception):
    """Another worker may hold it by now: stop touching what it guards."""


class Lease:
    """`if lease.acquire(): with lease: …`; expires `hold_s` after its holder was killed."""

    def __init__(self, url: str, key: str, hold_s: float = HOLD_S) -> None:
        self._key, self._hold_s = key, hold_s
        self._lock = make_lock(url, key, hold_s, thread_local=False)
        self._renewed = self._checked = 0.0
        self._renewer = Renewer(f"lease-{key}", hold_s / 3, self._renew)

    def acquire(self) -> bool:
        """False if another holds it."""
        self._renewed = self._checked = time.monotonic()
        with translated("taking a lease"):
            return bool(self._lock.acquire(blocking=False, token=new_token()))

    def is_held(self) -> bool:
        """Whether anybody holds it."""
        with translated("looking at a lease"):
            return bool(self._lock.locked())

    def check(self) -> None:
        """Raises LeaseLost unless it still holds; also says that its holder is alive."""
        self._checked = time.monotonic()
        if self._checked - self._renewed > self._hold_s:
            raise LeaseLost(self._key)

    def __enter__(self) -> Self:
        self._renewer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._renewer.stop()
        with suppress(redis.RedisError):
            self._lock.release()

    def _renew(self) -> bool:
        before = time.monotonic()
        if before - self._checked >= MAX_SILENCE_S:
            return False
        try:
            self._lock.reacquire()
        except LockNotOwnedError:
            self._renewed = float("-inf")
            return False
        except redis.RedisError as error:
            log.warning("lease %s could not be renewed: %s", self._key, error)
        else:
            self._renewed = before
        return True
