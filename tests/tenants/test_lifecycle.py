"""The life cycle as pure functions: no way leads where it should not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import Conflict
from tenants import lifecycle
from tenants.lifecycle import Course, Plan, State, Wish

NOW = datetime(2026, 3, 14, 9, 42, tzinfo=UTC)
EVENTS = st.lists(st.sampled_from([*Wish, "worker begins", "worker finishes", "worker gives up"]), max_size=40)


def after(course: Course, event: Wish | str) -> Course:
    """The course after one thing happened; as it was, where that cannot happen."""
    if isinstance(event, Wish):
        try:
            return lifecycle.granted(course, event, "acme") or course
        except Conflict:
            return course
    if course.plan is Plan.none or course.state is State.failed:
        return course
    if event == "worker begins" or lifecycle.begun(course) != course:
        return lifecycle.begun(course)
    return lifecycle.finished(course) if event == "worker finishes" else lifecycle.failed(course)


@given(EVENTS)
def test_whatever_happens_every_move_is_an_edge_of_the_life_cycle(events: list[Wish | str]) -> None:
    course = Course(State.requested, Plan.provision)
    for event in events:
        if course.state is State.deleted:
            break
        then = after(course, event)
        assert then.state is course.state or lifecycle.may_move(course.state, then.state), (course, event, then)
        course = then


@given(EVENTS)
def test_once_deletion_is_wished_the_tenant_never_opens_again(events: list[Wish | str]) -> None:
    course = Course(State.deleting, Plan.delete)
    for event in events:
        course = after(course, event)
        assert lifecycle.why_closed(course.state, "acme", course.plan) is not None


@given(EVENTS)
def test_a_tenant_that_is_not_at_rest_is_due_or_failed(events: list[Wish | str]) -> None:
    course = Course(State.requested, Plan.provision)
    for event in events:
        course = after(course, event)
        at_rest = course.state in (State.ready, State.suspended, State.deleted) and course.plan is Plan.none
        assert at_rest or course.state is State.failed or lifecycle.is_due(course, None, None, NOW)


def test_a_ready_tenant_is_suspended_and_comes_back_through_provisioning() -> None:
    suspended = lifecycle.granted(Course(State.ready, Plan.none), Wish.suspend, "acme")
    assert suspended == Course(State.suspended, Plan.suspend)
    resumed = lifecycle.granted(lifecycle.finished(suspended), Wish.resume, "acme")
    assert resumed == Course(State.provisioning, Plan.provision)


def test_an_upgrade_that_failed_shuts_nobody_out() -> None:
    upgrading = lifecycle.granted(Course(State.ready, Plan.none), Wish.upgrade, "acme")
    assert upgrading == Course(State.upgrading, Plan.upgrade)
    assert lifecycle.finished(upgrading) == Course(State.ready, Plan.none)
    failed = lifecycle.failed(upgrading)
    assert lifecycle.why_closed(failed.state, "acme", failed.plan) is None
    assert lifecycle.why_closed(State.failed, "acme", Plan.provision) is not None
    assert lifecycle.granted(failed, Wish.upgrade, "acme") == upgrading


def test_a_retry_takes_up_what_failed() -> None:
    begun = ((Plan.provision, State.provisioning), (Plan.upgrade, State.upgrading), (Plan.delete, State.deleting))
    for plan, state in begun:
        failed = lifecycle.failed(Course(state, plan))
        assert lifecycle.granted(failed, Wish.retry, "acme") == Course(state, plan)


@pytest.mark.parametrize(
    ("course", "wish", "says"),
    [
        (Course(State.provisioning, Plan.provision), Wish.suspend, "only a ready tenant"),
        (Course(State.deleting, Plan.delete), Wish.suspend, "is deleting"),
        (Course(State.deleting, Plan.delete), Wish.resume, "only a suspended tenant"),
        (Course(State.failed, Plan.provision), Wish.resume, "is failed"),
        (Course(State.ready, Plan.none), Wish.retry, "nothing to retry"),
        (Course(State.provisioning, Plan.provision), Wish.upgrade, "once that has ended"),
        (Course(State.deleting, Plan.delete), Wish.upgrade, "is deleting"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(course: Course, wish: Wish, says: str) -> None:
    with pytest.raises(Conflict, match=says):
        lifecycle.granted(course, wish, "acme")


@pytest.mark.parametrize(
    ("course", "wish"),
    [
        (Course(State.suspended, Plan.none), Wish.suspend),
        (Course(State.ready, Plan.none), Wish.resume),
        (Course(State.deleting, Plan.delete), Wish.delete),
        (Course(State.provisioning, Plan.provision), Wish.retry),
        (Course(State.suspended, Plan.none), Wish.upgrade),
    ],
)
def test_a_wish_that_is_fulfilled_changes_nothing(course: Course, wish: Wish) -> None:
    assert lifecycle.granted(course, wish, "acme") is None


def test_a_lease_and_a_pause_keep_workers_away() -> None:
    course, later = Course(State.provisioning, Plan.provision), NOW + timedelta(seconds=1)
    assert lifecycle.is_due(course, None, None, NOW)
    assert not lifecycle.is_due(course, later, None, NOW)
    assert not lifecycle.is_due(course, None, later, NOW)
    assert lifecycle.is_due(course, later, None, later)


def test_pauses_grow_and_end_after_six_attempts() -> None:
    pauses = [lifecycle.back_off(attempts) for attempts in range(1, 7)]
    assert pauses[:5] == sorted(pauses[:5])
    assert pauses[5] is None
    assert sum((pause for pause in pauses if pause), timedelta()) <= timedelta(seconds=45)
