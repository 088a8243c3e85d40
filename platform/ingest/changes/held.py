"""Samples that a step deletes only to write them back: on the disk until they are back.

InfluxDB deletes ranges of time and cannot take a field from a sample, so a step may have to delete more than is to go.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from catalog.snapshot import snapshot_of
from ingest.changes.changes import Changes
from ingest.changes.journal import journal_of
from ingest.changes.lines import write_samples
from ingest.changes.marking import mark
from ingest.changes.pausing import WriterPause
from ingest.changes.samples import Samples
from ingest.changes.stored import read_at
from ingest.deleted import remove_deleted
from kernel.errors import Unavailable
from kernel.tenancy import TenantConnection
from web.stores import reader, replacer

FOLDER = "held"  # beside the journals of the tenant's changes


@contextmanager
def holding(tenant: TenantConnection, site: str, sensor: str, samples: Samples) -> Iterator[None]:
    """Around deleting them and writing them back. If that fails, `put_back` does it later."""
    if not len(samples):
        yield
        return
    journal = journal_of(tenant, FOLDER)
    journal.append([Changes(site, sensor, Samples.absent(samples.t), samples)])
    yield
    journal.clear()


def put_back(tenant: TenantConnection) -> None:
    """Write back what an attempt that was killed or failed held; a time that has a sample by now keeps that.

    For the holder of the tenant's slot for long jobs, before it reads stored samples.
    """
    journal = journal_of(tenant, FOLDER)
    if not journal.exists():
        return
    known = snapshot_of(tenant).sensors
    with WriterPause(tenant) as pause:
        for number in range(journal.count()):
            for change in journal.read(number):
                if change.sensor in known:
                    _put_back(tenant, change, pause)
    journal.clear()


def is_held(tenant: TenantConnection) -> bool:
    return journal_of(tenant, FOLDER).exists()


def held_sensors(tenant: TenantConnection) -> set[str]:
    """The ids of those with samples that are yet to be written back."""
    return {key.rpartition("/")[2] for key in journal_of(tenant, FOLDER).ranges()}


def _put_back(tenant: TenantConnection, change: Changes, pause: WriterPause) -> None:
    pause.begin_step()
    missing = change.new.take(~read_at(reader(tenant), change.site, change.sensor, change.new.t).there)
    if not len(missing):
        return
    ends = int(missing.t[0]), int(missing.t[-1])
    pause.check()
    mark(tenant, change.sensor, *ends)
    try:
        write_samples(replacer(tenant), change.site, change.sensor, missing)
    except Unavailable:
        pause.outlast()
        raise
    finally:
        mark(tenant, change.sensor, *ends)
    remove_deleted(tenant, {change.sensor: change.site})
