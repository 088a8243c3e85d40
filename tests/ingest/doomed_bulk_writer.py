"""A bulk write that is killed (SIGKILL) before or after the n-th time it does a step of storing rows."""

from __future__ import annotations

from typing import Any

import django
from django.apps import apps

if not apps.ready:  # in the process that is forked
    django.setup()

import numpy as np

from historian.ladder import ahead
from ingest import bulk
from kernel.tenancy import TenantConnection
from stores.redis.marks import Marks
from stores.timeseries import LADDER, Timeseries
from tests.doomed import doom

STEPS: dict[str, tuple[type, str]] = {
    "rows": (Timeseries, "write_lines"),
    "clear": (Marks, "clear"),
    "state": (Marks, "state"),
}


def writes_rows(_: Timeseries, database: str, *__: Any) -> bool:
    """Of rungs, not samples."""
    return database == LADDER


def run(
    tenant: TenantConnection, site: str, sensor: str, parts: list[tuple[Any, Any]], step: str, moment: str, turn: int
) -> None:
    """`parts`: times (ms) and values."""
    bulk.LINES_PER_WRITE = ahead.MIN_SAMPLES = 1_000
    if step == "rows":
        doom(*STEPS[step], moment, turn, writes_rows)
    else:
        doom(*STEPS[step], moment, turn)
    with bulk.BulkWriter(tenant) as writer:
        for t, values in parts:
            writer.add(site, sensor, np.asarray(t, np.int64), np.asarray(values, np.float64))
