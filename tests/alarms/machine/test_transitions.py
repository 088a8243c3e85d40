"""Each transition of the alarm state machine (ISA-18.2, figure 10)."""

from __future__ import annotations

import pytest

from alarms.machine import due, run, step
from alarms.machine.model import (
    Acknowledge,
    Condition,
    Disable,
    Input,
    Note,
    Release,
    Reset,
    ReturnToService,
    Sample,
    Settings,
    Shelf,
    Shelve,
    State,
    Suppress,
    TakeOutOfService,
    Timer,
    Transition,
    Unshelve,
    What,
)

PLAIN, LATCHING, DELAYED = Settings(rule_version=3), Settings(latching=True), Settings(on_delay=30, off_delay=20)
OVER, UNDER = Sample(100, True, 17.9, 14.5), Sample(200, False, 14.0, 14.5)
ACK, RESET = Acknowledge(300, "kim", "on it"), Reset(400, "kim")

NORMAL, UNACKNOWLEDGED, ACKNOWLEDGED, RETURNED, LATCHED = Condition
TO: dict[Condition, list[Input]] = {
    NORMAL: [],
    UNACKNOWLEDGED: [OVER],
    ACKNOWLEDGED: [OVER, Acknowledge(150, "kim")],
    RETURNED: [OVER, UNDER],
    LATCHED: [OVER, UNDER, Acknowledge(250, "kim")],
}


def in_condition(condition: Condition, settings: Settings) -> State:
    state, _ = run(settings, State(), TO[condition])
    assert state.condition is condition
    return state


def happened(transitions: tuple[Transition, ...] | list[Transition]) -> list[tuple[str, int]]:
    return [(each.what.value, each.t) for each in transitions]


@pytest.mark.parametrize(
    ("before", "input", "after", "what"),
    [
        (NORMAL, Sample(900, True), UNACKNOWLEDGED, What.RAISED),
        (NORMAL, Sample(900, False), NORMAL, None),
        (NORMAL, ACK, NORMAL, None),
        (NORMAL, RESET, NORMAL, None),
        (NORMAL, Disable(900), NORMAL, None),
        (UNACKNOWLEDGED, Sample(900, True), UNACKNOWLEDGED, None),
        (UNACKNOWLEDGED, Sample(900, False), RETURNED, What.RETURNED),
        (UNACKNOWLEDGED, ACK, ACKNOWLEDGED, What.ACKNOWLEDGED),
        (UNACKNOWLEDGED, RESET, UNACKNOWLEDGED, None),
        (UNACKNOWLEDGED, Disable(900), NORMAL, What.DISABLED),
        (ACKNOWLEDGED, Sample(900, True), ACKNOWLEDGED, None),
        (ACKNOWLEDGED, Sample(900, False), NORMAL, What.RETURNED),
        (ACKNOWLEDGED, ACK, ACKNOWLEDGED, None),
        (ACKNOWLEDGED, RESET, ACKNOWLEDGED, None),
        (ACKNOWLEDGED, Disable(900), NORMAL, What.DISABLED),
        (RETURNED, Sample(900, True), UNACKNOWLEDGED, What.RAISED),
        (RETURNED, Sample(900, False), RETURNED, None),
        (RETURNED, ACK, NORMAL, What.ACKNOWLEDGED),
        (RETURNED, RESET, RETURNED, None),
        (RETURNED, Disable(900), NORMAL, What.DISABLED),
    ],
)
def test_a_plain_alarm(before: Condition, input: Input, after: Condition, what: What | None) -> None:
    state, transitions = step(PLAIN, in_condition(before, PLAIN), input)
    assert state.condition is after
    assert [each.what for each in transitions] == ([what] if what else [])
    assert all(each.condition is after for each in transitions)


