"""Budget: queries of any range during an import, which keeps at least half of its speed."""

from __future__ import annotations

import itertools
import os
import time

import pytest

from kernel.times import DAY
from tests.bench.publishing import publish
from tests.bench.query.beside import (
    SITE,
    TENANT,
    Importer,
    Round,
    ask_until,
    judge,
    report,
    wait_for_ladder,
)
from tests.bench.query.client import Connection
from tests.bench.query.data import END
from tests.installation import Platform

pytestmark = [pytest.mark.bench, pytest.mark.timeout(3600)]
SCALE = float(os.environ.get("BENCH_SCALE", "1"))
YEARS, ROUNDS, SENSORS = 3, 5, 100
QUERIES_S, IMPORT_S, BOTH_S = 5.0, 5.0, 10.0


def test_queries_beside_an_import(platform: Platform) -> None:
    platform.ensure_tenant(TENANT)
    token = platform.ensure_person("asking", TENANT)["token"]
    api = Connection(platform.url, {"Authorization": f"Bearer {token}"})
    api.post("/api/v1/sites/bulk", {"items": [{"slug": SITE, "name": "Beside", "timezone": "UTC"}]})
    items = [{"site": SITE, "tag": f"T-{k}", "name": "Beside", "interval_s": 60} for k in range(SENSORS)]
    ids = api.post("/api/v1/sensors/bulk", {"items": items}).json()["ids"]
    days = YEARS * 365 * SCALE
    importer = Importer(platform, days, itertools.count())
    importer.rate_of(importer.start(0, 1))
    wait_for_ladder(api)
    rounds = [_round(api, ids, importer, days) for _ in range(ROUNDS)]
    judged = judge(rounds)
    publish({"beside": report(rounds, judged)}, SCALE)
    assert all(bar.reached for bar in judged), [f"{bar.what}: {bar.found}" for bar in judged if not bar.reached]


def _round(api: Connection, ids: dict[str, str], importer: Importer, days: float) -> Round:
    widths = sorted({DAY, int(min(30, days / 2) * DAY), int((days - 1) * DAY)})

    def sensors() -> dict[str, str]:
        return {"settled": ids["T-0"], "just written": ids[f"T-{importer.written}"]}

    wait_for_ladder(api)
    quiet = ask_until(api, sensors(), widths, END, time.perf_counter() + QUERIES_S)
    quiet_rate = importer.rate_of(importer.start(IMPORT_S, 6))
    written = sensors()
    running = importer.start(BOTH_S, 10)
    loaded = ask_until(api, written, widths, END, time.perf_counter() + BOTH_S)
    return Round(quiet, loaded, quiet_rate, importer.rate_of(running))
