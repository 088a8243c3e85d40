"""The same points in both servers, and statements on both."""

from __future__ import annotations

import math
import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import msgspec
import numpy as np
import requests

from catalog.operations import bulk_upsert
from ingest.sources.influxdb.operations import take_lines
from ingest.sources.influxdb.query.execute import Database, execute
from ingest.sources.influxdb.query.formats import write_results
from ingest.sources.influxdb.query.parse import parse
from kernel.tenancy import TenantConnection
from tests.historian.influx_server import ADMIN, READER, InfluxServer
from tests.historian.test_ladder_work import settle
from tests.ingest.conftest import drain

NS = 10**9
DAY_OF_CASES = 1_764_400_000 * NS  # the absolute range of the cases: a day
SENSORS: list[dict[str, Any]] = [
    {"tag": "T-1", "asset": "AHU-1", "unit": "°C", "interval_s": 60.0},
    {"tag": "T-2", "asset": "AHU-1", "unit": "°C", "interval_s": 60.0},
    {"tag": "T-3", "asset": "P-1", "unit": "K", "interval_s": 300.0},
    {"tag": "E-1", "asset": "P-1", "unit": "kWh", "kind": "counter", "interval_s": 300.0},
    {"tag": "P-1.state", "kind": "discrete", "sampling": "on_change", "states": {"0": "Off", "1": "On", "2": "Fault"}},
    {"tag": "F 1,x=y", "unit": "m³/h", "interval_s": 600.0},
]
AREA_OF = {"AHU-1": "Roof", "P-1": "Cellar"}


@dataclass(frozen=True)
class Beside:
    """Both servers; `now`: the moment of every statement, in ns."""

    tenant: TenantConnection
    real: InfluxServer
    now: int

    def ours(self, text: str, accept: str = "application/json", epoch: int | None = None) -> Any:
        results = execute(Database.of(self.tenant), parse(text), self.now)
        written = write_results(results, accept, epoch)
        return msgspec.json.decode(written) if accept == "application/json" else written

    def theirs(self, text: str, **parameters: str) -> Any:
        """At the same moment: `now()` becomes a time, and what has no end ends then."""
        moment = write_moment(self.now)
        ends = re.search(r"time <|time =", text) is not None
        text = re.sub(
            r"time > now\(\) - (\w+)", rf"time > '{moment}' - \1" + ("" if ends else f" AND time <= '{moment}'"), text
        )
        text = re.sub(r"time < now\(\) - (\w+)", rf"time < '{moment}' - \1", text)
        return self.send(text, **parameters).json()

    def send(self, text: str, accept: str = "application/json", **parameters: str) -> requests.Response:
        return requests.post(
            f"{self.real.url}/query", {"db": "plant", "q": text, **parameters}, timeout=60,
            auth=(READER.username, READER.password), headers={"Accept": accept, "Accept-Encoding": "identity"},
        )  # fmt: skip


def write_moment(ns: int) -> str:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=ns // NS)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{ns % NS:09d}Z"