@pytest.mark.parametrize(
    ("before", "input", "after", "what"),
    [
        (ACKNOWLEDGED, Sample(900, False), LATCHED, What.RETURNED),
        (UNACKNOWLEDGED, Sample(900, False), RETURNED, What.RETURNED),
        (RETURNED, ACK, LATCHED, What.ACKNOWLEDGED),
        (RETURNED, RESET, RETURNED, None),
        (LATCHED, RESET, NORMAL, What.RESET),
        (LATCHED, ACK, LATCHED, None),
        (LATCHED, Sample(900, False), LATCHED, None),
        (LATCHED, Sample(900, True), UNACKNOWLEDGED, What.RAISED),
        (LATCHED, Disable(900), NORMAL, What.DISABLED),
    ],
)
def test_a_latching_alarm(before: Condition, input: Input, after: Condition, what: What | None) -> None:
    state, transitions = step(LATCHING, in_condition(before, LATCHING), input)
    assert state.condition is after
    assert [each.what for each in transitions] == ([what] if what else [])


def test_a_transition_has_value_limit_occurrence_and_the_rules_version() -> None:
    _, transitions = run(PLAIN, State(), [OVER, Sample(150, True, 19.0, 14.5), UNDER, ACK])
    raised, returned, acknowledged = transitions
    assert raised == Transition(What.RAISED, 100, UNACKNOWLEDGED, 100, 17.9, 14.5, 3)
    assert returned == Transition(What.RETURNED, 200, RETURNED, 100, 17.9, 14.5, 3)
    assert acknowledged == Transition(What.ACKNOWLEDGED, 300, NORMAL, 100, 17.9, 14.5, 3, "kim", "on it")


def test_an_acknowledgement_is_kept_with_person_and_note() -> None:
    state, _ = run(PLAIN, State(), [OVER, Acknowledge(150, "kim", "valve is stuck")])
    assert (state.acknowledged, state.acknowledged_by, state.note) == (150, "kim", "valve is stuck")


def test_a_new_occurrence_knows_nothing_of_the_one_before() -> None:
    state, _ = run(LATCHING, State(), [OVER, Acknowledge(150, "kim", "seen"), UNDER, Sample(500, True, 20.0, 14.5)])
    assert (state.raised, state.value, state.acknowledged, state.acknowledged_by, state.note) == (500, 20, None, "", "")
    assert state.returned is None


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        ([Sample(0, True), Sample(29, False)], []),
        ([Sample(0, True), Timer(29)], []),
        ([Sample(0, True), Timer(30)], [("raised", 30)]),
        ([Sample(0, True), Timer(99)], [("raised", 30)]),
        ([Sample(0, True), Timer(30), Timer(30), Timer(31)], [("raised", 30)]),
        ([Sample(0, True), Sample(10, True), Sample(30, True)], [("raised", 30)]),
        ([Sample(0, True), Sample(500, True)], [("raised", 30)]),
        ([Sample(0, True), Sample(30, False)], [("raised", 30)]),
        ([Sample(0, True), Sample(10, False), Sample(20, True), Timer(49)], []),
        ([Sample(0, True), Sample(10, False), Sample(20, True), Timer(50)], [("raised", 50)]),
        ([Sample(0, True), Sample(40, False), Timer(59)], [("raised", 30)]),
        ([Sample(0, True), Sample(40, False), Timer(60)], [("raised", 30), ("returned", 60)]),
        ([Sample(0, True), Sample(40, False), Sample(50, True), Timer(99)], [("raised", 30)]),
        ([Sample(0, True), Sample(40, False), Sample(900, True)], [("raised", 30), ("returned", 60)]),
        (
            [Sample(0, True), Sample(40, False), Sample(61, True), Timer(91)],
            [("raised", 30), ("returned", 60), ("raised", 91)],
        ),
    ],
)
def test_delays_end_at_their_exact_time(inputs: list[Input], expected: list[tuple[str, int]]) -> None:
    _, transitions = run(DELAYED, State(), inputs)
    assert happened(transitions) == expected


def test_an_alarm_that_a_timer_raised_returns_by_an_older_sample_but_not_before_it_was_raised() -> None:
    state, transitions = run(Settings(on_delay=30), State(), [Sample(70, True), Timer(100), Sample(90, False)])
    assert happened(transitions) == [("raised", 100), ("returned", 100)]
    assert state.condition is RETURNED


