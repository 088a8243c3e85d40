"""A bulk write that is killed (SIGKILL) before or after the n-th time it does a step of storing rows."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
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

STEPS = {"rows": (Timeseries, "write_lines"), "clear": (Marks, "clear"), "state": (Marks, "state")}


def doom(step: str, moment: str, turn: int) -> None:
    """Make `step` of `Ahead._store` deadly: writing rows of rungs, clearing marks, asking for the state."""
    owner, name = STEPS[step]
    real: Callable[..., Any] = getattr(owner, name)
    count = 0

    def deadly(self: Any, *args: Any) -> Any:
        nonlocal count
        mine = step != "rows" or args[0] == LADDER
        count += mine
        if mine and count == turn and moment == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        answer = real(self, *args)
        if mine and count == turn:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    setattr(owner, name, deadly)


def run(
    tenant: TenantConnection, site: str, sensor: str, parts: list[tuple[Any, Any]], step: str, moment: str, turn: int
) -> None:
    """`parts`: times (ms) and values."""
    bulk.LINES_PER_WRITE = ahead.MIN_SAMPLES = 1_000
    doom(step, moment, turn)
    with bulk.BulkWriter(tenant) as writer:
        for t, values in parts:
            writer.add(site, sensor, np.asarray(t, np.int64), np.asarray(values, np.float64))
