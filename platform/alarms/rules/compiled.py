"""A rule at one of its targets, ready to be fed with samples. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from alarms.about import About, AlarmTarget, key_of
from alarms.machine.model import NEVER, Sample, Settings
from alarms.rules.arming import Arming, ArmingMemory
from alarms.rules.conditions import EVENT, AnyCondition, Band, ConditionMemory, Observation
from alarms.rules.conditions.changes import StaleCondition


class Memory(Struct, frozen=True, array_like=True):
    """What a compiled rule remembers, in msgpack: `encode`, `decode`. `times`: each input's last sample's.
    `fingerprint`: the rule's.
    """

    t: int
    times: tuple[int, ...]
    met: bool
    condition: ConditionMemory
    arming: ArmingMemory | None
    fingerprint: str = ""


Fed = tuple[Memory, tuple[Sample, ...]]
_encoder, _decoder = msgspec.msgpack.Encoder(), msgspec.msgpack.Decoder(Memory)


@dataclass(frozen=True)
class CompiledRule:
    """`inputs`: ids of sensors, devices and sources, and `event:<type>`.

    How samples are evaluated: for each moment, in order of time, `feed` with all observations of it together; the
    machine gets what is returned. A timer at `next_due` calls `elapse`. Of a batch, an input's samples that lie in the
    `band` that the memory had before the batch may be left out, unless one sample of any of the rule's inputs does not:
    then all samples of its inputs from that one's time on are fed. An input's samples that are older than one that was
    left out must not be fed either: who leaves out knows the last one seen.

    `reads`: the sensors among its inputs; `event_types`: the events.
    """

    rule: str
    kind: str
    target: AlarmTarget
    asset: str
    settings: Settings
    condition: AnyCondition
    armed: Arming | None
    about: About
    suppressed_by: tuple[str, ...] = ()
    inputs: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        armed = self.armed.inputs if self.armed else ()
        object.__setattr__(self, "inputs", tuple(dict.fromkeys((*self.condition.inputs, *armed))))

    @property
    def key(self) -> str:
        return key_of(self.rule, self.target.id)

    @cached_property
    def fingerprint(self) -> str:
        """Of its condition, arming and inputs: what a memory means depends on all of them, and on nothing else."""
        return blake2b(repr((self.condition, self.armed, self.inputs)).encode(), digest_size=8).hexdigest()

    def start(self, t: int) -> Memory:
        """Before the first sample; `t`: since when the rule is watched."""
        arming = self.armed.start(t) if self.armed else None
        times = (NEVER,) * len(self.inputs)
        return Memory(NEVER, times, False, self.condition.start(t), arming, self.fingerprint)

    def feed(self, memory: Memory, t: int, seen: Sequence[Observation]) -> Fed:
        """Observations of one moment, of which some may be other rules' inputs or duplicates, which change nothing."""
        times = dict(zip(self.inputs, memory.times, strict=True))
        fresh = [
            each for each in seen if each.input in times and (t > times[each.input] or each.input.startswith(EVENT))
        ]
        if not fresh:
            return memory, ()
        changes: list[Sample] = []
        now = max(t, memory.t)
        memory = self._until(memory, now - 1, changes)
        for each in fresh:
            times[each.input] = max(t, times[each.input])
        condition = self.condition.feed(memory.condition, t, fresh)
        arming = self.armed.feed(memory.arming, t, fresh) if self.armed and memory.arming else None
        before, lags = memory.met, t <= memory.t
        memory = replace(memory, t=now, times=tuple(times.values()), condition=condition, arming=arming)
        while (due := self.next_due(memory)) is not None and due <= now:
            memory = self._elapsed(memory, due)
        if (met := self._is_met(memory)) != before:
            memory = replace(memory, met=met)
            changes.append(self._change(memory, now, timed=lags))
        return memory, tuple(changes)

    def elapse(self, memory: Memory, t: int) -> Fed:
        """Time has passed until `t` without a sample."""
        changes: list[Sample] = []
        return self._until(memory, t, changes), tuple(changes)

    def next_due(self, memory: Memory) -> int | None:
        """When `elapse` would change something."""
        one = self.condition.due(memory.condition)
        other = self.armed.due(memory.arming) if self.armed and memory.arming else None
        return one if other is None else other if one is None else min(one, other)

    def band(self, memory: Memory, input: str) -> Band | None:
        """Of an input's samples, those that change nothing; None: every one may."""
        bands = []
        if input in self.condition.inputs:
            bands.append(self.condition.band(memory.condition, input))
        if self.armed and memory.arming and input in self.armed.inputs:
            bands.append(self.armed.band(memory.arming, input))
        both = Band(-float("inf"), float("inf"))
        for band in bands:
            if band is None:
                return None
            both = Band(
                max(both.low, band.low), min(both.high, band.high), both.bad and band.bad, min(both.gap, band.gap)
            )
        return both

    @property
    def reads(self) -> Sequence[str]:
        others = (self.target.id,) if self.target.kind in ("device", "source") else ()
        return [each for each in self.inputs if not each.startswith(EVENT) and each not in others]

    @property
    def event_types(self) -> Sequence[str]:
        return [each.removeprefix(EVENT) for each in self.inputs if each.startswith(EVENT)]

    @property
    def watches_silence(self) -> bool:
        return self.kind == "stale"

    def wake(self, memory: Memory, now: int, last: int | None) -> Fed:
        """As `elapse`; `last`: when the target of a rule that watches silence was last heard, if it ever was."""
        heard: tuple[Sample, ...] = ()
        if self.watches_silence and last is not None:
            memory, heard = self.feed(memory, last, [Observation(self.target.id)])
        memory, samples = self.elapse(memory, now)
        return memory, heard + samples

    def due(self, memory: Memory, last: int | None) -> int | None:
        """As `next_due`, when samples of a rule that watches silence were left out up to `last`."""
        due = self.next_due(memory)
        if due is not None and last is not None and isinstance(self.condition, StaleCondition):
            return max(due, last + self.condition.after)
        return due

    def present(self, memory: Memory, t: int) -> Sample:
        """Whether the condition holds, as known at `t` without a new sample."""
        return self._change(memory, t, timed=True)

    @staticmethod
    def encode(memory: Memory) -> bytes:
        return _encoder.encode(memory)

    def decode(self, stored: bytes) -> Memory | None:
        """None if it is of another condition, arming or inputs, or unreadable."""
        try:
            memory = _decoder.decode(stored)
        except msgspec.MsgspecError:
            return None
        return memory if memory.fingerprint == self.fingerprint else None

    def _until(self, memory: Memory, t: int, changes: list[Sample]) -> Memory:
        while (due := self.next_due(memory)) is not None and due <= t:
            memory = self._elapsed(memory, due)
            if (met := self._is_met(memory)) != memory.met:
                memory = replace(memory, met=met)
                changes.append(self._change(memory, due, timed=True))
        return memory

    def _elapsed(self, memory: Memory, t: int) -> Memory:
        condition = memory.condition
        if (due := self.condition.due(condition)) is not None and due <= t:
            condition = self.condition.elapse(condition, t)
        arming = self.armed.elapse(memory.arming, t) if self.armed and memory.arming else None
        return replace(memory, condition=condition, arming=arming)

    def _is_met(self, memory: Memory) -> bool:
        return self.condition.met(memory.condition) and (memory.arming is None or memory.arming.armed)

    def _change(self, memory: Memory, t: int, *, timed: bool) -> Sample:
        value = self.condition.value(memory.condition) if memory.met else None
        limit = self.condition.limit(memory.condition) if memory.met else None
        return Sample(t, memory.met, value, limit, timed)
