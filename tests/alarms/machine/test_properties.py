"""What holds of every sequence of inputs."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from alarms.machine import due, run
from alarms.machine.model import (
    Acknowledge,
    Disable,
    Input,
    Note,
    Release,
    Reset,
    ReturnToService,
    Sample,
    Settings,
    Shelve,
    State,
    Suppress,
    TakeOutOfService,
    Timer,
    Transition,
    Unshelve,
    What,
)

AUTOMATIC = (What.RAISED, What.RETURNED)
moments = st.integers(0, 60)
delays = st.integers(0, 8)
all_settings = st.builds(Settings, delays, delays, st.booleans())
samples = st.builds(Sample, moments, st.booleans(), st.none() | st.floats(0, 9), st.none(), st.booleans())
people = st.one_of(
    st.builds(Acknowledge, moments, st.just("kim")),
    st.builds(Shelve, moments, moments, st.just("works"), st.just("kim")),
    st.builds(Unshelve, moments),
    st.builds(Suppress, moments, st.sampled_from("ab")),
    st.builds(Release, moments, st.sampled_from("ab")),
    st.builds(TakeOutOfService, moments, st.just("works"), st.just("kim")),
    st.builds(ReturnToService, moments, st.just("kim")),
    st.builds(Reset, moments, st.just("kim")),
    st.builds(Disable, moments),
    st.builds(Note, moments, st.just("kim"), st.just("…")),
)
inputs_of_all_kinds = st.lists(st.one_of(samples, samples, st.builds(Timer, moments), people), max_size=40)
in_order = st.lists(st.tuples(moments, st.booleans()), max_size=40, unique_by=lambda pair: pair[0]).map(sorted)


def automatic(transitions: list[Transition]) -> list[tuple[What, int]]:
    return [(each.what, each.t) for each in transitions if each.what in AUTOMATIC]


@given(all_settings, inputs_of_all_kinds)
def test_it_is_raised_and_returns_in_turn_at_ascending_times(settings: Settings, inputs: list[Input]) -> None:
    _, transitions = run(settings, State(), inputs)
    active, last, raised = False, -(2**62), []
    for each in transitions:
        if each.what is What.RAISED:
            assert not active and each.t == each.occurrence
            raised.append(each.t)
        if each.what is What.RETURNED:
            assert active
        if each.what in AUTOMATIC:
            assert each.t >= last
            last = each.t
            active = each.what is What.RAISED
        if each.what is What.DISABLED:
            active = False
    assert len(set(raised)) == len(raised)


@given(all_settings, inputs_of_all_kinds, st.data())
def test_splitting_at_any_place_gives_the_same(settings: Settings, inputs: list[Input], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(inputs)))
    first, before = run(settings, State(), inputs[:place])
    stored = msgspec.msgpack.decode(msgspec.msgpack.encode(first), type=State)
    last, after = run(settings, stored, inputs[place:])
    assert (last, before + after) == run(settings, State(), inputs)


@given(all_settings, in_order, st.data())
def test_replays_change_nothing(settings: Settings, pairs: list[tuple[int, bool]], data: st.DataObject) -> None:
    """Any part of what was processed comes once more, in any order: entries of the queue are read at least once."""
    processed: list[Input] = [Sample(t, met) for t, met in pairs]
    again = data.draw(st.lists(st.sampled_from(processed), max_size=20) if processed else st.just([]))
    state, _ = run(settings, State(), processed)
    assert run(settings, state, again) == (state, [])


@given(all_settings, in_order)
def test_samples_that_change_nothing_may_be_left_out(settings: Settings, pairs: list[tuple[int, bool]]) -> None:
    crossings: list[Input] = [
        Sample(t, met) for place, (t, met) in enumerate(pairs) if met != (place > 0 and pairs[place - 1][1])
    ]
    every: list[Input] = [Sample(t, met) for t, met in pairs]
    end = [Timer(pairs[-1][0])] if pairs else []
    state, transitions = run(settings, State(), [*every, *end])
    again, same = run(settings, State(), [*crossings, *end])
    assert transitions == same
    assert msgspec.structs.replace(state, t=0) == msgspec.structs.replace(again, t=0)


@given(all_settings, in_order, st.lists(moments))
def test_timers_between_samples_change_nothing_but_when_it_is_known(
    settings: Settings, pairs: list[tuple[int, bool]], times: list[int]
) -> None:
    samples: list[Input] = [Sample(t, met) for t, met in pairs]
    timers: list[Input] = [Timer(t) for t in times]
    mixed = sorted([*samples, *timers], key=lambda each: (each.t, isinstance(each, Timer)))
    end = [Timer(60)]
    assert run(settings, State(), [*mixed, *end]) == run(settings, State(), [*samples, *end])


@given(all_settings, in_order)
def test_times_are_those_of_a_clock_that_looks_every_millisecond(
    settings: Settings, pairs: list[tuple[int, bool]]
) -> None:
    given_at, met, since, active, expected = dict(pairs), False, 0, False, []
    for t in range(61):
        if active != met and t - since >= (settings.off_delay if active else settings.on_delay):
            active = met
            expected.append((What.RAISED if active else What.RETURNED, t))
        if given_at.get(t, met) != met:
            met, since = not met, t
        if active != met and (settings.off_delay if active else settings.on_delay) == 0:
            active = met
            expected.append((What.RAISED if active else What.RETURNED, t))
    _, transitions = run(settings, State(), [*(Sample(t, met) for t, met in pairs), Timer(60)])
    assert automatic(transitions) == expected


@given(all_settings, inputs_of_all_kinds)
def test_nothing_happens_by_itself_before_it_is_due(settings: Settings, inputs: list[Input]) -> None:
    state, _ = run(settings, State(), inputs)
    when = due(settings, state)
    assert run(settings, state, [Timer((60 if when is None else when) - 1)]) == (state, [])
    if when is not None:
        again, transitions = run(settings, state, [Timer(when)])
        assert transitions and again != state
