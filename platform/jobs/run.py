"""A job while a worker runs it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from kernel.errors import PlantraceError
from stores.redis.leases import Lease

OPEN = ("queued", "running")
MAX_ATTEMPTS = 12  # about 50 minutes of a store that does not answer
MAX_BACKOFF_S = 600


class Queue(StrEnum):
    """Short work never waits behind long work: each queue has workers of its own."""

    short = "celery"
    long = "long"


class Cancelled(Exception):
    """The job was cancelled or deleted: stop."""


class Postponed(Exception):
    """It cannot run at present, through no fault of its own: the attempt is not counted."""


@dataclass(frozen=True, slots=True)
class JobStatus:
    """What decides whether a job is attempted. `not_before` is epoch ms."""

    is_open: bool
    attempts: int = 0
    not_before: int = 0


class Record(Protocol):
    """Where one job is stored."""

    def read(self) -> JobStatus | None:
        """None if it is gone."""

    def save(self, **fields: Any) -> None:
        """Change the record while it is open; Cancelled if it is not."""

    def fail(self, error: PlantraceError, now: int) -> None:
        """Mark it as failed, with the error's message."""


class JobRun:
    """One attempt, as the work sees it."""

    def __init__(self, lease: Lease, record: Record) -> None:
        self._lease, self._record = lease, record

    def check(self) -> None:
        """Call before anything that must not be done twice at once. LeaseLost if another worker may have taken over.

        Does not notice that the job was cancelled: only `save` does.
        """
        self._lease.check()

    def save(self, **fields: Any) -> None:
        """Store the progress or the result. Raises Cancelled, LeaseLost."""
        self._lease.check()
        self._record.save(**fields)


def backoff_s(attempts: int) -> float:
    """Exponential backoff: none after the first attempt, then doubling."""
    return 0 if attempts <= 1 else min(10 * 2 ** (attempts - 2), MAX_BACKOFF_S)
