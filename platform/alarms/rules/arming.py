"""The conditions under which a rule is armed: an expression, a delay after it began to hold, a schedule. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from alarms.rules.conditions.base import Band, Observation
from alarms.rules.conditions.several import Computed, ExpressionCondition
from alarms.rules.models import Schedule

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Hours:
    """A schedule in a zone."""

    schedule: Schedule
    zone: str

    @property
    def always(self) -> bool:
        return len(set(self.schedule.days)) == 7 and (self.schedule.start, self.schedule.until) == ("00:00", "24:00")

    def at(self, t: int) -> tuple[bool, int | None]:
        """Whether a moment is within, and when that changes; None: never."""
        if self.always:
            return True, None
        inside, changes = False, None
        for start, end in self._periods((_EPOCH + timedelta(milliseconds=t)).astimezone(ZoneInfo(self.zone)).date()):
            if start <= t < end:
                inside, changes = True, end if changes is None or not inside else max(changes, end)
            elif inside and changes is not None and start <= changes < end:
                changes = end  # one follows the other without interruption
            elif start > t and not inside and changes is None:
                changes = start
        return inside, changes

    def _periods(self, today: date) -> Iterator[tuple[int, int]]:
        """From the day before to two weeks later, ascending."""
        overnight = self.schedule.until <= self.schedule.start
        for offset in range(-1, 16):
            day = today + timedelta(days=offset)
            if day.isoweekday() in self.schedule.days:
                end = day + timedelta(days=1) if overnight else day
                yield self._moment(day, self.schedule.start), self._moment(end, self.schedule.until)

    def _moment(self, day: date, clock: str) -> int:
        hours, minutes = int(clock[:2]), int(clock[3:])
        if hours == 24:
            day, hours = day + timedelta(days=1), 0
        local = datetime(day.year, day.month, day.day, hours, minutes, tzinfo=ZoneInfo(self.zone))
        return (local - _EPOCH) // timedelta(milliseconds=1)


class ArmingMemory(Struct, frozen=True, array_like=True):
    """`since`: when the expression began to hold. `open`: within the schedule, until or from `changes` on."""

    expression: Computed | None = None
    since: int | None = None
    armed: bool = False
    open: bool = True
    changes: int | None = None


@dataclass(frozen=True)
class Arming:
    expression: ExpressionCondition | None = None
    delay: int = 0
    hours: Hours | None = None

    @property
    def inputs(self) -> tuple[str, ...]:
        return self.expression.inputs if self.expression else ()

    def start(self, t: int) -> ArmingMemory:
        memory = ArmingMemory(self.expression.start(t) if self.expression else None)
        return self._settled(self._scheduled(memory, t), t)

    def feed(self, memory: ArmingMemory, t: int, seen: Sequence[Observation]) -> ArmingMemory:
        if self.expression is None or memory.expression is None:
            return memory
        found = self.expression.feed(memory.expression, t, seen)
        if found is memory.expression:
            return memory
        since = memory.since if found.met and memory.since is not None else t if found.met else None
        return self._settled(replace(memory, expression=found, since=since), t)

    def due(self, memory: ArmingMemory) -> int | None:
        waiting = memory.since is not None and not memory.armed and memory.open
        delay_ends = memory.since + self.delay if waiting and memory.since is not None else None
        return min((t for t in (delay_ends, memory.changes) if t is not None), default=None)

    def elapse(self, memory: ArmingMemory, t: int) -> ArmingMemory:
        if memory.changes is not None and t >= memory.changes:
            memory = self._scheduled(memory, t)
        return self._settled(memory, t)

    def band(self, memory: ArmingMemory, input: str) -> Band | None:
        if self.expression is None or memory.expression is None or input not in self.expression.inputs:
            return Band(-math.inf, math.inf)
        return self.expression.band(memory.expression, input)

    def _scheduled(self, memory: ArmingMemory, t: int) -> ArmingMemory:
        if self.hours is None:
            return memory
        open, changes = self.hours.at(t)
        return replace(memory, open=open, changes=changes)

    def _settled(self, memory: ArmingMemory, t: int) -> ArmingMemory:
        holds = self.expression is None or (memory.since is not None and t >= memory.since + self.delay)
        armed = holds and memory.open
        return memory if armed == memory.armed else replace(memory, armed=armed)
