"""The time that a signal spent in each of its states over a range. Pure."""

from __future__ import annotations

from historian.read.reading import Reading
from historian.rungs.states import Held, add_held, held_for, held_over, name_of
from kernel.times import TimeRange


def time_in_states(reading: Reading, span: TimeRange, end: int, limit: int | None) -> Held | None:
    """From the range's start, if the initial state is known, to its end or now."""
    rows, total = reading.rows, Held()
    first = int(rows.tfirst[0]) if len(rows) else end
    if len(reading.before) and first > span.start:
        t = int(reading.before.t_ms[-1])
        if (lasting := held_for(first - t, limit) - (span.start - t)) > 0:
            add_held(total, {name_of(reading.before.v[-1]): lasting})
    if len(rows):
        held = held_over(rows, range(len(rows)), limit, max(end, int(rows.tlast[-1])))
        if held is None:
            return None
        add_held(total, held)
    return total
