"""A writer that is killed (SIGKILL) before or after the n-th time it does one step. Run as a program by the tests."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

import msgspec

from ingest.writer.process import Writer
from ingest.writer.tenant import TenantWriter
from kernel.tenancy import TenantConnection
from stores.redis.streams import Streams
from stores.timeseries import Timeseries

STEPS = {"claim": Streams, "read": Streams, "write_lines": Timeseries, "commit": Streams}


def doom(step: str, moment: str, turn: int) -> None:
    """Make `step` deadly."""
    owner = STEPS[step]
    real: Callable[..., Any] = getattr(owner, step)
    calls = 0

    def deadly(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == turn and moment == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        answer = real(*args, **kwargs)
        if calls == turn:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    setattr(owner, step, deadly)


def main(redis_url: str, tenant_json: str, step: str, moment: str, turn: str) -> None:
    tenant = msgspec.json.decode(tenant_json, type=TenantConnection)
    if step != "none":
        doom(step, moment, int(turn))
    streams = Streams(redis_url)
    timeseries = Timeseries(tenant.influx_url, tenant.writer)

    def make(tenant: TenantConnection) -> TenantWriter:
        return TenantWriter(streams, timeseries, tenant, lambda batch: None)

    process = Writer(streams, lambda: [tenant], make)
    signal.signal(signal.SIGTERM, lambda *_: process.stop())
    process.run()


if __name__ == "__main__":
    main(*sys.argv[1:])
