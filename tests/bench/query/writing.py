"""Runs in the installation (`manage.py shell`): years of minutes of some sensors, for so many seconds."""

from __future__ import annotations

import json
import time
from itertools import product

import numpy as np

from catalog.snapshot import snapshot_of
from ingest.bulk import BulkWriter
from kernel.times import DAY, MINUTE
from tests.bench.query.data import END
from web.directory import directory


def write(slug: str, site_slug: str, numbers: list[int], days: float, seconds: float) -> None:
    """At least one sensor. Print `begun`, and then the rate as JSON."""
    tenant = directory().by_slug(slug)
    assert tenant is not None, slug
    snapshot = snapshot_of(tenant)
    site = snapshot.site(site_slug)
    assert site is not None
    t = END - MINUTE * np.arange(int(days * DAY / MINUTE), 0, -1, dtype=np.int64)
    values = np.round(20 + np.cumsum(np.random.default_rng(1).normal(0, 0.05, len(t))), 2)
    print("started", flush=True)
    began = time.perf_counter()
    with BulkWriter(tenant) as writer:
        for number, part in product(numbers, np.array_split(np.arange(len(t)), 20)):
            if time.perf_counter() - began > seconds and number != numbers[0]:
                break
            sensor = snapshot.sensor(site.id, f"T-{number}")
            assert sensor is not None, number
            writer.add(site.id, sensor.id, t[part], values[part] + number)
        writer.flush()
        print(json.dumps(writer.samples / (time.perf_counter() - began)))
