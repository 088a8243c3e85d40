"""The life cycle of a tenant, as pure functions: requested > provisioning > ready > upgrading | suspended | failed >
deleting > deleted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from kernel.errors import Conflict

LEASE = timedelta(seconds=30)
MAX_ATTEMPTS = 6
_BACK_OFF_S = (1, 2, 4, 8, 15)


class State(StrEnum):
    requested = "requested"
    provisioning = "provisioning"
    ready = "ready"
    upgrading = "upgrading"
    suspended = "suspended"
    failed = "failed"
    deleting = "deleting"
    deleted = "deleted"


class Plan(StrEnum):
    """What the reconciler has to do to make the outside match the row."""

    none = ""
    provision = "provision"
    upgrade = "upgrade"
    suspend = "suspend"
    delete = "delete"


class BackupState(StrEnum):
    requested = "requested"
    running = "running"
    done = "done"
    failed = "failed"
    cancelled = "cancelled"


OPEN_BACKUPS = (BackupState.requested, BackupState.running)


class Ring(StrEnum):
    """The order in which tenants get a new release."""

    canary = "canary"
    early = "early"
    all = "all"


class StepState(StrEnum):
    waiting = "waiting"
    running = "running"
    done = "done"
    failed = "failed"


class Request(StrEnum):
    """What can be requested for an existing tenant."""

    suspend = "suspend"
    resume = "resume"
    retry = "retry"
    upgrade = "upgrade"  # what the server is made of, or its size, changed
    delete = "delete"


@dataclass(frozen=True, slots=True)
class Transition:
    """A tenant's state, and the plan that leads to its next one."""

    state: State
    plan: Plan


_START_STATES = {
    Plan.provision: State.provisioning,
    Plan.upgrade: State.upgrading,
    Plan.suspend: State.suspended,
    Plan.delete: State.deleting,
}
_END_STATES = {
    Plan.provision: State.ready,
    Plan.upgrade: State.ready,
    Plan.suspend: State.suspended,
    Plan.delete: State.deleted,
}
_MOVES = {
    State.requested: {State.provisioning, State.failed, State.deleting},
    State.provisioning: {State.ready, State.failed, State.deleting},
    State.ready: {State.provisioning, State.upgrading, State.suspended, State.deleting},
    State.upgrading: {State.ready, State.failed, State.deleting},
    State.suspended: {State.provisioning, State.failed, State.deleting},
    State.failed: {State.provisioning, State.upgrading, State.suspended, State.deleting},
    State.deleting: {State.deleted, State.failed},
    State.deleted: set(),
}


def may_move(old: State, new: State) -> bool:
    """Whether the life cycle has that edge."""
    return new in _MOVES[old]


def start(transition: Transition) -> Transition:
    """When a worker starts on a tenant."""
    return Transition(_START_STATES[transition.plan], transition.plan)


def finish(transition: Transition) -> Transition:
    """When every step of the plan is done."""
    return Transition(_END_STATES[transition.plan], Plan.none)


def fail(transition: Transition) -> Transition:
    """When a step failed permanently; the plan stays, so that a retry knows what to do."""
    return Transition(State.failed, transition.plan)


def is_due(transition: Transition, lease_until: datetime | None, not_before: datetime | None, now: datetime) -> bool:
    """Whether a worker may claim it now. The reconciler's query says the same in SQL."""
    if transition.plan is Plan.none or transition.state is State.failed:
        return False
    return (lease_until is None or lease_until <= now) and (not_before is None or not_before <= now)


def back_off(attempts: int) -> timedelta | None:
    """The pause after that many failed attempts; None: give up."""
    if attempts >= MAX_ATTEMPTS:
        return None
    return timedelta(seconds=_BACK_OFF_S[min(attempts, len(_BACK_OFF_S)) - 1])


def apply(transition: Transition, request: Request, slug: str) -> Transition | None:
    """The transition that a request leads to; None if it changes nothing. Raises Conflict with what would be valid."""
    match request:
        case Request.delete:
            return None if transition.state is State.deleting else Transition(State.deleting, Plan.delete)
        case Request.suspend:
            return _suspend(transition, slug)
        case Request.resume:
            return _resume(transition, slug)
        case Request.retry:
            return _retry(transition, slug)
        case Request.upgrade:
            return _upgrade(transition, slug)


def _suspend(transition: Transition, slug: str) -> Transition | None:
    if transition.state is State.suspended:
        return None
    if transition.state is not State.ready:
        raise Conflict(
            f"Tenant {slug} is {transition.state}; only a ready tenant can be suspended.", slug="wrong-state"
        )
    return Transition(State.suspended, Plan.suspend)


def _resume(transition: Transition, slug: str) -> Transition | None:
    if transition.state in (State.ready, State.requested, State.provisioning, State.upgrading):
        return None
    if transition.state is not State.suspended:
        raise Conflict(
            f"Tenant {slug} is {transition.state}; only a suspended tenant can be resumed.", slug="wrong-state"
        )
    return Transition(State.provisioning, Plan.provision)


def _retry(transition: Transition, slug: str) -> Transition | None:
    if transition.state is State.failed:
        return start(transition)
    if transition.plan is not Plan.none:
        return None
    raise Conflict(f"Tenant {slug} is {transition.state}; nothing to retry.", slug="wrong-state")


def _upgrade(transition: Transition, slug: str) -> Transition | None:
    """A tenant that does not run is upgraded when it next starts."""
    if transition in (Transition(State.ready, Plan.none), Transition(State.failed, Plan.upgrade)):
        return Transition(State.upgrading, Plan.upgrade)
    if transition in (Transition(State.suspended, Plan.none), Transition(State.failed, Plan.provision)):
        return None
    raise Conflict(
        f"Tenant {slug} is {transition.state}; its release and size can be changed once that has ended.",
        slug="wrong-state",
    )


def unavailable_reason(state: State, slug: str, plan: Plan = Plan.none) -> str | None:
    """Why the data plane is unavailable for this tenant, in a sentence; None if it is available.

    A failed upgrade does not close a tenant: what ran before probably still runs.
    """
    match state:
        case State.failed if plan is Plan.upgrade:
            return None
        case State.ready | State.upgrading:
            return None
        case State.suspended:
            return f"Tenant {slug} is suspended. An operator can resume it."
        case State.failed:
            return f"Tenant {slug} could not be set up. An operator can see the reason and retry."
        case State.deleting | State.deleted:
            return f"Tenant {slug} is being deleted."
        case _:
            return f"Tenant {slug} is not ready yet; try again in a few seconds."
