"""Evaluates one tenant's rules: reads the queue by the cursor, and commits all that follows with it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Protocol

import msgspec

from alarms import states
from alarms.evaluation.alarm import WAKE, Alarm
from alarms.evaluation.bands import Bands, Found
from alarms.evaluation.columns import MAX_AHEAD_MS, Columns, columns_of, not_ahead
from alarms.evaluation.loaded import Loaded, contacts_of, load
from alarms.evaluation.maintenance import Maintenance, maintain
from alarms.evaluation.process import Turn
from alarms.evaluation.turn import feed_samples, late_ranges
from alarms.machine import step
from alarms.machine.model import Timer
from alarms.rules.compiled import CompiledRule
from alarms.seams import EventRecord, queued_events
from kernel.batch import Batch, decode
from kernel.errors import Unavailable
from kernel.tenancy import TenantConnection
from stores.redis.alarms import Committed, Passed, Step
from stores.redis.entries import Entry
from web.stores import alarms, second_reader

log = logging.getLogger(__name__)

MAX_ENTRIES = 50  # of a turn: some 100,000 samples
MAX_TIMERS = 500
MAX_ATTEMPTS = 20  # at a step, as people may change its alarms meanwhile
RULES_POLL_INTERVAL_S = 1.0
Clock = Callable[[], int]


class RuleSource(Protocol):
    """The compiled rules of one tenant."""

    def changed(self) -> Sequence[CompiledRule] | None:
        """All that are enabled; None: they are as they were at the last call. Raises Unavailable."""

    def forget(self) -> None:
        """Have the next call return them in any case."""


class TenantEvaluator:
    """Implements `alarms.evaluation.process.TenantTurns`."""

    def __init__(self, tenant: TenantConnection, rules: RuleSource, clock: Clock) -> None:
        self.tenant, self._prefix, self._rules, self._clock = tenant, tenant.prefix, rules, clock
        self._maintenance = Maintenance(tenant)
        self._loaded: Loaded | None = None
        self._known_events: dict[str, None] = {}
        self._cursor = ""
        self._checked = -RULES_POLL_INTERVAL_S
        self._began = False

    def check_rules(self) -> None:
        """Have the next turn look for changes of rules, which it does once a second."""
        self._checked = -RULES_POLL_INTERVAL_S

    def recover(self) -> None:
        self._loaded, self._cursor, self._checked = None, "", -RULES_POLL_INTERVAL_S
        self._rules.forget()
        self._maintenance.forget()

    def release(self) -> None:
        second_reader().release(self._prefix)

    def run_once(self) -> Turn:
        """Evaluates what has come, and what is due once nothing more waits. Raises Unavailable. A tenant without
        enabled rules costs two reads of Redis, as does one that another process evaluates.
        """
        evaluated = bool(self._cursor) or (self._loaded is None and self._has_cursor())
        if evaluated and not self._acquire():
            return Turn("")
        checked = self._checked
        compiled, now = self._changed_rules(), self._clock()
        if compiled is None and self._loaded is not None and not self._cursor:
            [due] = alarms().next_dues([self._prefix])
            if due is None or due > now:
                return Turn("")
        if not evaluated and not self._acquire():
            return Turn("")
        if compiled is not None:
            self._load(compiled)
        loaded = self._loaded
        if compiled is None and loaded is not None and self._cursor and self._checked != checked:
            self._maintain(loaded, now)
        if loaded is None or not self._cursor:
            return Turn("", loaded is not None and self._fire(loaded, now))
        entries = second_reader().read(self._prefix, self._cursor, MAX_ENTRIES)
        if entries:
            self._evaluate(loaded, entries, now)
        more = len(entries) == MAX_ENTRIES
        if not more:
            more = self._fire(loaded, now)
        return Turn(self._cursor, more, alarms().next_dues([self._prefix])[0])

    def _has_cursor(self) -> bool:
        return bool(second_reader().with_cursor([self._prefix]))

    def _acquire(self) -> bool:
        if second_reader().acquire(self._prefix):
            return True
        self.recover()
        return False

    # Rules

    def _changed_rules(self) -> Sequence[CompiledRule] | None:
        if time.monotonic() - self._checked < RULES_POLL_INTERVAL_S:
            return None
        self._checked = time.monotonic()
        try:
            return self._rules.changed()
        except Exception as error:
            if self._loaded is None:
                raise
            log.warning("%s is evaluated by its rules of before: %s", self.tenant.slug, error)
            return None

    def _load(self, compiled: Sequence[CompiledRule]) -> None:
        """With new rules: alarms whose rule is no longer enabled are over."""
        now = self._clock()
        if compiled and not self._cursor:
            self._cursor = second_reader().start(self._prefix)
        bands = self._loaded.bands if self._loaded is not None else None
        if compiled:
            self._maintenance.check()
        reasons = self._maintenance.reasons
        self._loaded = self._committed(lambda: load(self.tenant, compiled, now, bands, self._known_events, reasons))
        if not compiled:
            if self._cursor or not self._began:
                second_reader().stop(self._prefix)
            self._cursor = ""
        self._began = True

    def _maintain(self, loaded: Loaded, now: int) -> None:
        """Suppress and release alarms once their assets are worked on, or no longer."""
        if not self._maintenance.check():
            return
        for _ in range(MAX_ATTEMPTS):
            touched = maintain(loaded.alarms.values(), self._maintenance.reasons, now)
            if not touched or self._settle(
                touched, states.commit(self.tenant, self._step(loaded, touched, now), leased=True)
            ):
                return
        raise Unavailable("people change the same alarms all the time")

    def _committed(self, make: Callable[[], tuple[Loaded, Step]]) -> Loaded:
        for _ in range(MAX_ATTEMPTS):
            loaded, made = make()
            if self._done(done := states.commit(self.tenant, made, leased=True)):
                for alarm in loaded.alarms.values():
                    alarm.settle(done.revision)
                return loaded
        raise Unavailable("the alarms change too often to be loaded")

    # Samples

    def _evaluate(self, loaded: Loaded, entries: Sequence[Entry], now: int) -> None:
        passed = Passed(self._cursor, entries[-1].id, [entry.id for entry in entries])
        batches, heard = decoded(entries)
        bands, events = loaded.bands, loaded.events.new(heard)
        columns = columns_of(batches, bands.places)
        found = bands.find(columns) if columns is not None else None
        for _ in range(MAX_ATTEMPTS):
            touched = self._feed(loaded, columns, found, events, now)
            made = self._step(loaded, touched, now)
            made.seen |= bands.to_save(columns, found, now)
            if columns is not None and found is not None and found.late.any():
                made.late += late_ranges(bands, columns, found, now)
            if self._settle(touched, states.commit(self.tenant, made, passed, leased=True)):
                break
        else:
            raise Unavailable("people change the same alarms all the time")
        self._cursor = passed.after
        loaded.events.take(events)
        if columns is not None and found is not None:
            bands.take(columns, found, now)
            bands.set_saved(made.seen)
        self._refresh_bands(bands, touched)

    def _feed(
        self, loaded: Loaded, columns: Columns | None, found: Found | None, events: Sequence[EventRecord], now: int
    ) -> list[Alarm]:
        touched: list[Alarm] = []
        if columns is not None and found is not None:
            touched += feed_samples(loaded.bands, columns, found)
        touched += loaded.events.feed(events)
        touched += loaded.suppression.settle(touched, now)
        return list(dict.fromkeys(touched))

    def _step(self, loaded: Loaded, touched: Iterable[Alarm], now: int) -> Step:
        """What is to be committed of these alarms."""
        made = Step()
        for alarm in touched:
            loaded.add_to(made, alarm, now)
        return made

    def _settle(self, touched: Iterable[Alarm], done: Committed) -> bool:
        """False: some of the alarms were changed by somebody else, and the step is to be computed again."""
        if self._done(done):
            for alarm in touched:
                alarm.settle(done.revision)
            return True
        loaded = self._loaded
        assert loaded is not None
        for alarm in touched:
            alarm.undo()
        for key, known in states.read(self.tenant, done.changed).items():
            if (changed := loaded.alarms.get(key)) is not None:
                changed.set_known(known)
        return False

    def _done(self, done: Committed) -> bool:
        if done.outcome in ("ok", "changed"):
            return done.outcome == "ok"
        self.recover()
        raise Unavailable(f"another evaluator may have taken over ({done.outcome})")

    def _refresh_bands(self, bands: Bands, touched: Iterable[Alarm]) -> None:
        bands.refresh({bands.places[sensor] for alarm in touched for sensor in alarm.sensors})

    # Timers

    def _fire(self, loaded: Loaded, now: int) -> bool:
        """Whether more timers are due."""
        due = alarms().due(self._prefix, now, MAX_TIMERS)
        if not due:
            return False
        parsed = sorted((*states.parse_timer(member), at) for member, at in due)
        by_key = {key: [(what, at) for _, what, at in group] for key, group in groupby(parsed, itemgetter(0))}
        due_alarms = [alarm for key in by_key if (alarm := loaded.alarms.get(key)) is not None]
        heard = contacts_of(self.tenant, due_alarms)
        for _ in range(MAX_ATTEMPTS):
            touched, made = self._fired(loaded, by_key, heard, now)
            if self._settle(touched, states.commit(self.tenant, made, leased=True)):
                self._refresh_bands(loaded.bands, touched)
                return len(due) == MAX_TIMERS
        raise Unavailable("people change the same alarms all the time")

    def _fired(
        self, loaded: Loaded, by_key: dict[str, list[tuple[str, int]]], heard: dict[str, int], now: int
    ) -> tuple[list[Alarm], Step]:
        """All alarms are read again: people set timers, too."""
        others, touched = Step(), list[Alarm]()
        for key, known in states.read(self.tenant, list(by_key)).items():
            alarm = loaded.alarms.get(key)
            timers = [Timer(at) for what, at in by_key[key] if what == states.ALARM]
            if alarm is not None and not alarm.broken:
                if alarm.revision != known.revision:
                    alarm.set_known(known)
                wakes = any(what == WAKE for what, _ in by_key[key])
                alarm.attempt(partial(self._fire_one, loaded, alarm, timers, wakes, heard, now))
                touched.append(alarm)
            if alarm is None or alarm.broken:
                if known.kept is not None and timers:
                    state, added = step(known.kept.settings, known.kept.state, timers[-1])
                    kept = msgspec.structs.replace(known.kept, state=state)
                    states.add_change(others, key, known.revision, kept, added)
                others.timers |= {states.timer_of(key, what): None for what, _ in by_key[key] if what != states.ALARM}
                if known.kept is None:
                    others.timers[states.timer_of(key)] = None
        touched += loaded.suppression.settle(touched, now)
        touched = list(dict.fromkeys(touched))
        made = self._step(loaded, touched, now)
        for alarm in touched:
            if not alarm.broken:
                loaded.renew_timers(made, alarm, now, loaded.last_of(alarm, heard))
        made.states += others.states
        made.timers |= others.timers
        made.transitions += others.transitions
        made.raised += others.raised
        return touched, made

    def _fire_one(
        self, loaded: Loaded, alarm: Alarm, timers: list[Timer], wakes: bool, heard: dict[str, int], now: int
    ) -> None:
        alarm.step(timers)
        if wakes:
            alarm.elapse(now, loaded.last_of(alarm, heard))


def decoded(entries: Iterable[Entry]) -> tuple[list[Batch], list[EventRecord]]:
    """Of entries in the order in which they came. What is neither is left out: the writer keeps it as a dead letter."""
    batches, events = list[Batch](), list[EventRecord]()
    for entry in entries:
        try:
            found, arrived = queued_events().of_entry(entry.payload), int(entry.id.partition("-")[0])
            if found is None:
                batches.append(not_ahead(decode(entry.payload), arrived))
            else:
                events += (each._replace(t=min(each.t, arrived + MAX_AHEAD_MS)) for each in found)
        except (ValueError, msgspec.MsgspecError) as error:
            log.warning("an entry of the queue cannot be read: %s", error)
    return batches, events
