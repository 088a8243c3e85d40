"""Which job is next: the tenants of a queue take turns, so that fifty imports of one do not delay another's."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.conf import settings

from jobs.attempt import Clock, Outcome
from jobs.run import Queue
from stores.redis.pending import LastServed

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class JobRef:
    """`tenant` is a slug."""

    tenant: str
    id: str


@dataclass(frozen=True, slots=True)
class JobKind:
    """One kind of job. `find_open` returns those of all tenants, oldest first; `attempt` attempts one of them.

    `pod_list` is the list in Redis on which tenants' pods note such jobs; empty if pods accept none.
    """

    name: str
    queue: Queue
    find_open: Callable[[], Iterable[JobRef]]
    attempt: Callable[[JobRef, Clock], Outcome]
    pod_list: str = ""


_kinds: dict[str, JobKind] = {}


def register(kind: JobKind) -> None:
    """Called once for each kind, in `config.wiring`."""
    _kinds[kind.name] = kind


def pod_lists() -> list[str]:
    return [kind.pod_list for kind in _kinds.values() if kind.pod_list]


def work(queue: Queue, clock: Clock) -> None:
    """Attempt every open job of the queue once, tenants in turn, until none is left that can be attempted now."""
    served = LastServed(settings.REDIS_URL, queue)
    tried: set[tuple[str, JobRef]] = set()
    busy: set[str] = set()
    while found := _next(queue, served, tried, busy):
        kind, ref = found
        tried.add((kind.name, ref))
        served.note(ref.tenant, clock())
        try:
            outcome = kind.attempt(ref, clock)
        except Exception:  # one tenant's failure must not end the round of the others
            log.exception("%s %s of %s could not be attempted", kind.name, ref.id, ref.tenant)
            outcome = Outcome.busy
        if outcome is Outcome.busy:
            busy.add(ref.tenant)


def _next(
    queue: Queue, served: LastServed, tried: set[tuple[str, JobRef]], busy: set[str]
) -> tuple[JobKind, JobRef] | None:
    waiting: dict[str, tuple[JobKind, JobRef]] = {}
    for kind in _kinds.values():
        for ref in _find_open(kind) if kind.queue is queue else ():
            if ref.tenant not in busy and (kind.name, ref) not in tried:
                waiting.setdefault(ref.tenant, (kind, ref))
    if not waiting:
        return None
    return waiting[served.longest_waiting(list(waiting))]


def _find_open(kind: JobKind) -> Iterable[JobRef]:
    try:
        return list(kind.find_open())
    except Exception:
        log.exception("the open jobs of kind %s could not be listed", kind.name)
        return ()
