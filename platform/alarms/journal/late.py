"""Alarms that should have been: by late samples, and in imported history. They enter the journal, notify nobody, and
change no state.
"""

from __future__ import annotations

import dataclasses
import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

import numpy as np
from msgspec.structs import replace

from alarms import states
from alarms.backtest.columns import Column
from alarms.backtest.combining import samples
from alarms.journal.drain import drain
from alarms.journal.stored import entry_of
from alarms.machine import run
from alarms.machine.model import Sample, State, Timer, Transition, What
from alarms.rules.compiled import CompiledRule
from alarms.rules.repository import compile_enabled
from catalog.models import Sensor
from catalog.snapshot import Snapshot, snapshot_of
from historian.read.raw import stream_all
from historian.read.sources import Sources, sources_of
from kernel.errors import PlantraceError
from kernel.tenancy import TenantConnection
from kernel.times import DAY, HOUR, NS_PER_MS, TimeRange
from stores.redis.alarms import LateRange, Step
from stores.samples import Raw
from stores.timeseries.alarms import JournalFilter, read_bodies
from web.stores import alarms, reader, second_reader, streams

log = logging.getLogger(__name__)

SETTLED_MS = 60_000  # after the first late sample: more may come, and the writer is to have stored them
TURN_MS = 5_000  # until what was noted is committed
LEAD_MS = DAY  # read before a range, for the values that count when it begins
TAIL_MS = HOUR  # looked at behind it, for the ends of occurrences
PIECE_MS = 30 * DAY  # read at once
MAX_LATE_MS = (
    366 * DAY
)  # of a range of late samples; of a longer one, its end. Imported ones may be as long as they are
MAX_ENTRIES = 10_000  # of one rule in one range
BATCH_SIZE = 1_000
PAST = "past:"  # before a sensor's id: its range was imported
LEFT_OUT = frozenset({"stale", "event_count"})  # silence is over once late samples are there; events are not read here
Occurrence = tuple[int, int | None]


def note_past(tenant: TenantConnection, ranges: Iterable[tuple[str, int, int]], now: int) -> None:
    """Of sensors (id, first, last; epoch ms) whose history was written past the queue. Nothing without enabled rules.
    Can be repeated. Raises Unavailable.
    """
    late = [LateRange(PAST + sensor, start, end, now) for sensor, start, end in ranges]
    if late and second_reader().with_cursor([tenant.prefix]):
        alarms().commit(tenant.prefix, Step(late=late))


def evaluate_late(tenant: TenantConnection, now: int) -> int:
    """Ranges that were noted a minute ago, as far as the writer has stored them. Returns how many entries were made.
    Raises Unavailable, and then goes on where it was when it is called again.
    """
    due = [each for each in alarms().late(tenant.prefix) if each.noted <= now - SETTLED_MS]
    if not due or _is_writing(tenant, max(each.noted for each in due)):
        return 0
    readers: dict[str, list[CompiledRule]] = defaultdict(list)
    for rule in compile_enabled(tenant)[0]:
        if rule.kind not in LEFT_OUT:
            for sensor in rule.reads:
                readers[sensor].append(rule)
    snapshot, sources = snapshot_of(tenant), sources_of(tenant)
    made = 0
    for late in due:
        if not second_reader().acquire(tenant.prefix):
            break
        drain(tenant)  # the journal says what was raised already, also by the range before
        rules = readers.get(late.target.removeprefix(PAST), ())
        found = chain.from_iterable(_additions(tenant, snapshot, sources, rule, late, now) for rule in rules)
        added = _commit(tenant, late, found)
        if added is None:  # somebody else has evaluated it
            break
        made += added
    return made


def _additions(
    tenant: TenantConnection, snapshot: Snapshot, sources: Sources, rule: CompiledRule, late: LateRange, now: int
) -> list[tuple[CompiledRule, Transition]]:
    try:
        return [(rule, each) for each in _missing(tenant, snapshot, sources, rule, late, now)]
    except PlantraceError:
        raise
    except Exception:
        log.exception("late samples are not evaluated by the rule %s", rule.key)
        return []


def _commit(tenant: TenantConnection, late: LateRange, found: Iterable[tuple[CompiledRule, Transition]]) -> int | None:
    """In steps, each of which is done once. How many entries were made; None: nothing, as another process is at it."""
    made, step = 0, Step()
    for rule, transition in found:
        if len(step.transitions) >= BATCH_SIZE and transition.what is What.RAISED:
            step.begun = [late]
            if not _is_done(tenant, step):
                return None
            late, step = dataclasses.replace(late, noted=late.noted + 1), Step()
        states.add_transitions(step, rule.key, rule.about, [transition])
        made += 1
    step.evaluated = [late]
    return made if _is_done(tenant, step) else None


