"""One attempt at a job: whatever happens, the record says how it ended."""

from __future__ import annotations

import logging
from collections.abc import Callable
from enum import Enum, auto

from jobs.run import MAX_ATTEMPTS, Cancelled, JobRun, JobStatus, Postponed, Record, backoff_s
from kernel.errors import PlantraceError, Unavailable
from stores.redis.leases import Lease, LeaseLost

log = logging.getLogger(__name__)

Clock = Callable[[], int]  # epoch ms
Work = Callable[[JobRun], None]


class Outcome(Enum):
    busy = auto()  # another job of the tenant is running
    waits = auto()  # open: not due yet, or to be retried later
    ended = auto()  # done, failed, cancelled or gone: nothing is left to do


def attempt(name: str, lease: Lease, record: Record, work: Work, clock: Clock) -> Outcome:
    """Attempt a job if it is open and due; `name` is for the log. The work stores its own result in the record.

    Wrong input fails at once with its message, a store that is down is waited for, and an unexpected error fails
    too: the log has the traceback, the user a message.
    """
    if not lease.acquire():
        return Outcome.busy
    with lease:
        standing = record.read()
        if standing is None or not standing.is_open:
            return Outcome.ended
        if standing.not_before > clock():
            return Outcome.waits
        if standing.attempts >= MAX_ATTEMPTS:
            return _fail(name, record, _given_up(standing.attempts), clock)
        return _try(name, lease, record, standing, work, clock)


def _try(name: str, lease: Lease, record: Record, before: JobStatus, work: Work, clock: Clock) -> Outcome:
    attempts = before.attempts + 1
    try:
        # Counted first: a job that kills its worker must not be retried forever.
        record.save(state="running", attempts=attempts, not_before=_due(attempts, clock))
        work(JobRun(lease, record))
    except Cancelled:
        return Outcome.ended
    except LeaseLost:
        log.warning("%s was taken over by another worker", name)
        return Outcome.waits
    except Postponed as reason:
        log.info("%s waits: %s", name, reason)
        return _keep_open(record, before.attempts, clock() + 1)
    except Unavailable as error:
        log.warning("%s, attempt %d: %s", name, attempts, error.detail)
        if attempts >= MAX_ATTEMPTS:
            return _fail(name, record, error, clock)
        return _keep_open(record, attempts, _due(attempts, clock))
    except PlantraceError as error:
        return _fail(name, record, error, clock)
    except Exception as error:
        log.exception("%s failed unexpectedly", name)
        return _fail(name, record, unexpected(error), clock)
    return Outcome.ended


def unexpected(error: Exception) -> PlantraceError:
    """A message for an error that was not foreseen."""
    message = " ".join(str(error).split())[:200]
    what = f"{type(error).__name__}: {message}" if message else type(error).__name__
    return PlantraceError(f"An unexpected error ended this job ({what}). See the worker's log.")


def _given_up(attempts: int) -> PlantraceError:
    return PlantraceError(
        f"The worker was killed in each of {attempts} attempts, so the job was given up. See the worker's log; "
        "running out of memory is the usual reason.",
        slug="given-up",
    )


def _due(attempts: int, clock: Clock) -> int:
    return clock() + round(backoff_s(attempts) * 1000)


def _fail(name: str, record: Record, error: PlantraceError, clock: Clock) -> Outcome:
    try:
        record.fail(error, clock())
    except Cancelled:
        pass
    except Unavailable as down:
        log.warning("that %s failed could not be noted: %s", name, down.detail)
        return Outcome.waits
    return Outcome.ended


def _keep_open(record: Record, attempts: int, not_before: int) -> Outcome:
    try:
        record.save(attempts=attempts, not_before=not_before)
    except Cancelled:
        return Outcome.ended
    except Unavailable:
        pass  # the attempt was stored before
    return Outcome.waits
