"""The life cycle as pure functions: there are no invalid transitions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import Conflict
from tenants import lifecycle
from tenants.lifecycle import Plan, Request, State, Transition

NOW = datetime(2026, 3, 14, 9, 42, tzinfo=UTC)
EVENTS = st.lists(st.sampled_from([*Request, "worker begins", "worker finishes", "worker gives up"]), max_size=40)


def after(transition: Transition, event: Request | str) -> Transition:
    """The transition after one thing happened; as it was, where that cannot happen."""
    if isinstance(event, Request):
        try:
            return lifecycle.apply(transition, event, "acme") or transition
        except Conflict:
            return transition
    if transition.plan is Plan.none or transition.state is State.failed:
        return transition
    if event == "worker begins" or lifecycle.start(transition) != transition:
        return lifecycle.start(transition)
    return lifecycle.finish(transition) if event == "worker finishes" else lifecycle.fail(transition)


@given(EVENTS)
def test_every_transition_is_an_edge_of_the_life_cycle(events: list[Request | str]) -> None:
    transition = Transition(State.requested, Plan.provision)
    for event in events:
        if transition.state is State.deleted:
            break
        then = after(transition, event)
        assert then.state is transition.state or lifecycle.may_move(transition.state, then.state), (
            transition,
            event,
            then,
        )
        transition = then


@given(EVENTS)
def test_once_deletion_is_requested_the_tenant_never_opens_again(events: list[Request | str]) -> None:
    transition = Transition(State.deleting, Plan.delete)
    for event in events:
        transition = after(transition, event)
        assert lifecycle.unavailable_reason(transition.state, "acme", transition.plan) is not None


@given(EVENTS)
def test_a_tenant_that_is_not_idle_is_due_or_failed(events: list[Request | str]) -> None:
    transition = Transition(State.requested, Plan.provision)
    for event in events:
        transition = after(transition, event)
        at_rest = transition.state in (State.ready, State.suspended, State.deleted) and transition.plan is Plan.none
        assert at_rest or transition.state is State.failed or lifecycle.is_due(transition, None, None, NOW)


def test_a_suspended_tenant_resumes_through_provisioning() -> None:
    suspended = lifecycle.apply(Transition(State.ready, Plan.none), Request.suspend, "acme")
    assert suspended == Transition(State.suspended, Plan.suspend)
    resumed = lifecycle.apply(lifecycle.finish(suspended), Request.resume, "acme")
    assert resumed == Transition(State.provisioning, Plan.provision)


def test_a_failed_upgrade_does_not_close_the_tenant() -> None:
    upgrading = lifecycle.apply(Transition(State.ready, Plan.none), Request.upgrade, "acme")
    assert upgrading == Transition(State.upgrading, Plan.upgrade)
    assert lifecycle.finish(upgrading) == Transition(State.ready, Plan.none)
    failed = lifecycle.fail(upgrading)
    assert lifecycle.unavailable_reason(failed.state, "acme", failed.plan) is None
    assert lifecycle.unavailable_reason(State.failed, "acme", Plan.provision) is not None
    assert lifecycle.apply(failed, Request.upgrade, "acme") == upgrading


def test_a_retry_resumes_what_failed() -> None:
    working = ((Plan.provision, State.provisioning), (Plan.upgrade, State.upgrading), (Plan.delete, State.deleting))
    for plan, state in working:
        failed = lifecycle.fail(Transition(state, plan))
        assert lifecycle.apply(failed, Request.retry, "acme") == Transition(state, plan)


@pytest.mark.parametrize(
    ("transition", "requested", "says"),
    [
        (Transition(State.provisioning, Plan.provision), Request.suspend, "only a ready tenant"),
        (Transition(State.deleting, Plan.delete), Request.suspend, "is deleting"),
        (Transition(State.deleting, Plan.delete), Request.resume, "only a suspended tenant"),
        (Transition(State.failed, Plan.provision), Request.resume, "is failed"),
        (Transition(State.ready, Plan.none), Request.retry, "nothing to retry"),
        (Transition(State.provisioning, Plan.provision), Request.upgrade, "once that has ended"),
        (Transition(State.deleting, Plan.delete), Request.upgrade, "is deleting"),
    ],
)
def test_impossible_requests_are_rejected_with_the_reason(
    transition: Transition, requested: Request, says: str
) -> None:
    with pytest.raises(Conflict, match=says):
        lifecycle.apply(transition, requested, "acme")


@pytest.mark.parametrize(
    ("transition", "requested"),
    [
        (Transition(State.suspended, Plan.none), Request.suspend),
        (Transition(State.ready, Plan.none), Request.resume),
        (Transition(State.deleting, Plan.delete), Request.delete),
        (Transition(State.provisioning, Plan.provision), Request.retry),
        (Transition(State.suspended, Plan.none), Request.upgrade),
    ],
)
def test_a_fulfilled_request_changes_nothing(transition: Transition, requested: Request) -> None:
    assert lifecycle.apply(transition, requested, "acme") is None


def test_a_lease_and_a_backoff_keep_workers_away() -> None:
    transition, later = Transition(State.provisioning, Plan.provision), NOW + timedelta(seconds=1)
    assert lifecycle.is_due(transition, None, None, NOW)
    assert not lifecycle.is_due(transition, later, None, NOW)
    assert not lifecycle.is_due(transition, None, later, NOW)
    assert lifecycle.is_due(transition, later, None, later)


def test_pauses_grow_and_end_after_six_attempts() -> None:
    pauses = [lifecycle.back_off(attempts) for attempts in range(1, 7)]
    assert pauses[:5] == sorted(pauses[:5])
    assert pauses[5] is None
    assert sum((pause for pause in pauses if pause), timedelta()) <= timedelta(seconds=45)
