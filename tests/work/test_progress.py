"""States of a case: how it comes from one into another, and how it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import BadRequest
from tests.work.cases import HOUR, T, case
from work.cases.models import STATES, Case
from work.cases.progress import Progress, as_of, moved, opened

OPEN = opened(T, "anna")


def move(was: Progress, state: str, now: int, began: int | None = None, ended: int | None = None) -> Progress:
    return moved(was, state, began, ended, "ben", now)  # type: ignore[arg-type]


def trail(progress: Progress) -> list[tuple[str, int]]:
    return [(step.state, step.at) for step in progress.steps]


def test_work_begins_and_ends_when_the_state_says_so() -> None:
    working = move(OPEN, "in_progress", T + HOUR)
    done = move(working, "done", T + 3 * HOUR)
    assert (working.began, working.ended) == (T + HOUR, None)
    assert (done.began, done.ended) == (T + HOUR, T + 3 * HOUR)
    assert trail(done) == [("open", T), ("in_progress", T + HOUR), ("done", T + 3 * HOUR)]


def test_times_can_be_told_afterwards() -> None:
    done = move(OPEN, "done", T + 9 * HOUR, began=T + HOUR, ended=T + 2 * HOUR)
    assert trail(done) == [("open", T), ("in_progress", T + HOUR), ("done", T + 2 * HOUR)]
    corrected = move(done, "done", T + 10 * HOUR, began=T + 1, ended=T + 3 * HOUR)
    assert trail(corrected) == [("open", T), ("in_progress", T + 1), ("done", T + 3 * HOUR)]
    assert move(corrected, "done", T + 11 * HOUR) == corrected


def test_a_case_that_is_taken_up_again_keeps_when_work_on_it_began() -> None:
    done = move(move(OPEN, "in_progress", T + 1), "done", T + 2)
    again = move(done, "in_progress", T + 5)
    assert (again.began, again.ended) == (T + 1, None)
    assert trail(again)[-2:] == [("done", T + 2), ("in_progress", T + 5)]
    assert move(again, "done", T + 9).ended == T + 9


@pytest.mark.parametrize(
    ("state", "began", "ended", "field"),
    [
        ("open", T, None, "began"),
        ("in_progress", T, T + 1, "ended"),
        ("in_progress", T - 1, None, "began"),
        ("in_progress", T + 2 * HOUR, None, "began"),
        ("done", T + 10, T + 9, "ended"),
        ("done", None, T - 1, "ended"),
        ("cancelled", None, T + 2 * HOUR, "ended"),
    ],
)
def test_times_that_contradict_each_other_are_refused(
    state: str, began: int | None, ended: int | None, field: str
) -> None:
    with pytest.raises(BadRequest) as error:
        move(OPEN, state, T + HOUR, began, ended)
    assert error.value.extra["errors"][0]["field"] == field


@given(st.lists(st.tuples(st.sampled_from(STATES), st.integers(1, HOUR)), max_size=8))
def test_at_each_past_moment_a_case_is_as_it_was_after_its_last_change(changes: list[tuple[str, int]]) -> None:
    progress, now, was = OPEN, T, {T: "open"}
    for state, later in changes:
        now += later
        progress = move(progress, state, now)
        was[now] = state
    last = case(**progress.members())
    assert [step.at for step in progress.steps] == sorted(step.at for step in progress.steps)
    for moment, state in was.items():
        found = as_of(last, moment)
        assert found is not None and found.state == state
        assert (found.ended is not None) == (state in ("done", "cancelled"))
    assert as_of(last, T - 1) is None


def test_how_it_was_has_its_own_times() -> None:
    done = move(move(OPEN, "in_progress", T + 1), "done", T + 2)
    whole: Case = case(**done.members())
    working = as_of(whole, T + 1)
    assert working is not None
    assert (working.state, working.began, working.ended, len(working.steps)) == ("in_progress", T + 1, None, 2)
    assert as_of(whole, T + 100) == whole


def test_a_case_that_was_put_back_begins_again() -> None:
    back = move(move(OPEN, "in_progress", T + 1), "open", T + 2)
    again = move(back, "in_progress", T + 3)
    assert (back.began, again.began) == (None, T + 3)
    assert trail(again) == [("open", T), ("in_progress", T + 1), ("open", T + 2), ("in_progress", T + 3)]
    assert trail(move(again, "done", T + 9, began=T + 5))[-2:] == [("in_progress", T + 5), ("done", T + 9)]
    with pytest.raises(BadRequest):
        move(again, "done", T + 9, began=T + 1)