def _is_done(tenant: TenantConnection, step: Step) -> bool:
    """The lease is renewed, as a range may take longer than it lasts."""
    if not second_reader().acquire(tenant.prefix):
        return False
    return states.commit(tenant, step, leased=True, bounded=True).outcome == "ok"


def _is_writing(tenant: TenantConnection, noted: int) -> bool:
    """Whether samples from then wait for the writer."""
    waiting = streams().waiting(tenant.prefix, 1)
    return bool(waiting) and int(waiting[0].id.partition("-")[0]) <= noted + TURN_MS


def _missing(
    tenant: TenantConnection, snapshot: Snapshot, sources: Sources, rule: CompiledRule, late: LateRange, now: int
) -> list[Transition]:
    """Transitions of occurrences that began in the range, and of which the journal has nothing."""
    settings = rule.settings
    end = min(now, late.end + settings.on_delay + settings.off_delay + TAIL_MS)
    sensors = [sensor for id in rule.reads if (sensor := snapshot.sensors.get(id)) is not None]
    if len(sensors) < len(rule.reads):
        return []
    past = late.target.startswith(PAST)
    start = late.start if past else max(late.start, late.end - MAX_LATE_MS)
    if start > late.start:
        log.warning("%s: late samples before the last %d days are left out", rule.key, MAX_LATE_MS // DAY)
    told = list(_transitions(sources, sensors, rule, start, end))
    known = _known(tenant, rule.key, start - LEAD_MS, end)
    kept: list[Transition] = []
    for raised, returned in pairs_of(told):
        last = returned.t if returned is not None else None
        if raised.t > late.end + settings.on_delay or _overlaps((raised.t, last), known):
            continue
        kept += [raised] if returned is None else [raised, returned]
        if len(kept) >= MAX_ENTRIES:
            log.warning("%s: the rest of a range of past samples is left out: too many alarms", rule.key)
            break
    return [replace(each, late=not past, past=past) for each in kept]


def pairs_of(transitions: Iterable[Transition]) -> Iterator[tuple[Transition, Transition | None]]:
    """Each beginning of an occurrence with its end; None: it has none yet."""
    open_: Transition | None = None
    for each in transitions:
        if each.what is What.RAISED:
            if open_ is not None:
                yield open_, None
            open_ = each
        elif each.what is What.RETURNED and open_ is not None:
            yield open_, each
            open_ = None
    if open_ is not None:
        yield open_, None


def _transitions(
    sources: Sources, sensors: Sequence[Sensor], rule: CompiledRule, start: int, end: int
) -> Iterator[Transition]:
    """What the machine says of the stored samples, piece by piece; of an occurrence that had begun before, nothing."""
    state, begun = State(), False
    for first in range(start, end, PIECE_MS):
        last = min(first + PIECE_MS, end)
        columns = {sensor.id: _column(sources, sensor, first - LEAD_MS, last) for sensor in sensors}
        found = samples(rule, columns, first - LEAD_MS, last)
        before = [each for each in found if each.t < first]
        if not begun:
            state, _ = run(rule.settings, state, [*before, Timer(first - 1)])
            begun = True
        else:
            state, added = run(rule.settings, state, _corrected(state, before, first))
            yield from added
        state, added = run(rule.settings, state, [each for each in found if each.t >= first])
        yield from added
    _, added = run(rule.settings, state, [Timer(end - 1)])
    yield from added


def _corrected(state: State, before: Sequence[Sample], first: int) -> list[Sample]:
    """What a piece says of its beginning, if the piece before ended otherwise."""
    met = before[-1].met if before else False
    return [] if met == state.met else [Sample(first, met, timed=True)]


def _column(sources: Sources, sensor: Sensor, start: int, end: int) -> Column:
    parts = list(stream_all(sources, sensor, TimeRange(start, end)))
    if not parts:
        return Column.empty()
    t, v, q = (np.concatenate([getattr(part, name) for part in parts]) for name in ("t", "v", "q"))
    return Column.of(Raw(t, v, q))


def _known(tenant: TenantConnection, key: str, start: int, end: int) -> list[Occurrence]:
    """Occurrences in the journal; None: of which no end is known."""
    which = JournalFilter(start * NS_PER_MS, (end + 1) * NS_PER_MS, key=key, whats=("raised", "returned", "disabled"))
    entries = [entry_of(body) for _, body in read_bodies(reader(tenant), which, 100_000, newest_first=False)]
    ends: dict[int, int | None] = {}
    for entry in entries:
        occurrence = entry.transition.occurrence
        if occurrence is None:
            continue
        if entry.transition.what is What.RAISED:
            ends.setdefault(occurrence, None)
        else:
            ends[occurrence] = entry.transition.t
    return list(ends.items())


def _overlaps(one: Occurrence, others: Sequence[Occurrence]) -> bool:
    forever = 2**62
    start, end = one[0], forever if one[1] is None else one[1]
    return any(start <= (forever if last is None else last) and first <= end for first, last in others)
