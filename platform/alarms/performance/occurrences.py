"""Occurrences out of transitions: when each was raised, returned, acknowledged, and what was said of it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from kernel.times import NS_PER_MS


@dataclass(slots=True)
class Occurrence:
    """Times in epoch ms; None: not in the range. `past`: entered afterwards, so that nobody was told of it."""

    key: str
    raised: int
    priority: int
    returned: int | None = None
    acknowledged: int | None = None
    verdict: str = ""
    past: bool = False

    @property
    def duration(self) -> int | None:
        return None if self.returned is None else self.returned - self.raised


def occurrences(rows: Iterable[Sequence[Any]]) -> list[Occurrence]:
    """Of alarms that people were told of, and of those entered afterwards (imported history, late samples), in the
    order in which they were raised.

    `rows`: [ns, key, what, occurrence, verdict, quiet, past, priority], as `stores.timeseries.alarms` reads them.
    """
    found: dict[tuple[str, int], Occurrence] = {}
    for ns, key, what, raised, verdict, quiet, past, priority in rows:
        if raised is None:
            continue
        if what == "raised":
            if past or not quiet:
                found[key, raised] = Occurrence(key, raised, int(priority), past=bool(past))
            continue
        each = found.get((key, raised))
        if each is None:
            continue
        t = ns // NS_PER_MS
        if what == "returned":
            each.returned = t
        elif what == "acknowledged":
            each.acknowledged = t
        if verdict:
            each.verdict = verdict
    return sorted(found.values(), key=lambda each: (each.raised, each.key))
