"""What the demo's rules would have raised over the history that is written before it opens: its list is as if they had
always been there, with what is active now, and what has returned and nobody has acknowledged. People are told of those,
as they would be of new ones; the rest is past.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from alarms import states
from alarms.backtest.combining import samples
from alarms.backtest.reading import Deadline, OutOfTime, Reader
from alarms.backtest.running import sensors_of
from alarms.machine import run
from alarms.machine.model import State, Timer, Transition, What
from alarms.notification.actions import UNACKNOWLEDGED
from alarms.rules.repository import compile_enabled
from alarms.states import Kept
from catalog.snapshot import snapshot_of
from kernel.tenancy import TenantConnection
from kernel.times import TimeRange

TIME_LIMIT_S = 60.0


def raise_past_alarms(tenant: TenantConnection, start: int, end: int) -> int:
    """From the stored samples, by the machine that runs live. Returns how many alarms were raised at least once.

    An alarm that has changed in the meantime keeps its state. Rules whose samples are not read within a minute raise
    none.
    """
    compiled, _ = compile_enabled(tenant)
    sensors = sensors_of(snapshot_of(tenant), compiled)
    reader = Reader(tenant, TimeRange(start, end), Deadline(TIME_LIMIT_S), end)
    reader.prepare(list(sensors.values()))
    changes: dict[str, tuple[int, Kept, Sequence[Transition]]] = {}
    for rule in compiled:
        try:
            columns = reader.columns(rule, sensors)
        except OutOfTime:
            break
        found = samples(rule, columns, start, end)
        state, transitions = run(rule.settings, State(), [*found, Timer(end - 1)])
        if transitions:
            changes[rule.key] = (0, Kept(state, rule.about, rule.settings), _entries(state, transitions))
    taken = set(states.commit_changes(tenant, changes)) if changes else set()
    for key in taken:  # one that is not as it was read prevents the others
        del changes[key]
    if taken and changes:
        states.commit_changes(tenant, changes)
    return len(changes)


def _entries(state: State, transitions: Sequence[Transition]) -> list[Transition]:
    """Of the journal: past ones, which notify nobody, until the last time that an alarm was raised which still needs
    somebody.
    """
    raised = [number for number, each in enumerate(transitions) if each.what is What.RAISED]
    present = raised[-1] if raised and state.condition in UNACKNOWLEDGED else len(transitions)
    return [replace(each, past=number < present) for number, each in enumerate(transitions)]
