"""States of alarms out of their journal: what was so at a past moment. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from msgspec.structs import replace

from alarms.about import About
from alarms.journal.models import JournalEntry, SnapshotAlarm
from alarms.machine.model import Condition, Shelf, State, Transition, What

OUTCOMES = (What.NOTIFIED, What.NOTIFICATION_FAILED)  # of deliveries: they change no state


class Known(NamedTuple):
    """An alarm with its names, as they were."""

    state: State
    about: About


def states_after(snapshot: Iterable[SnapshotAlarm], entries: Iterable[JournalEntry]) -> dict[str, Known]:
    """Alarms that are not plainly normal. `entries` in the order of their numbers, none that the snapshot has."""
    known = {alarm.key: Known(alarm.state, alarm.about) for alarm in snapshot}
    for entry in entries:
        apply(known, entry)
    return known


def apply(known: dict[str, Known], entry: JournalEntry) -> None:
    """Change what is known of the entry's alarm; one that is plainly normal then is left out."""
    if entry.transition.what in OUTCOMES:
        return
    before = known.get(entry.key)
    state = after(before.state if before else State(), entry.transition)
    if is_normal(state):
        known.pop(entry.key, None)
    else:
        known[entry.key] = Known(state, entry.about)


def is_normal(state: State) -> bool:
    return (
        state.condition is Condition.NORMAL
        and state.shelf is None
        and not state.suppressed
        and not state.out_of_service
    )


def after(state: State, done: Transition) -> State:
    """The state after a transition, as far as it is shown: without what only the machine needs."""
    t = done.t
    state = replace(state, condition=done.condition, rule_version=done.rule_version or state.rule_version)
    match done.what:
        case What.RAISED:
            return replace(
                state, raised=t, returned=None, acknowledged=None, acknowledged_by="", note="", verdict="",
                value=done.value, limit=done.limit,
            )  # fmt: skip
        case What.RETURNED:
            return replace(state, returned=t)
        case What.ACKNOWLEDGED:
            note, verdict = done.note or state.note, done.verdict or state.verdict
            return replace(state, acknowledged=t, acknowledged_by=done.person, note=note, verdict=verdict)
        case What.NOTE:
            return replace(state, note=done.note or state.note, verdict=done.verdict or state.verdict)
        case What.SHELVED:
            return replace(state, shelf=Shelf(done.until or t, done.note, done.person))
        case What.UNSHELVED:
            return replace(state, shelf=None)
        case What.SUPPRESSED:
            return replace(state, suppressed=(*(each for each in state.suppressed if each != done.note), done.note))
        case What.RELEASED:
            return replace(state, suppressed=tuple(each for each in state.suppressed if each != done.note))
        case What.OUT_OF_SERVICE:
            return replace(state, out_of_service=done.note)
        case What.IN_SERVICE:
            return replace(state, out_of_service="")
        case What.DISABLED:
            return State()
        case What.RESET | What.NOTIFIED | What.NOTIFICATION_FAILED:
            return state
