"""Work that outlives a request: imports, bulk changes, corrections, backups. Attempts, leases and failures alike.

The record of a job (a document or a row) is authoritative; a message only wakes a worker. A worker takes the tenant's
slot in the queue, a lease in Redis that it renews while it runs, so a job whose worker was killed is free again after
some seconds.
"""

from jobs.attempt import Clock, Outcome, attempt
from jobs.dispatch import JobKind, JobRef, register, work
from jobs.documents import DocumentJobs, Position, Retention
from jobs.records import DocumentRecord
from jobs.run import MAX_ATTEMPTS, OPEN, Cancelled, JobRun, JobStatus, Postponed, Queue, Record
from jobs.wakeup import wake

__all__ = [
    "MAX_ATTEMPTS", "OPEN", "Cancelled", "Clock", "DocumentJobs", "DocumentRecord", "JobKind", "JobRef", "JobRun",
    "JobStatus", "Outcome", "Position", "Postponed", "Queue", "Record", "Retention", "attempt", "register", "wake",
    "work",
]  # fmt: skip