def test_the_value_of_a_delayed_alarm_is_that_at_which_its_condition_began() -> None:
    state, _ = run(DELAYED, State(), [Sample(0, True, 15.0, 14.5), Sample(10, True, 19.0, 14.5), Timer(30)])
    assert (state.value, state.limit) == (15.0, 14.5)


def test_a_condition_that_did_not_last_leaves_the_value_of_a_returned_alarm() -> None:
    state, _ = run(DELAYED, State(), [Sample(0, True, 15.0), Sample(40, False), Timer(60), Sample(70, True, 99.0)])
    assert (state.condition, state.value, state.raised) == (RETURNED, 15.0, 30)


@pytest.mark.parametrize("t", [100, 99, -5])
@pytest.mark.parametrize("met", [True, False])
def test_duplicates_and_older_samples_change_nothing(t: int, met: bool) -> None:
    state = in_condition(UNACKNOWLEDGED, PLAIN)
    assert step(PLAIN, state, Sample(t, met, 99.0)) == (state, ())


def test_a_condition_that_time_has_ended_is_met_again_by_a_sample_from_before() -> None:
    """A deadman found out by the clock at 100, and then what was sent at 90 arrives."""
    inputs = [Sample(70, False), Sample(100, True, timed=True), Sample(90, False)]
    _, transitions = run(PLAIN, State(), inputs)
    assert happened(transitions) == [("raised", 100), ("returned", 100)]


def test_a_sensor_that_lags_behind_another_changes_what_that_one_said() -> None:
    inputs = [Sample(60, True), Sample(60, False, timed=True), Sample(60, True, timed=True)]
    _, transitions = run(PLAIN, State(), inputs)
    assert happened(transitions) == [("raised", 60), ("returned", 60), ("raised", 61)]


def test_what_is_due_next() -> None:
    assert due(DELAYED, State()) is None
    state, _ = step(DELAYED, State(), Sample(0, True))
    assert due(DELAYED, state) == 30
    state, _ = step(DELAYED, state, Shelve(5, 25, "works", "kim"))
    assert due(DELAYED, state) == 25
    state, _ = run(DELAYED, state, [Timer(30), Sample(40, False)])
    assert due(DELAYED, state) == 60
    state, _ = step(DELAYED, state, Timer(60))
    assert due(DELAYED, state) is None


def test_a_shelf_ends_by_itself_at_its_time() -> None:
    state, transitions = step(PLAIN, State(), Shelve(100, 500, "pump is being serviced", "kim"))
    assert state.shelf == Shelf(500, "pump is being serviced", "kim")
    [shelved] = transitions
    assert (shelved.what, shelved.person, shelved.note, shelved.until) == (
        What.SHELVED, "kim", "pump is being serviced", 500,
    )  # fmt: skip
    state, none = step(PLAIN, state, Timer(499))
    state, ended = step(PLAIN, state, Timer(700))
    assert (none, happened(ended), state.shelf) == ((), [("unshelved", 500)], None)


def test_samples_do_not_end_a_shelf_as_devices_clocks_may_be_ahead() -> None:
    state, _ = run(PLAIN, State(), [Shelve(100, 500, "works", "kim"), Sample(9_000, True)])
    assert state.shelf is not None


def test_a_shelved_alarm_goes_through_its_states_and_people_are_not_told() -> None:
    inputs = [Shelve(50, 500, "works", "kim"), OVER, UNDER, Unshelve(250, "kim"), Sample(260, True)]
    _, transitions = run(PLAIN, State(), inputs)
    assert [(each.what.value, each.suppressed) for each in transitions] == [
        ("shelved", True), ("raised", True), ("returned", True), ("unshelved", False), ("raised", False),
    ]  # fmt: skip


