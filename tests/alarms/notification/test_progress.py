"""What attempts make of a delivery."""

from __future__ import annotations

import pytest

from alarms.notification import progress
from alarms.notification.messages import Outcome
from alarms.notification.progress import Progress
from kernel.times import DAY, HOUR

T = 1_773_000_000_000


def _claimed(now: int = T) -> Progress:
    return progress.claimed(progress.first(now), now)


@pytest.mark.parametrize(("outcome", "state"), [(Outcome("sent"), "sent"), (Outcome("refused", "No"), "failed")])
def test_what_was_taken_or_refused_has_ended(outcome: Outcome, state: str) -> None:
    done = progress.after(_claimed(), outcome, T, T + 5)
    assert (done.state, done.ended, done.attempts) == (state, T + 5, 1)


def test_retries_wait_twice_as_long_each_time_up_to_an_hour() -> None:
    assert [progress.delay(attempts, None) // 1000 for attempts in range(1, 12)] == [
        10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600,
    ]  # fmt: skip


@pytest.mark.parametrize(("after_s", "wait"), [(120.0, 120_000), (0.0, 10_000), (-5.0, 10_000), (1e12, DAY)])
def test_a_receiver_may_ask_for_more_time_up_to_a_day(after_s: float, wait: int) -> None:
    assert progress.delay(1, after_s) == wait


def test_a_delivery_that_is_not_taken_within_a_day_has_failed() -> None:
    now, each = T, progress.first(T)
    while each.ended is None:
        now = each.due
        each = progress.after(progress.claimed(each, now), Outcome("retry", "503"), T, now)
    assert each.state == "failed" and each.detail == "503"
    assert T + DAY - HOUR <= each.ended <= T + DAY
    assert 20 < each.attempts < 40


def test_what_is_in_doubt_is_repeated_for_hours_and_stays_in_doubt() -> None:
    now, each = T, progress.first(T)
    while each.ended is None:
        now = each.due
        each = progress.after(progress.claimed(each, now), Outcome("doubtful", "No answer"), T, now)
        assert each.state == "doubtful"
    assert each.attempts == progress.MAX_DOUBTS + 1 and each.ended is not None and each.ended - T > 4 * HOUR


def test_an_attempt_that_was_killed_counts_as_doubt_when_it_is_repeated() -> None:
    again = progress.claimed(_claimed(), T + progress.ATTEMPT_TIMEOUT)
    assert (again.state, again.attempts, again.doubts) == ("sending", 2, 1)
    assert progress.after(again, Outcome("sent"), T, T + 70_000).state == "sent"


def test_what_was_doubtful_once_and_is_never_taken_stays_in_doubt() -> None:
    each = progress.after(_claimed(), Outcome("doubtful"), T, T)
    each = progress.after(progress.claimed(each, T + DAY), Outcome("retry"), T, T + DAY)
    assert each.state == "doubtful" and each.ended == T + DAY


def test_progress_is_read_as_it_was_written() -> None:
    each = progress.after(_claimed(), Outcome("retry", "x" * 1_000, 30.0), T, T)
    assert progress.decode(progress.encode(each)) == each
    assert len(each.detail) == progress.MAX_DETAIL
