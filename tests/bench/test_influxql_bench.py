"""Budget: three years by GROUP BY time from `/query`, beside the same statement on the tenant's own InfluxDB."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator
from itertools import count

import pytest

from kernel.times import DAY
from tests.bench.publishing import publish
from tests.bench.query.bars import Bar, at_most
from tests.bench.query.beside import Importer, wait_for_ladder
from tests.bench.query.client import Connection
from tests.bench.query.data import END
from tests.bench.query.installation import settle
from tests.bench.query.measure import OURS, THEIRS, Figures, measured
from tests.bench.query.report import bars, table
from tests.installation import Platform

pytestmark = [pytest.mark.bench, pytest.mark.timeout(3600)]
SCALE = float(os.environ.get("BENCH_SCALE", "1"))
TENANT = SITE = "beside"
YEARS, MAX_MS, MIN_RATIO = 3, 10.0, 10.0
STATEMENTS = {
    "mean, by day": ('mean("value")', "GROUP BY time(1d) fill(null)"),
    "mean, by 2 days": ('mean("value")', "GROUP BY time(2d) fill(null)"),
    "mean, by week": ('mean("value")', "GROUP BY time(1w) fill(null)"),
    "min, max and mean, by day": ('min("value"), max("value"), mean("value")', "GROUP BY time(1d) fill(none)"),
    "max - min, by day": ('max("value") - min("value")', "GROUP BY time(1d) fill(linear)"),
    "first and last, by 2 days": ('first("value"), last("value")', "GROUP BY time(2d) fill(none)"),
    "difference of last, by day": ('difference(last("value"))', "GROUP BY time(1d)"),
    "mean, of everything": ('mean("value")', ""),
}


def test_influxql_of_three_years(platform: Platform) -> None:
    platform.ensure_tenant(TENANT)
    token = platform.ensure_person("asking", TENANT)["token"]
    api = Connection(platform.url, {"Authorization": f"Bearer {token}"})
    site = api.post("/api/v1/sites/bulk", {"items": [{"slug": SITE, "name": "Beside", "timezone": "UTC"}]}).json()
    items = [{"site": SITE, "tag": f"T-{k}", "name": "Beside", "interval_s": 60} for k in range(2)]
    sensors = api.post("/api/v1/sensors/bulk", {"items": items}).json()["ids"]
    importer = Importer(platform, YEARS * 365 * SCALE, count())
    importer.rate_of(importer.start(0, 1))
    wait_for_ladder(api)
    settle(platform.path, print)
    influx = _influx(platform)
    days = int(YEARS * 365 * SCALE)
    span = f"time >= {END - days * DAY}ms AND time < {END}ms"
    found: dict[str, tuple[Figures, Figures]] = {}
    for what, (columns, rest) in STATEMENTS.items():
        ours = f'SELECT {columns} FROM "{SITE}" WHERE "sensor" = \'T-0\' AND {span} {rest}'
        theirs = f'SELECT {columns} FROM "{site["ids"][SITE]}" WHERE "sensor" = \'{sensors["T-0"]}\' AND {span} {rest}'
        assert _values(api, ours) == pytest.approx(_values(influx, theirs), rel=1e-9)
        found[what] = (
            measured(lambda q: api.drain("/query", "*/*", epoch="ms", q=q), _repeated(ours), OURS),
            measured(lambda q: influx.drain("/query", "*/*", db="plant", epoch="ms", q=q), _repeated(theirs), THEIRS),
        )
    judged = list(_judged(found))
    rows = [
        [what, f"{ours.median:.1f}", f"{ours.p95:.1f}", f"{theirs.median:.0f}", f"{theirs.median / ours.median:.0f}"]
        for what, (ours, theirs) in found.items()
    ]
    names = ["statement, 3 years of minutes", "`/query` p50, ms", "p95", "InfluxDB p50, ms", "ratio"]
    publish({"influxql": f"{table(names, rows)}\n\n{bars(judged)}"}, SCALE)
    assert all(bar.reached for bar in judged), [f"{bar.what}: {bar.found}" for bar in judged if not bar.reached]


def _judged(found: dict[str, tuple[Figures, Figures]]) -> Iterator[Bar]:
    for what, (ours, theirs) in found.items():
        yield at_most(f"InfluxQL, {what}: p50", ours.median, MAX_MS, "ms")
        ratio = theirs.median / ours.median
        yield Bar(f"InfluxQL, {what}: InfluxDB in it", f">= {MIN_RATIO:g}", f"{ratio:.3g}", ratio >= MIN_RATIO)


def _influx(platform: Platform) -> Connection:
    """The tenant's own server, with the platform's reader."""
    code = f"""
import json
from web.directory import directory
tenant = directory().by_slug({TENANT!r})
print(json.dumps([tenant.influx_url, tenant.reader.username, tenant.reader.password]))
"""
    url, username, password = json.loads(platform.shell(code).splitlines()[-1])
    pair = base64.b64encode(f"{username}:{password}".encode()).decode()
    return Connection(url, {"Authorization": f"Basic {pair}"})


def _values(connection: Connection, statement: str) -> list[float]:
    answer = connection.get("/query", db="plant", epoch="ms", q=statement).json()
    rows = answer["results"][0]["series"][0]["values"]
    return [float(value or 0) for row in rows for value in row]


def _repeated(text: str) -> Iterator[str]:
    while True:
        yield text
