"""By how much a batch of events changes the counts of fields that did not fit. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from stores.redis.overflow_counts import Misfit
from stores.timeseries.events import StoredEvent

Changes = dict[int, Counter[Misfit]]  # by row, of those that change a count


class _Overflow(msgspec.Struct):
    firmware: str = ""
    overflow: dict[str, msgspec.Raw] = {}


_decode = msgspec.json.Decoder(_Overflow).decode
NOTHING: frozenset[Misfit] = frozenset()


def misfits_of(type_: str, body: str) -> frozenset[Misfit]:
    found = _decode(body)
    return frozenset(Misfit(type_, name, found.firmware) for name in found.overflow)


def overflow_changes(events: Sequence[StoredEvent], before: Mapping[str, frozenset[Misfit]]) -> Changes:
    """`before`: of those that are stored already and have an overflow, by id. An event replaces the one of its id."""
    changes: Changes = {}
    now = dict(before)
    for row, event in enumerate(events):
        old = now.get(event.id, NOTHING)
        new = misfits_of(event.type, event.body) if event.overflow else NOTHING
        if new or old:
            now[event.id] = new
        if new != old:
            changes[row] = Counter(dict.fromkeys(new - old, 1) | dict.fromkeys(old - new, -1))
    return changes
