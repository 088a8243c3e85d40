"""One attempt at a job, on a real Redis: its outcome, and the state of the record."""

from __future__ import annotations

import logging
import math
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.conf import settings

from jobs import MAX_ATTEMPTS, OPEN, Cancelled, JobRun, JobStatus, Outcome, Postponed, attempt
from jobs.attempt import Work
from jobs.run import backoff_s
from kernel.errors import BadRequest, PlantraceError, Unavailable
from runtime.supervisor import Supervisor
from stores.redis.leases import Lease, LeaseLost
from tests.waiting import wait_until

pytestmark = pytest.mark.usefixtures("servers")
HOLD_S = 2.0


@dataclass
class Kept:
    """A record in memory: what is tested is what is saved in it, in which order."""

    fields: dict[str, Any] = field(default_factory=lambda: {"state": "queued"})

    def read(self) -> JobStatus | None:
        is_open = self.fields["state"] in OPEN
        return JobStatus(is_open, self.fields.get("attempts", 0), self.fields.get("not_before", 0))

    def save(self, **fields: Any) -> None:
        if self.fields["state"] not in OPEN:
            raise Cancelled
        self.fields |= fields

    def fail(self, error: PlantraceError, now: int) -> None:
        self.save(state="failed", error=error.detail, finished=now)


class Job:
    def __init__(self) -> None:
        self.record, self.key, self.now = Kept(), f"pt:test:{secrets.token_hex(6)}", 1_000

    def lease(self) -> Lease:
        return Lease(settings.REDIS_URL, self.key, hold_s=HOLD_S)

    def attempt(self, work: Work) -> Outcome:
        return attempt("a test", self.lease(), self.record, work, lambda: self.now)


@pytest.fixture
def job(servers: Supervisor) -> Job:
    return Job()


def raising(error: BaseException) -> Work:
    def work(run: JobRun) -> None:
        raise error

    return work


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (OverflowError("cannot convert float infinity to integer"), "OverflowError: cannot convert float infinity"),
        (ValueError("samples of s1 are not finite"), "ValueError: samples of s1 are not finite"),
        (KeyError("x"), "KeyError: 'x'"),
        (RuntimeError(), "(RuntimeError)"),
        (RecursionError("maximum recursion depth exceeded"), "RecursionError"),
        (MemoryError(), "(MemoryError)"),
    ],
)
def test_any_exception_fails_the_job_with_a_message_and_its_traceback_is_logged(
    job: Job, error: Exception, message: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        assert job.attempt(raising(error)) is Outcome.ended
    assert job.record.fields["state"] == "failed"
    assert message in job.record.fields["error"]
    assert any(record.exc_info for record in caplog.records)


def test_input_errors_are_reported_unchanged(job: Job) -> None:
    assert job.attempt(raising(BadRequest("No such site."))) is Outcome.ended
    assert (job.record.fields["state"], job.record.fields["error"]) == ("failed", "No such site.")


def test_a_store_that_is_down_is_retried_with_backoff_and_not_forever(job: Job) -> None:
    down, waits = raising(Unavailable("Redis does not answer.")), []
    for _ in range(MAX_ATTEMPTS - 1):
        assert job.attempt(down) is Outcome.waits
        waits.append(job.record.fields["not_before"] - job.now)
        if waits[-1]:
            assert job.attempt(down) is Outcome.waits
            assert job.record.fields["attempts"] == len(waits), "not due, so not tried"
        job.now = job.record.fields["not_before"]
    assert waits == [round(backoff_s(n) * 1000) for n in range(1, MAX_ATTEMPTS)]
    assert waits[0] == 0 and waits == sorted(waits) and waits[-1] == 600_000
    assert job.attempt(down) is Outcome.ended
    assert (job.record.fields["state"], job.record.fields["error"]) == ("failed", "Redis does not answer.")


class Killed(BaseException):
    """As SIGKILL would: nothing of ours says how it ended."""


def test_a_job_that_kills_its_worker_is_abandoned(job: Job) -> None:
    for number in range(1, MAX_ATTEMPTS + 1):
        with pytest.raises(Killed):
            job.attempt(raising(Killed()))
        assert (job.record.fields["state"], job.record.fields["attempts"]) == ("running", number)
        job.now = job.record.fields["not_before"]
    assert job.attempt(raising(AssertionError("never begun"))) is Outcome.ended
    assert "killed in each of 12 attempts" in job.record.fields["error"]


def test_waiting_does_not_count_as_an_attempt(job: Job) -> None:
    for _ in range(2 * MAX_ATTEMPTS):
        assert job.attempt(raising(Postponed("the tenant is upgraded"))) is Outcome.waits
        job.now += 5
    assert job.record.fields["attempts"] == 0


def test_a_cancelled_job_is_left_as_it_is(job: Job) -> None:
    def work(run: JobRun) -> None:
        job.record.fields["state"] = "cancelled"
        run.save(progress=1)
        raise AssertionError("it went on")

    assert job.attempt(work) is Outcome.ended
    assert job.record.fields["state"] == "cancelled"


def test_one_at_a_time_for_as_long_as_it_runs(job: Job) -> None:
    def work(run: JobRun) -> None:
        deadline = time.monotonic() + 1.3 * HOLD_S  # longer than the lease would last unrenewed
        while time.monotonic() < deadline:
            assert job.attempt(raising(AssertionError("twice at once"))) is Outcome.busy
            run.check()
            time.sleep(0.1)
        run.save(state="done")

    assert job.attempt(work) is Outcome.ended
    assert job.record.fields["state"] == "done"
    with job.lease() as lease:
        assert lease.acquire(), "the slot is free at once"


def is_lost(run: JobRun) -> bool:
    try:
        run.check()
    except LeaseLost:
        return True
    return False


def test_a_worker_that_lost_its_slot_stops_silently(job: Job) -> None:
    from stores.redis.client import redis_client

    def work(run: JobRun) -> None:
        redis_client(settings.REDIS_URL).set(job.key, "another")
        wait_until(lambda: is_lost(run))
        with pytest.raises(LeaseLost):
            run.save(state="done")
        run.check()

    assert job.attempt(work) is Outcome.waits
    assert job.record.fields["state"] == "running"
    redis_client(settings.REDIS_URL).delete(job.key)


def test_backoff_never_decreases() -> None:
    waits = [backoff_s(n) for n in range(1, 60)]
    assert waits == sorted(waits) and math.isfinite(waits[-1])
