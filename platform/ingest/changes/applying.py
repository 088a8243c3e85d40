"""Applying a change to stored samples, wherever these are still what the change expects.

A stored sample that differs from what the change expects stays. Applying is therefore idempotent and is simply repeated
after a kill at any step: what has been done no longer matches.

InfluxDB deletes ranges of time, so samples that lie between deleted ones split a range. Where that makes many ranges,
all is deleted at once, and what is between is written back (`held`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from msgspec import Struct

from ingest.changes import held
from ingest.changes.changes import Changes
from ingest.changes.lines import write_samples
from ingest.changes.marking import mark
from ingest.changes.pausing import WriterPause
from ingest.changes.samples import Flags, Samples, loses_a_field, same
from ingest.changes.stored import Page, read_pages
from ingest.deleted import remove_deleted
from kernel.errors import Unavailable
from kernel.tenancy import TenantConnection
from stores.redis.latest import Latest
from stores.timeseries import Timeseries
from stores.timeseries.deletion import delete_spans
from stores.timeseries.stored import newest_stored
from web.stores import reader, replacer, streams

MAX_DELETES = 20  # of one page; each takes InfluxDB some milliseconds


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
    """Within one page: the ranges to delete, which of the samples in them stay for now, what is written, and the times
    around all that.
    """

    deletes: list[tuple[int, int]]
    held: Samples
    writes: Samples
    counts: Applied
    first: int
    last: int

    @property
    def is_needed(self) -> bool:
        return bool(self.deletes or len(self.writes))


def apply(
    tenant: TenantConnection, changes: Sequence[Changes], check: Callable[[], None] = lambda: None
) -> dict[str, Applied]:
    """Brings samples from `old` to `new`; counts by `site/sensor`. `check` precedes each write."""
    done = {change.key: Applied() for change in changes}
    changes = [change for change in changes if len(change)]
    held.put_back(tenant)
    with WriterPause(tenant) as pause:
        for change in changes:
            pages = read_pages(reader(tenant), change.site, change.sensor, *_span(change))
            pause.begin_step()
            while (found := next(pages, None)) is not None:
                step = _plan(change, found)
                if step.is_needed:
                    check()
                    _write(tenant, change, step, pause)
                done[change.key].add(step.counts)
                pause.begin_step()
        refresh_latest(tenant, changes)
    return done


def _plan(change: Changes, page: Page) -> _Step:
    """What the change does within this page, which may hold other samples too. Pure."""
    first, last = np.searchsorted(change.old.t, (page.start, page.end)).tolist()
    rows = slice(first, last)
    old, new = change.old.take(rows), change.new.take(rows)
    stored = page.samples.at(old.t)
    rewrite = loses_a_field(old, new)  # deleted, then written
    expected = same(stored, old)
    act = expected & ~same(old, new)
    differs = ~same(old, new)
    done = (expected | same(stored, new)) & differs  # includes what an earlier attempt did
    counts = Applied(
        removed=int((done & ~new.there).sum()),
        added=int((done & ~old.there).sum()),
        changed=int((done & old.there & new.there).sum()),
        left=int((~expected & ~same(stored, new) & differs).sum()),
    )
    gone = np.isin(page.samples.t, old.t[act & stored.there & (~new.there | rewrite)])
    deletes = _runs(page.samples.t, gone)
    stays = np.isin(page.samples.t, old.t[act & stored.there & rewrite])
    if len(deletes) > MAX_DELETES:
        start, end = deletes[0][0], deletes[-1][1]
        deletes = [(start, end)]
        stays |= (page.samples.t >= start) & (page.samples.t <= end) & ~gone
    touched = old.t[act]
    ends = (int(touched[0]), int(touched[-1])) if len(touched) else (0, 0)
    return _Step(deletes, page.samples.take(stays), new.take(act & new.there), counts, *ends)


def _runs(t: np.ndarray[tuple[int], np.dtype[np.int64]], chosen: Flags) -> list[tuple[int, int]]:
    """First and last time of each run of chosen rows with no other sample between them."""
    edges = np.diff(np.concatenate(([0], chosen.astype(np.int8), [0])))
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1) - 1
    return list(zip(t[starts].tolist(), t[ends].tolist(), strict=True))


def _write(tenant: TenantConnection, change: Changes, step: _Step, pause: WriterPause) -> None:
    with held.holding(tenant, change.site, change.sensor, step.held):
        pause.check()  # reading may have taken long
        mark(tenant, change.sensor, step.first, step.last)
        try:
            store = replacer(tenant)
            delete_spans(store, change.site, change.sensor, step.deletes)
            write_samples(store, change.site, change.sensor, _still_there(step))
            write_samples(store, change.site, change.sensor, step.writes)
        except Unavailable:
            pause.outlast()  # InfluxDB may still do what it was sent
            raise
        finally:  # again: a repair may have read before the write, and a failed write may have stored a part
            mark(tenant, change.sensor, step.first, step.last)
    remove_deleted(tenant, {change.sensor: change.site})


def _still_there(step: _Step) -> Samples:
    """Of what is held, what the change leaves as it is."""
    return step.held.take(~np.isin(step.held.t, step.writes.t))


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
