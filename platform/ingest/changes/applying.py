"""Applying a change to stored samples, wherever these are still what the change expects.

A stored sample that differs from what the change expects stays. Applying is therefore idempotent and is simply repeated
after a kill at any step: what has been done no longer matches.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from msgspec import Struct

from ingest.changes.changes import Changes
from ingest.changes.lines import write_samples
from ingest.changes.pausing import WriterPause
from ingest.changes.samples import Flags, Samples, loses_a_field, same
from ingest.changes.stored import Page, read_pages
from kernel.tenancy import TenantConnection
from stores.redis.latest import Latest
from stores.timeseries import Timeseries
from stores.timeseries.deletion import delete_spans
from stores.timeseries.stored import newest_stored
from web.stores import reader, streams, writer

MS = 1_000_000


class Applied(Struct):
    """Counts of samples, for one sensor or all: `removed`, `added` at a time that had none, `changed`, and `left` alone
    because something else has been stored there since.
    """

    removed: int = 0
    added: int = 0
    changed: int = 0
    left: int = 0

    def add(self, other: Applied) -> None:
        for name in self.__struct_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def total(self) -> int:
        return self.removed + self.added + self.changed


@dataclass(frozen=True, slots=True)
class _Step:
    """Within one page: the rows of the change to write and to delete, and the times around the latter."""

    deletes: list[tuple[int, int]]
    writes: Samples
    counts: Applied
    first: int
    last: int

    @property
    def is_needed(self) -> bool:
        return bool(self.deletes or len(self.writes))


def apply(
    tenant: TenantConnection,
    changes: Sequence[Changes],
    check: Callable[[], None] = lambda: None,
    preview: bool = False,
) -> dict[str, Applied]:
    """Brings samples from `old` to `new`; counts by `site/sensor`. `preview` only counts. `check` precedes a write."""
    done = {f"{change.site}/{change.sensor}": Applied() for change in changes}
    changes = [change for change in changes if len(change)]
    if preview:
        for change in changes:
            for page in _pages(tenant, change):
                done[f"{change.site}/{change.sensor}"].add(_plan(change, page, preview).counts)
        return done
    with WriterPause(tenant) as pause:
        for change in changes:
            pages = _pages(tenant, change)
            pause.begin_step()
            while (found := next(pages, None)) is not None:
                step = _plan(change, found, preview)
                if step.is_needed:
                    check()
                    _write(tenant, change, step, pause)
                done[f"{change.site}/{change.sensor}"].add(step.counts)
                pause.begin_step()
        refresh_latest(tenant, changes)
    return done


def _pages(tenant: TenantConnection, change: Changes) -> Iterator[Page]:
    return read_pages(reader(tenant), change.site, change.sensor, *_span(change))


def mark(tenant: TenantConnection, sensor: str, first: int, last: int) -> None:
    """Marks the ladder's buckets of these times (ns, both included) for repair."""
    streams().marks.mark(tenant.prefix, {sensor: [(first // MS, last // MS + 1)]}, time.time_ns() // MS)


def _plan(change: Changes, page: Page, preview: bool) -> _Step:
    """What the change does within this page, which may hold other samples too. Pure."""
    first, last = np.searchsorted(change.old.t, (page.start, page.end)).tolist()
    rows = slice(first, last)
    old, new = change.old.take(rows), change.new.take(rows)
    stored = page.samples.at(old.t)
    rewrite = loses_a_field(old, new)  # deleted, then written: a kill may have left nothing there
    expected = same(stored, old) | (rewrite & ~stored.there)
    act = expected & ~same(old, new)
    differs = ~same(old, new)
    done = act if preview else (expected | same(stored, new)) & differs  # includes what an earlier attempt did
    counts = Applied(
        removed=int((done & ~new.there).sum()),
        added=int((done & ~old.there).sum()),
        changed=int((done & old.there & new.there).sum()),
        left=int((~expected & ~same(stored, new) & differs).sum()),
    )
    gone = old.t[act & stored.there & (~new.there | rewrite)]
    touched = old.t[act]
    ends = (int(touched[0]), int(touched[-1])) if len(touched) else (0, 0)
    return _Step(_runs(page.samples.t, np.isin(page.samples.t, gone)), new.take(act & new.there), counts, *ends)


def _runs(t: np.ndarray[tuple[int], np.dtype[np.int64]], chosen: Flags) -> list[tuple[int, int]]:
    """First and last time of each run of chosen rows with no other sample between them."""
    edges = np.diff(np.concatenate(([0], chosen.astype(np.int8), [0])))
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1) - 1
    return list(zip(t[starts].tolist(), t[ends].tolist(), strict=True))


def _write(tenant: TenantConnection, change: Changes, step: _Step, pause: WriterPause) -> None:
    pause.check()  # reading may have taken long
    mark(tenant, change.sensor, step.first, step.last)
    try:
        store = writer(tenant)
        delete_spans(store, change.site, change.sensor, step.deletes)
        write_samples(store, change.site, change.sensor, step.writes)
    finally:  # again: a repair may have read before the write, and a failed write may have stored a part
        mark(tenant, change.sensor, step.first, step.last)


def refresh_latest(tenant: TenantConnection, changes: Iterable[Changes]) -> None:
    """Reads latest values again that a change may have touched; one that arrived meanwhile stays."""
    by_sensor = {change.sensor: change for change in changes}
    known = streams().latest.read(tenant.prefix, list(by_sensor))
    for sensor, change in by_sensor.items():
        latest, (_, end) = known.get(sensor), _span(change)
        if latest is not None and latest.t >= end:
            continue
        newest = read_newest(reader(tenant), change.site, sensor)
        if latest is not None:
            streams().latest.replace(tenant.prefix, sensor, latest, newest)
        elif newest is not None:
            streams().latest.store(tenant.prefix, {sensor: newest})


def read_newest(store: Timeseries, site: str, sensor: str) -> Latest | None:
    newest = newest_stored(store, site, sensor)
    return None if newest is None else Latest(*newest)


def _span(change: Changes) -> tuple[int, int]:
    return int(change.old.t[0]), int(change.old.t[-1]) + 1
