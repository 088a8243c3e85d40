"""Runs in the installation (`manage.py shell`): samples of one tenant, written by the bulk writer."""

from __future__ import annotations

import numpy as np

from catalog.snapshot import snapshot_of
from ingest.bulk import BulkWriter
from kernel.times import DAY, MINUTE
from tests.bench.neighbours.installation import END
from web.directory import directory


def load(slug: str, days: float) -> None:
    """So many days of minutes of every sensor."""
    tenant = directory().by_slug(slug)
    assert tenant is not None, slug
    count = int(days * DAY) // MINUTE
    t = END - MINUTE * np.arange(count, 0, -1, dtype=np.int64)
    chance = np.random.default_rng(count)
    with BulkWriter(tenant) as writer:
        for sensor in snapshot_of(tenant).sensors.values():
            writer.add(sensor.site, sensor.id, t, np.round(60 + np.cumsum(chance.normal(0, 0.02, count)), 2))
