"""A writer that is killed (SIGKILL) before or after the n-th time it does one step."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from pathlib import Path

from ingest.writer.process import Writer
from ingest.writer.tenant import TenantWriter
from kernel.batch import Batch
from kernel.tenancy import TenantConnection
from stores.redis.overflow_counts import OverflowCounts
from stores.redis.streams import Streams
from stores.timeseries import Timeseries
from tests.doomed import doom


class FileListener:
    """Appends the samples it gets to a file: a line with sensor, time, value and quality each."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def stored(self, batch: Batch) -> None:
        columns = zip(batch.i.tolist(), batch.t.tolist(), batch.v.tolist(), batch.q.tolist(), strict=True)
        with self.path.open("a") as file:
            file.writelines(f"{batch.sensors[i][1]} {t} {v} {q}\n" for i, t, v, q in columns)
            file.flush()
            os.fsync(file.fileno())


class First(FileListener):
    def stored(self, batch: Batch) -> None:
        super().stored(batch)


class Second(FileListener):
    def stored(self, batch: Batch) -> None:
        super().stored(batch)


STEPS: dict[str, tuple[type, str]] = {
    "claim": (Streams, "claim"),
    "read": (Streams, "read"),
    "write_lines": (Timeseries, "write_lines"),
    "first listener": (First, "stored"),
    "second listener": (Second, "stored"),
    "note": (OverflowCounts, "note"),
    "commit": (Streams, "commit"),
}


def run(
    redis_url: str, tenants: Sequence[TenantConnection], step: str, moment: str, turn: int, received: Path | None = None
) -> None:
    """`received`: the folder in which listeners record their samples; without it there are none."""
    if step != "none":
        doom(*STEPS[step], moment, turn)
    streams = Streams(redis_url)
    listeners = [First(received / "first"), Second(received / "second")] if received else []

    def make(tenant: TenantConnection) -> TenantWriter:
        return TenantWriter(streams, Timeseries(tenant.influx_url, tenant.writer), tenant, listeners)

    process = Writer(streams, lambda: list(tenants), make)
    signal.signal(signal.SIGTERM, lambda *_: process.stop())
    process.run()
