"""Work that outlives a request: imports, bulk changes, corrections, backups. One kind of attempts, leases and failures.

The record of a job (a document or a row) is the truth; a message only wakes a worker. A worker takes the tenant's slot
in the queue, which is a lease in Redis that it renews while it runs, so a job whose worker was killed is free again
after some seconds.
"""

from web.jobs.attempt import Outcome, attempt
from web.jobs.dispatch import JobKind, JobRef, register, work
from web.jobs.records import DocumentRecord
from web.jobs.run import MAX_ATTEMPTS, OPEN, Cancelled, JobRun, Postponed, Queue, Record, Standing
from web.jobs.waking import wake

__all__ = [
    "MAX_ATTEMPTS", "OPEN", "Cancelled", "DocumentRecord", "JobKind", "JobRef", "JobRun", "Outcome", "Postponed",
    "Queue", "Record", "Standing", "attempt", "register", "wake", "work",
]  # fmt: skip
