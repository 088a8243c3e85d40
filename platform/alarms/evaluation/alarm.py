"""One alarm in the evaluator's memory."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence

from msgspec.structs import replace

from alarms.machine import step
from alarms.machine.model import NEVER, Input, Settings, State, Transition
from alarms.rules.compiled import CompiledRule, Memory
from alarms.rules.conditions import Observation
from alarms.states import Kept, Known

log = logging.getLogger(__name__)

WAKE = "wake"  # what a timer of its condition is for: silence, a discrepancy, the edge of a schedule
CONTACT_POLL_MS = 5_000  # of a silent device or source, whose next contact no sample tells
HEARTBEAT = ""


class Alarm:
    """`state` and `revision` as last read or committed, with what the present turn has made of it. `wake_at`: when its
    condition's timer is due, as far as this process knows. `stored_settings`: those of its rule when its state was
    stored; `outdated`: the state is to be stored again, with the settings and timer that it has now.
    """

    __slots__ = (
        "_before",
        "broken",
        "memory",
        "outdated",
        "revision",
        "rule",
        "sensors",
        "state",
        "stored_memory",
        "stored_settings",
        "touched",
        "transitions",
        "wake_at",
    )

    def __init__(self, rule: CompiledRule, memory: Memory, known: Known) -> None:
        self.rule, self.memory, self.stored_memory = rule, memory, memory
        self.state, self.revision = known.state, known.revision
        self.stored_settings = known.kept.settings if known.kept is not None else rule.settings
        self.outdated = False
        self.sensors = tuple(rule.reads)
        self.transitions: list[Transition] = []
        self.touched = self.broken = False
        self.wake_at: int | None = None
        self._before: tuple[State, Memory, int | None] = self.state, memory, None

    @property
    def key(self) -> str:
        return self.rule.key

    @property
    def watches_contact(self) -> bool:
        """Whether its target is a device or source, which has no samples."""
        return self.rule.target.kind in ("device", "source")

    def begin(self) -> None:
        """Remember how it is, so that `undo` can return to it."""
        if not self.touched:
            self.touched, self._before = True, (self.state, self.memory, self.wake_at)

    def undo(self) -> None:
        if self.touched:
            self.state, self.memory, self.wake_at = self._before
            self._end()

    def settle(self, revision: int) -> None:
        """The turn is committed; `revision`: of the states that it changed."""
        if self.has_new_state:
            self.revision = 0 if self.state.plain else revision
        self.stored_memory, self.outdated = self.memory, False
        self._end()

    def set_known(self, known: Known) -> None:
        """As somebody else has changed it."""
        self.state, self.revision = replace(known.state, t=max(known.state.t, self.state.t)), known.revision
        self._before = self.state, self.memory, self.wake_at

    @property
    def has_new_state(self) -> bool:
        """But for the time of its last sample, which is kept with the sensor."""
        before = self._before[0]
        changed = before is not self.state and replace(before, t=NEVER) != replace(self.state, t=NEVER)
        return changed or self.outdated

    @property
    def has_new_memory(self) -> bool:
        return self.memory is not self.stored_memory

    def kept(self) -> Kept:
        return Kept(self.state, self.rule.about, self.rule.settings)

    def feed(self, t: int, seen: Sequence[Observation]) -> None:
        """What was observed at one moment."""
        self.memory, samples = self.rule.feed(self.memory, t, seen)
        self.step(samples)

    def hear(self, t: int) -> None:
        """Its target was alive at that time."""
        if t > NEVER:
            self.feed(t, [Observation(self.rule.target.id, HEARTBEAT)])

    def elapse(self, now: int, last: int | None) -> None:
        """What time alone changes up to now; `last`: when its target was last heard."""
        self.memory, samples = self.rule.wake(self.memory, now, last)
        self.step(samples)

    def due(self, now: int, last: int | None) -> int | None:
        """When `elapse` is to be called."""
        due = self.rule.due(self.memory, last)
        if self.watches_contact and self.memory.met:
            return now + CONTACT_POLL_MS if due is None else min(due, now + CONTACT_POLL_MS)
        return due

    def step(self, inputs: Iterable[Input], settings: Settings | None = None) -> None:
        """`settings`: of its rule as it was."""
        for input in inputs:
            self.state, added = step(settings or self.rule.settings, self.state, input)
            self.transitions += added

    def begin_again(self, memory: Memory, samples: Iterable[Input]) -> None:
        """With a memory of its rule as it is now. What holds already goes on."""
        self.memory = memory
        if not self.state.met:
            self.step(samples)

    def reconcile(self, now: int) -> None:
        """Its condition holds, or does not, without a sample that said so: its rule has changed. What was pending
        counts by the settings that it had.
        """
        if self.memory.met != self.state.met:
            self.step([self.rule.present(self.memory, now)], None if self.memory.met else self.stored_settings)

    def attempt(self, work: Callable[[], None]) -> None:
        """A rule that fails is left out until rules are compiled again, so that it never stops others."""
        self.begin()
        try:
            work()
        except Exception:
            log.exception("the alarm %s is left out", self.key)
            self.undo()
            self.broken, self.outdated = True, False

    def _end(self) -> None:
        self.touched, self.transitions = False, []
        self._before = self.state, self.memory, self.wake_at
