"""What the evaluator needs of a compiled rule: one `Watch` for each alarm, which says what a sample means to it.

A watch is immutable. What it remembers of earlier samples (the window of a rate, since when a value has not moved, the
operands of an expression) is its memory, a `msgspec.Struct`, which the evaluator keeps in Redis in the same step as the
alarm's state. The times of what it returns are epoch ms.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from msgspec import Struct

from alarms.about import About
from alarms.machine.model import Sample, Settings

Value = float | str
Range = tuple[float, float]


class Observed(NamedTuple):
    """`memory` None: as it was. `samples`: for the machine, in order of time."""

    memory: Struct | None = None
    samples: Sequence[Sample] = ()


class Watch(Protocol):
    """One alarm: a rule at a target.

    `reads`: ids of the sensors whose samples it needs, its target's first, if that is one; with the operands of
    expressions, of calculated series and of what arms it. `event_types`: events that it counts. `memory_type`: what its
    memory is decoded as; None: it has none. `watches_silence`: `wake` needs `last` (stale).
    """

    @property
    def key(self) -> str: ...
    @property
    def about(self) -> About: ...
    @property
    def settings(self) -> Settings: ...
    @property
    def reads(self) -> Sequence[str]: ...
    @property
    def event_types(self) -> Sequence[str]: ...
    @property
    def memory_type(self) -> type[Struct] | None: ...
    @property
    def watches_silence(self) -> bool: ...

    def start(self, now: int) -> Struct | None:
        """The memory with which it begins, when it was switched on at `now`."""

    def quiet(self, memory: Struct | None, met: bool, sensor: str) -> Range | None:
        """The closed range of that sensor's values within which a good sample changes neither its memory nor whether
        its condition, which is or is not `met` now, holds. None: it needs each sample. NaN never changes anything.
        """

    def observe(self, memory: Struct | None, sensor: str, t: int, value: Value, quality: int) -> Observed:
        """A sample of one of `reads`, never older than the last one of that sensor. Quality 2 is bad."""

    def observe_event(self, memory: Struct | None, t: int, type: str, device: str) -> Observed:
        """An event of one of `event_types`; `device` is a device's name, empty if there is none."""

    def wake(self, memory: Struct | None, now: int, last: int | None) -> Observed:
        """`due` has come. `last`: when the target was last heard: its last sample's time, or the last contact of a
        device or source; None: never since it was switched on.
        """

    def due(self, memory: Struct | None, met: bool, last: int | None) -> int | None:
        """When `wake` may change something if nothing comes before: silence, a discrepancy, the edge of a schedule, the
        end of a window. It may be too early, never too late.
        """