def make_world(tenant: TenantConnection, real: InfluxServer) -> Beside:
    now = time.time_ns()
    bulk_upsert(tenant, "sites", [{"slug": "site", "name": "Site", "timezone": "UTC"}])
    bulk_upsert(tenant, "areas", [{"site": "site", "name": name} for name in AREA_OF.values()])
    assets = [{"site": "site", "tag": tag, "area": area} for tag, area in AREA_OF.items()]
    bulk_upsert(tenant, "assets", assets)
    bulk_upsert(tenant, "sensors", [{"site": "site", "name": each["tag"], **each} for each in SENSORS])
    _only_policy(real)
    for sensor in SENSORS:
        points = _points(sensor["tag"], now)
        for start in range(0, len(points), 20_000):
            some = points[start : start + 20_000]
            taken = take_lines(
                tenant,
                "\n".join(f"site,sensor={_escaped(sensor['tag'])} value={v!r} {t}" for t, v in some).encode(),
                1,
                now,
            )
            assert taken.refused == 0, taken
            drain(tenant)
            lines = "\n".join(f"site{_tags(sensor)} value={v!r} {t}" for t, v in some)
            real.as_(ADMIN).write_lines("raw", lines.encode())
    settle(tenant, now // 10**6 + 11 * 60_000)
    return Beside(tenant, real, now)


def _only_policy(real: InfluxServer) -> None:
    admin = real.as_(ADMIN)
    for name in ("autogen", "ladder"):
        admin.execute(f'DROP RETENTION POLICY "{name}" ON "plant"')


def _tags(sensor: dict[str, Any]) -> str:
    asset = sensor.get("asset", "")
    tags = {"area": AREA_OF.get(asset, ""), "asset": asset, "sensor": sensor["tag"], "unit": sensor.get("unit", "")}
    return "".join(f",{name}={_escaped(value)}" for name, value in tags.items() if value)


def _escaped(text: str) -> str:
    return text.replace(",", "\\,").replace("=", "\\=").replace(" ", "\\ ")


def _points(tag: str, now: int) -> list[tuple[int, float]]:
    """Times in ns: some whole minutes, some with a jitter of ns, with gaps; a day long ago, and the last month."""
    chance = np.random.default_rng(sum(tag.encode()))
    step = {"T-1": 60, "T-2": 60, "P-1.state": 4_000, "F 1,x=y": 600}.get(tag, 300) * NS
    t = np.concatenate(
        [
            np.arange(DAY_OF_CASES - 8 * 3600 * NS, DAY_OF_CASES + 90_000 * NS, step),
            np.arange(now // (60 * NS) * 60 * NS - 33 * 86_400 * NS, now, step),
        ]
    )
    if tag in ("T-2", "P-1.state"):
        t = t + chance.integers(0, step // 2, len(t))
    t = np.unique(t[(t < now) & (chance.random(len(t)) > 0.03)])
    t = t[(t // (3600 * NS)) % 37 != 0]  # hours without any
    if tag == "E-1":
        values = np.cumsum(chance.integers(0, 9, len(t))) % 5_000 / 4
    elif tag == "P-1.state":
        values = chance.integers(0, 3, len(t)).astype(np.float64)
    else:
        values = np.round(20 + 5 * np.sin(t / NS / 13_000) + chance.normal(0, 1, len(t)), 2)
    return list(zip(t.tolist(), values.tolist(), strict=True))


# Equality


def differences(ours: Any, theirs: Any) -> str:
    """Nothing if both answers say the same: numbers to within rounding, points of one time in any order."""
    if ours.keys() != theirs.keys() or "results" not in ours:
        return f"{str(ours)[:2000]} != {str(theirs)[:2000]}"
    if len(ours["results"]) != len(theirs["results"]):
        return "the number of results"
    pairs = zip(ours["results"], theirs["results"], strict=True)
    return "; ".join(filter(None, (_of_result(a, b) for a, b in pairs)))


def _of_result(ours: Any, theirs: Any) -> str:
    if "error" in ours or "error" in theirs:
        same = ours.get("error") == theirs.get("error")
        return "" if same else f"error: {ours.get('error')} != {theirs.get('error')} ({str(theirs)[:300]})"
    mine, other = ours.get("series", []), theirs.get("series", [])
    named = [[(each.get("name"), each.get("tags"), each["columns"]) for each in some] for some in (mine, other)]
    if named[0] != named[1]:
        return f"series: {named[0][:20]} != {named[1][:20]}"
    for one, two in zip(mine, other, strict=True):
        if (found := _of_rows(one["values"], two["values"])) != "":
            return f"{one.get('name')} {one.get('tags')}: {found}"
    return ""


def _of_rows(ours: list[list[Any]], theirs: list[list[Any]]) -> str:
    if len(ours) != len(theirs):
        extra = [row for row in ours if row not in theirs][:3], [row for row in theirs if row not in ours][:3]
        return f"{len(ours)} rows, not {len(theirs)}: {extra}"
    for one, two in zip(_sorted(ours), _sorted(theirs), strict=True):
        if len(one) != len(two) or not all(map(_equal, one, two)):
            return f"{one} != {two}"
    return ""


def _sorted(rows: list[list[Any]]) -> list[list[Any]]:
    """Points of one time in any order; the order of the times is that of the answer."""
    if all(first[0] != second[0] for first, second in pairwise(rows)):
        return rows
    order: dict[Any, int] = {}
    for row in rows:
        order.setdefault(row[0], len(order))
    return sorted(rows, key=lambda row: (order[row[0]], str([round(v, 6) if isinstance(v, float) else v for v in row])))


def _equal(one: Any, two: Any) -> bool:
    if isinstance(one, (int, float)) and isinstance(two, (int, float)) and not isinstance(one, bool):
        return math.isclose(one, two, rel_tol=1e-9, abs_tol=1e-9)
    return bool(one == two)
