"""A plant of 2,500 sensors that repeat recorded signals, and 10,000 rules for them."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from alarms.rules.models import Applies, Limit, RuleContent, Stale, Trigger
from alarms.rules.repository import COLLECTION, log_of
from catalog.operations import bulk_upsert
from catalog.snapshot import snapshot_of
from kernel.batch import ENTRY_POINTS, Batch, encode
from kernel.ids import ALARM_RULE, new_id
from kernel.tenancy import TenantConnection
from web.stores import documents, streams

SENSORS, SITE = 2_500, "works"
SIGNALS = (
    "Accelerometer1RMS", "Accelerometer2RMS", "Current", "Pressure", "Temperature", "Thermocouple", "Voltage",
    "Volume Flow RateRMS",
)  # fmt: skip
Signals = npt.NDArray[np.float64]


def read_signals(folder: Path) -> Signals:
    """One row for each of SIGNALS, a sample a second."""
    rows: list[list[float]] = []
    for number in range(5):
        with (folder / "skab" / "valve1" / f"{number}.csv").open() as file:
            rows += [[float(row[name]) for name in SIGNALS] for row in csv.DictReader(file, delimiter=";")]
    return np.array(rows).T


def make_sensors(tenant: TenantConnection) -> list[str]:
    """Their ids."""
    bulk_upsert(tenant, "sites", [{"slug": SITE, "name": "Works", "timezone": "UTC"}])
    items = [{"site": SITE, "tag": f"S-{k}", "name": "s", "interval_s": 1.0} for k in range(SENSORS)]
    for start in range(0, SENSORS, 500):
        bulk_upsert(tenant, "sensors", items[start : start + 500])
    snapshot = snapshot_of(tenant)
    [site] = snapshot.sites
    found = [snapshot.sensor(site, f"S-{k}") for k in range(SENSORS)]
    return [sensor.id for sensor in found if sensor is not None]


def make_rules(tenant: TenantConnection, sensors: list[str], signals: Signals) -> int:
    """Four for each sensor: a high and a low limit that the recording crosses now and then, one far above, silence."""
    count = 0
    database = documents(tenant)
    with database.log("alarm_rules").changing(None):
        for k, sensor in enumerate(sensors):
            values = signals[k % len(signals)]
            low, high, top = (float(each) for each in (*np.percentile(values, [0.2, 99.8]), values.max() * 1.2 + 1))
            spread = float(values.std()) / 4
            triggers: list[Trigger] = [
                Limit(side="high", limit=high, deadband=spread, level="high"),
                Limit(side="low", limit=low, deadband=spread, level="low"),
                Limit(side="high", limit=top, level="high-high"),
                Stale(after_s=60),
            ]
            for number, trigger in enumerate(triggers):
                database.insert(COLLECTION, _document(f"{sensor} {number}", sensor, trigger))
                count += 1
    assert log_of(tenant).position()
    return count


def _document(name: str, sensor: str, trigger: Trigger) -> dict[str, Any]:
    content = RuleContent(name=name, applies=Applies(sensors=[sensor]), trigger=trigger, enabled=True)
    meta = {"version": 1, "author": "bench", "created": 0, "changed": 0, "targets": 1}
    return {"_id": new_id(ALARM_RULE), **msgspec.to_builtins(content), **meta}


def recorded_seconds(sensors: list[str], signals: Signals, site: str, start_ms: int) -> Iterator[list[bytes]]:
    """The entries of one second after another: a sample of each sensor, each at its own place of the recording."""
    length = signals.shape[1]
    rows = np.arange(len(sensors))
    offsets = rows * 37 % length
    names = [(site, sensor) for sensor in sensors]
    second = 0
    while True:
        values = signals[rows % len(signals), (offsets + second) % length]
        t = np.full(len(sensors), (start_ms + second * 1000) * 1_000_000, np.int64)
        batch = Batch(names, rows.astype(np.uint32), t, values, np.zeros(len(sensors), np.uint8))
        yield [encode(part) for part in batch.parts(ENTRY_POINTS)]
        second += 1


def append(tenant: TenantConnection, payloads: list[bytes], points: int) -> None:
    streams().append(tenant, [(points // len(payloads), payload) for payload in payloads])
