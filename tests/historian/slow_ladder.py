"""A simple, slow ladder: every rung computed directly from the samples, one bucket after the other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from catalog.models import Sensor
from historian.ladder.lines import measurement_of
from historian.read.rows import COLUMNS
from historian.rungs.rungs import Rung, rungs_from
from kernel.tenancy import TenantConnection
from web.stores import reader

Sample = tuple[int, float | str, int]  # ms, value, quality
SlowRow = dict[str, Any]


def stored_samples(tenant: TenantConnection, sensor: Sensor) -> list[Sample]:
    field = "text" if sensor.kind == "text" else "value"
    statement = f'SELECT "{field}","quality" FROM "raw"."{sensor.site}" WHERE "sensor" = \'{sensor.id}\''
    [result] = reader(tenant).read([statement])
    return [(t // 1_000_000, v, q) for series in result for t, v, q in series.values if v is not None]


def stored_rows(tenant: TenantConnection, sensor: Sensor, rung: Rung) -> dict[int, SlowRow]:
    """By the bucket's start; without those that say they are empty."""
    names = COLUMNS[sensor.kind]
    columns = ",".join(f'"{name}"' for name in names)
    measurement = measurement_of(sensor.site, rung)
    statement = f'SELECT {columns} FROM "ladder"."{measurement}" WHERE "sensor" = \'{sensor.id}\''
    [result] = reader(tenant).read([statement])
    rows = {row[0] // 1_000_000: dict(zip(names, row[1:], strict=True)) for series in result for row in series.values}
    assert all(value is not None for row in rows.values() for value in row.values()), "every field is always written"
    return {start: row for start, row in rows.items() if row["n"] or row["n_bad"]}


def slow_rows(sensor: Sensor, samples: Sequence[Sample], width: int) -> dict[int, SlowRow]:
    buckets: dict[int, list[Sample]] = {}
    for sample in samples:
        buckets.setdefault(sample[0] // width * width, []).append(sample)
    limit = 3000 * sensor.interval_s if sensor.sampling == "periodic" and sensor.interval_s else None
    return {start: slow_row(sensor.kind, start, members, limit) for start, members in buckets.items()}


def slow_row(kind: str, start: int, members: list[Sample], limit: float | None) -> SlowRow:
    good = [(t, v) for t, v, q in members if q < 2]
    row: SlowRow = {"n": len(good), "n_bad": len(members) - len(good)}
    if not good:
        return row
    row |= {"tfirst": good[0][0] - start, "tlast": good[-1][0] - start}
    ends = ("first_s", "last_s") if kind == "text" else ("first", "last")
    row |= {ends[0]: good[0][1], ends[1]: good[-1][1]}
    if kind in ("discrete", "text"):
        row["states"] = held(good, limit)
    if kind == "text":
        return row
    values = [float(v) for _, v in good]
    low, high = min(values), max(values)
    row |= {"min": low, "tmin": good[values.index(low)][0] - start}
    row |= {"max": high, "tmax": good[len(values) - 1 - values[::-1].index(high)][0] - start}
    mean = math.fsum(values) / len(values)
    row |= {"sum": math.fsum(values), "m2": math.fsum((value - mean) ** 2 for value in values)}
    if kind == "counter":
        row["inc"] = math.fsum(after - before if after >= before else after for before, after in pairwise(values))
    return row


def held(good: Sequence[tuple[int, Any]], limit: float | None) -> dict[str, int] | None:
    times: dict[str, int] = {}
    for (t, value), until in zip(good, [*(t for t, _ in good[1:]), good[-1][0]], strict=True):
        name = value if isinstance(value, str) else f"{value:.15g}"
        times[name] = times.get(name, 0) + int(min(until - t, limit or until - t))
    return times if len(times) <= 32 and sum(map(len, times)) <= 2000 else None


def differences(tenant: TenantConnection, sensor: Sensor, finest: Rung) -> list[str]:
    """Differences between the stored ladder and one computed from the samples; empty if it is correct."""
    import json

    samples = stored_samples(tenant, sensor)
    found = []
    for rung in rungs_from(finest):
        stored, wanted = stored_rows(tenant, sensor, rung), slow_rows(sensor, samples, rung.ms)
        if stored.keys() != wanted.keys():
            found.append(f"{rung.name}: buckets {sorted(stored.keys() ^ wanted.keys())[:5]}")
        for start in stored.keys() & wanted.keys():
            for name, value in wanted[start].items():
                has = json.loads(stored[start][name]) if name == "states" else stored[start][name]
                close = isinstance(value, float) and math.isclose(has, value, rel_tol=1e-6, abs_tol=1e-5)
                if has != value and not close:
                    found.append(f"{rung.name} {start} {name}: {has!r} instead of {value!r}")
    return found
