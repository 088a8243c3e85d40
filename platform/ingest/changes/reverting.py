"""Planning the undo of a change: what the samples that are stored now become, each time once.

Pieces of a change may hold the same time more than once: a file says it twice, or a killed import began again. Walking
from the last piece to the first, each takes back what the one after it left; what comes of all of them is the plan.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ingest.changes.changes import Changes
from ingest.changes.journal import Journal, SensorRange
from ingest.changes.samples import Flags, Samples, joined, same
from ingest.changes.stored import read_at
from kernel.tenancy import TenantConnection
from web.stores import reader

MS = 1_000_000


def plan_undo(tenant: TenantConnection, target: Journal, plan: Journal, report: Callable[[int], None]) -> None:
    """Fills `plan` with what takes back `target`. Rows that are the same before and after are those left alone, as
    something else has been stored there since. `report` is called with the number of samples planned so far.
    """
    samples = 0
    for number in reversed(range(target.count())):
        piece = target.read(number)
        known = _taken_out(plan, piece)
        reverted = [revert(each, _stored(tenant, each), known.get(each.key)) for each in piece if len(each)]
        reverted = [each for each in reverted if len(each)]
        if reverted:
            plan.append(reverted)
        samples += sum(map(len, piece))
        report(samples)


def revert(change: Changes, stored: Samples, known: Changes | None) -> Changes:
    """What taking back a change does to stored samples, given what is planned already for some of its times. Pure."""
    t = change.old.t
    before, now = stored, stored
    if known is not None:
        rows = np.isin(t, known.old.t)
        before, now = _with(stored, rows, known.old), _with(stored, rows, known.new)
    hit = same(now, change.new)
    after = _with(now, hit, change.old.take(hit))
    left = same(before, after) & ~same(before, change.old)
    return Changes(change.site, change.sensor, before, after).take(~same(before, after) | left)


def left_alone(plan: Sequence[Changes]) -> dict[str, int]:
    """How many samples of each sensor the plan does not touch; by `site/sensor`."""
    return {each.key: int(same(each.old, each.new).sum()) for each in plan}


def _stored(tenant: TenantConnection, change: Changes) -> Samples:
    return read_at(reader(tenant), change.site, change.sensor, change.old.t)


def _taken_out(plan: Journal, piece: Sequence[Changes]) -> dict[str, Changes]:
    """What is planned for times of this piece, removed from the plan: the piece's own part of it replaces that."""
    found: dict[str, list[Changes]] = {}
    wanted = {each.key: each for each in piece if len(each)}
    for number, ranges in enumerate(plan.ranges_by_piece()):
        if not any(_overlap(each, ranges.get(key)) for key, each in wanted.items()):
            continue
        rest, is_changed = [], False
        for planned in plan.read(number):
            rows = _rows_in(planned, wanted.get(planned.key))
            if rows.any():
                found.setdefault(planned.key, []).append(planned.take(rows))
                is_changed = True
            rest.append(planned.take(~rows))
        if is_changed:
            plan.replace(number, rest)
    return {key: _joined(parts) for key, parts in found.items()}


def _overlap(change: Changes, known: SensorRange | None) -> bool:
    first, last = int(change.old.t[0]) // MS, int(change.old.t[-1]) // MS
    return known is not None and known.start <= last and first <= known.end


def _rows_in(planned: Changes, other: Changes | None) -> Flags:
    if other is None:
        return np.zeros(len(planned), np.bool_)
    return np.isin(planned.old.t, other.old.t)


def _joined(parts: Sequence[Changes]) -> Changes:
    """Ascending in time; their times differ."""
    old = joined([part.old for part in parts])
    order = np.argsort(old.t)
    new = joined([part.new for part in parts])
    return Changes(parts[0].site, parts[0].sensor, old.take(order), new.take(order))


def _with(samples: Samples, rows: Flags, others: Samples) -> Samples:
    """A copy with these rows replaced by others, in their order."""
    copy = Samples(samples.t, samples.value.copy(), samples.text.copy(), samples.quality.copy())
    copy.value[rows], copy.text[rows], copy.quality[rows] = others.value, others.text, others.quality
    return copy
