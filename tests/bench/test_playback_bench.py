"""Budget: playback of three years of a schematic with 300 values, end to end through the running web process.

Playback of a week, beside other queries, is in the query bench. BENCH_SCALE shortens the range (0.02: a dry run); only
a full run rewrites docs/benchmarks.md.
"""

from __future__ import annotations

import os
from functools import partial

import pytest

from kernel.times import DAY, HOUR, TimeRange
from tests.bench.drawing.plant import ENGINEER, SITE, TENANT, make_plant
from tests.bench.publishing import publish
from tests.bench.query.bars import at_most
from tests.bench.query.beside import wait_for_ladder
from tests.bench.query.client import Connection
from tests.bench.query.data import END, Series
from tests.bench.query.installation import settle
from tests.bench.query.measure import Effort, measured
from tests.bench.query.report import bars, table
from tests.bench.query.rows import FRAMES, named
from tests.installation import Platform

pytestmark = [pytest.mark.bench, pytest.mark.timeout(3600)]
SCALE = float(os.environ.get("BENCH_SCALE", "1"))
INTERVAL = HOUR  # a frame is 44 hours, so finer samples would be read from the same rungs
DAYS, MAX_MS, MAX_MB = int(3 * 365 * SCALE), 700.0, 1.5
PLAYBACKS = Effort(30, 60)
HISTORY = """
import numpy as np
from catalog.snapshot import snapshot_of
from ingest.bulk import BulkWriter
from tenants.queries import connection_by_slug
tenant = connection_by_slug({tenant!r})
sensors = sorted(snapshot_of(tenant).sensors.values(), key=lambda each: each.tag)
t = np.arange({start}, {end}, {interval}, dtype=np.int64)
chance = np.random.default_rng(1)
with BulkWriter(tenant) as writer:
    for sensor in sensors:
        writer.add(sensor.site, sensor.id, t, np.round(50 + np.cumsum(chance.normal(0, 0.1, len(t))), 2))
"""


def test_playback_of_three_years(platform: Platform) -> None:
    schematic = make_plant(platform, INTERVAL / 1000)
    series = Series("", SITE, "smooth", INTERVAL, int(DAYS * DAY * 1.02) // INTERVAL)
    first = series.span.start
    platform.shell(HISTORY.format(tenant=TENANT, start=first, end=END, interval=INTERVAL))
    api = Connection(platform.url, {"Authorization": f"Bearer {platform.people[ENGINEER]['token']}"})
    wait_for_ladder(api)
    settle(platform.path, print)

    def ask(form: str, span: TimeRange) -> bytes:
        path = f"/api/v1/schematics/{schematic}/playback"
        return api.get(path, start=span.start, end=span.end, frames=FRAMES, format=form).body

    width = DAYS * DAY
    rows, found = [], {}
    for form in ("json", "binary"):
        found[form] = measured(partial(ask, form), series.spans(width), PLAYBACKS)
        size = len(ask(form, next(series.spans(width)))) / 1e6
        rows.append([f"{named(width)}, {form}", f"{found[form].median:.0f}", f"{found[form].p95:.0f}", f"{size:.2f}"])
    judged = [
        at_most(f"playback of {named(width)}, binary: median", found["binary"].median, MAX_MS, "ms"),
        at_most(f"playback of {named(width)}, binary: size", size, MAX_MB, "MB"),
    ]
    publish({"playback": f"{table(['range', 'median, ms', 'p95', 'MB'], rows)}\n\n{bars(judged)}"}, SCALE)
    assert all(bar.reached for bar in judged), [f"{bar.what}: {bar.found}" for bar in judged]
