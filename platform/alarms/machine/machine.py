"""The state machine of one alarm (ISA-18.2, section 5; ADR 92). Pure: time is that of the inputs.

A delay ends at its exact time, whatever the time of the input that shows it: an alarm with an on-delay is raised at
`met_since + on_delay`. Samples that do not change whether the condition is met may be left out.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

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

Stepped = tuple[State, tuple[Transition, ...]]
_ACKNOWLEDGED = {  # what an acknowledgement makes of a condition, without and with latching
    Condition.UNACKNOWLEDGED: (Condition.ACKNOWLEDGED, Condition.ACKNOWLEDGED),
    Condition.RETURNED: (Condition.NORMAL, Condition.LATCHED),
}


def step(settings: Settings, state: State, input: Input) -> Stepped:
    """The state after an input, and what it adds to the journal, in order.

    A sample that is not newer than the last one, a timer that comes twice, and what is so already change nothing.
    """
    match input:
        case Sample():
            return _sample(settings, state, input)
        case Timer(t):
            state, first = _expire(settings, state, t)
            state, second = _end_of_shelf(state, t)
            return state, first + second
        case Acknowledge():
            return _acknowledge(settings, state, input)
        case Shelve(t, until, reason, by):
            return _shelve(state, t, Shelf(until, reason, by))
        case Unshelve(t, by):
            return _unshelve(state, t, by) if state.shelf is not None else (state, ())
        case Suppress(t, why, by):
            if why in state.suppressed:
                return state, ()
            return _noted(replace(state, suppressed=(*state.suppressed, why)), What.SUPPRESSED, t, by, why)
        case Release(t, why, by):
            if why not in state.suppressed:
                return state, ()
            left = tuple(each for each in state.suppressed if each != why)
            return _noted(replace(state, suppressed=left), What.RELEASED, t, by, why)
        case TakeOutOfService(t, reason, by):
            reason = reason or "out of service"
            if state.out_of_service == reason:
                return state, ()
            return _noted(replace(state, out_of_service=reason), What.OUT_OF_SERVICE, t, by, reason)
        case ReturnToService(t, by):
            if not state.out_of_service:
                return state, ()
            return _noted(replace(state, out_of_service=""), What.IN_SERVICE, t, by)
        case Reset(t, by):
            if state.condition is not Condition.LATCHED:
                return state, ()
            return _left(state, Condition.NORMAL, What.RESET, t, by)
        case Disable(t, by):
            return _disable(state, t, by)
        case Note(t, by, note, verdict):
            state = replace(state, note=note or state.note, verdict=verdict or state.verdict)
            return _noted(state, What.NOTE, t, by, note, verdict)


def run(settings: Settings, state: State, inputs: Iterable[Input]) -> tuple[State, list[Transition]]:
    """Many steps."""
    transitions: list[Transition] = []
    for input in inputs:
        state, added = step(settings, state, input)
        transitions += added
    return state, transitions


def due(settings: Settings, state: State) -> int | None:
    """When a `Timer` would change something, if no other input comes before."""
    shelf_ends = None if state.shelf is None else state.shelf.until
    times = [time for time in (_delay_ends(settings, state), shelf_ends) if time is not None]
    return min(times, default=None)


def _sample(settings: Settings, state: State, sample: Sample) -> Stepped:
    if sample.t <= state.t and not sample.timed:
        return state, ()
    state, before = _expire(settings, state, sample.t)
    t = state.t if sample.timed else sample.t
    if sample.met == state.met:
        return replace(state, t=t), before
    state = replace(state, t=t, met=sample.met, met_since=None, unmet_since=None, met_value=None, met_limit=None)
    if sample.met and not state.active:
        state = replace(state, met_since=sample.t, met_value=sample.value, met_limit=sample.limit)
    elif not sample.met and state.active:
        state = replace(state, unmet_since=sample.t)
    state, after = _expire(settings, state, sample.t)
    return state, before + after


def _delay_ends(settings: Settings, state: State) -> int | None:
    if state.met_since is not None:
        return state.met_since + settings.on_delay
    if state.unmet_since is not None:
        return state.unmet_since + settings.off_delay
    return None


def _expire(settings: Settings, state: State, t: int) -> Stepped:
    """Ends the delay that has passed by `t`.

    Its end may be before the last change if that was by a timer, and an older sample came later: then it is then.
    """
    ends = _delay_ends(settings, state)
    if ends is None or ends > t:
        return state, ()
    ends = max(ends, state.changed)
    if state.met_since is None:
        return _return(settings, state, ends)
    return _raise(settings, state, max(ends, state.last_raised + 1))  # no two occurrences have the same time


def _raise(settings: Settings, state: State, t: int) -> Stepped:
    state = replace(
        state,
        condition=Condition.UNACKNOWLEDGED,
        met_since=None,
        raised=t,
        changed=t,
        last_raised=t,
        acknowledged=None,
        acknowledged_by="",
        note="",
        verdict="",
        returned=None,
        value=state.met_value,
        limit=state.met_limit,
        met_value=None,
        met_limit=None,
        rule_version=settings.rule_version,
    )
    return state, (_transition(state, What.RAISED, t),)


def _return(settings: Settings, state: State, t: int) -> Stepped:
    state = replace(state, unmet_since=None, returned=t, changed=t)
    if state.condition is Condition.UNACKNOWLEDGED:
        return _left(state, Condition.RETURNED, What.RETURNED, t)
    return _left(state, Condition.LATCHED if settings.latching else Condition.NORMAL, What.RETURNED, t)


def _left(
    state: State, condition: Condition, what: What, t: int, by: str = "", note: str = "", verdict: str = ""
) -> Stepped:
    """In another condition. Once it is normal, nothing remains of the occurrence but its transition."""
    state = replace(state, condition=condition)
    transition = _transition(state, what, t, by, note, verdict)
    if condition is Condition.NORMAL:
        state = replace(
            state, raised=None, acknowledged=None, acknowledged_by="", note="", verdict="", returned=None,
            value=None, limit=None, rule_version=0,
        )  # fmt: skip
    return state, (transition,)


def _acknowledge(settings: Settings, state: State, input: Acknowledge) -> Stepped:
    if state.condition not in _ACKNOWLEDGED:
        return state, ()
    condition = _ACKNOWLEDGED[state.condition][settings.latching]
    t = max(input.t, state.changed)
    note, verdict = input.note or state.note, input.verdict or state.verdict
    state = replace(state, acknowledged=t, acknowledged_by=input.by, note=note, verdict=verdict)
    return _left(state, condition, What.ACKNOWLEDGED, t, input.by, input.note, input.verdict)


def _shelve(state: State, t: int, shelf: Shelf) -> Stepped:
    if shelf.until <= t or shelf == state.shelf:
        return state, ()
    state = replace(state, shelf=shelf)
    t = max(t, state.changed)
    return state, (_transition(state, What.SHELVED, t, shelf.by, shelf.reason, until=shelf.until),)


def _end_of_shelf(state: State, t: int) -> Stepped:
    if state.shelf is None or state.shelf.until > t:
        return state, ()
    return _unshelve(state, state.shelf.until, "")


def _unshelve(state: State, t: int, by: str) -> Stepped:
    return _noted(replace(state, shelf=None), What.UNSHELVED, t, by)


def _disable(state: State, t: int, by: str) -> Stepped:
    fresh = State(t=state.t, changed=state.changed, last_raised=state.last_raised)
    if state.condition is Condition.NORMAL and state.annunciated:
        return fresh, ()
    told = replace(state, condition=Condition.NORMAL)
    return fresh, (_transition(told, What.DISABLED, max(t, state.changed), by),)


def _noted(state: State, what: What, t: int, by: str, note: str = "", verdict: str = "") -> Stepped:
    return state, (_transition(state, what, max(t, state.changed), by, note, verdict),)


def _transition(
    state: State, what: What, t: int, by: str = "", note: str = "", verdict: str = "", until: int | None = None
) -> Transition:
    return Transition(
        what=what,
        t=t,
        condition=state.condition,
        occurrence=state.raised,
        value=state.value,
        limit=state.limit,
        rule_version=state.rule_version,
        person=by,
        note=note,
        verdict=verdict,
        until=until,
        suppressed=not state.annunciated,
    )
