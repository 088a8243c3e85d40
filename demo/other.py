"""The other tenant: a small water works, to show that tenants cannot see each other."""

from __future__ import annotations

import numpy as np

from demo.install import Installed
from demo.plant.clock import HOUR, MINUTE
from demo.plant.noise import key_of, smooth
from demo.specs import AreaSpec, AssetSpec, ConnectionSpec, SensorSpec, SiteSpec
from ingest.bulk import BulkWriter
from kernel.tenancy import TenantConnection

WORKS = SiteSpec(
    slug="works",
    name="Northside Water Works",
    timezone="Europe/Oslo",
    areas=(AreaSpec("Pump hall"),),
    assets=(
        AssetSpec("TK-1", "Clear water tank", "tank", "Pump hall"),
        AssetSpec("P-1", "Distribution pump", "pump", "Pump hall"),
    ),
    sensors=(
        SensorSpec("LT-1", "TK-1", "Level", "m", range=(0, 6)),
        SensorSpec("FT-1", "P-1", "Flow", "m³/h", range=(0, 400)),
        SensorSpec("PT-1", "P-1", "Pressure", "bar", range=(0, 10)),
    ),
    connections=(ConnectionSpec("TK-1", "P-1", "water"),),
)

_MEANS = {"LT-1": (3.4, 0.5), "FT-1": (210.0, 35.0), "PT-1": (5.2, 0.3)}


def write_day(tenant: TenantConnection, installed: Installed, now: int) -> None:
    """Write the last 24 hours, one sample a minute."""
    end = now // MINUTE * MINUTE
    t = np.arange(end - 24 * HOUR, end, MINUTE, dtype=np.int64)
    with BulkWriter(tenant) as writer:
        for tag, (mean, swing) in _MEANS.items():
            values = np.round(mean + swing * smooth(key_of(2, f"works/{tag}"), t, 5_400), 2)
            writer.add(installed.site, installed.sensors[tag], t, values)