def test_shelving_again_replaces_the_shelf_and_the_same_one_is_no_transition() -> None:
    state, _ = step(PLAIN, State(), Shelve(100, 500, "works", "kim"))
    assert step(PLAIN, state, Shelve(110, 500, "works", "kim")) == (state, ())
    state, transitions = step(PLAIN, state, Shelve(110, 900, "works", "lou"))
    assert (happened(transitions), state.shelf) == ([("shelved", 110)], Shelf(900, "works", "lou"))


def test_a_shelf_that_has_ended_already_and_unshelving_without_one_change_nothing() -> None:
    assert step(PLAIN, State(), Shelve(500, 500, "works", "kim")) == (State(), ())
    assert step(PLAIN, State(), Unshelve(500, "kim")) == (State(), ())


def test_suppression_lasts_until_each_of_its_reasons_is_released() -> None:
    inputs = [Suppress(1, "maintenance"), Suppress(2, "alarm:x"), Suppress(3, "maintenance"), Release(4, "maintenance")]
    state, transitions = run(PLAIN, State(), inputs)
    assert state.suppressed == ("alarm:x",) and not state.annunciated
    assert happened(transitions) == [("suppressed", 1), ("suppressed", 2), ("released", 4)]
    state, transitions = run(PLAIN, state, [Release(5, "maintenance"), Release(6, "alarm:x")])
    assert happened(transitions) == [("released", 6)] and state.annunciated and state.plain


def test_out_of_service_and_back() -> None:
    state, transitions = run(PLAIN, State(), [TakeOutOfService(1, "", "kim"), OVER])
    assert (state.out_of_service, state.condition) == ("out of service", UNACKNOWLEDGED)
    assert [(each.what.value, each.suppressed) for each in transitions] == [("out_of_service", True), ("raised", True)]
    assert step(PLAIN, state, TakeOutOfService(150, "", "kim")) == (state, ())
    state, transitions = step(PLAIN, state, ReturnToService(200, "kim"))
    assert (happened(transitions), state.out_of_service) == ([("in_service", 200)], "")
    assert step(PLAIN, state, ReturnToService(210, "kim")) == (state, ())


def test_a_note_is_an_entry_of_its_own() -> None:
    state, transitions = step(PLAIN, in_condition(ACKNOWLEDGED, PLAIN), Note(500, "lou", "part is ordered"))
    assert (state.note, state.condition) == ("part is ordered", ACKNOWLEDGED)
    assert [(each.what, each.person, each.note) for each in transitions] == [(What.NOTE, "lou", "part is ordered")]


def test_a_verdict_is_kept_with_the_occurrence() -> None:
    state, transitions = step(PLAIN, in_condition(UNACKNOWLEDGED, PLAIN), Acknowledge(150, "kim", "", "false"))
    assert (state.verdict, transitions[0].verdict) == ("false", "false")
    state, transitions = step(PLAIN, state, Note(160, "kim", "", "genuine"))
    assert (state.verdict, transitions[0].verdict) == ("genuine", "genuine")
    state, _ = run(PLAIN, state, [Sample(200, False), Sample(300, True)])
    assert state.verdict == ""


@pytest.mark.parametrize("special", [Shelve(1, 9_999, "works", "kim"), Suppress(1, "x"), TakeOutOfService(1, "x", "")])
def test_disabling_leaves_nothing_and_is_told_if_there_was_something(special: Input) -> None:
    state, _ = step(PLAIN, State(), special)
    state, transitions = step(PLAIN, state, Disable(500, "kim"))
    assert state.plain and happened(transitions) == [("disabled", 500)]
    delayed, _ = step(DELAYED, State(), Sample(0, True))
    state, transitions = step(DELAYED, delayed, Disable(10))
    assert (state.plain, state.met, transitions) == (True, False, ())


def test_only_an_alarm_without_anything_is_plain() -> None:
    state, _ = run(PLAIN, State(), [OVER, UNDER, ACK])
    assert state.plain and not in_condition(RETURNED, PLAIN).plain
    assert not step(DELAYED, State(), Sample(0, True))[0].plain
