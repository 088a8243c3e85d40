"""A ladder worker that is killed (SIGKILL) before or after the n-th time it does a step."""

from __future__ import annotations

import signal
import time
from multiprocessing.connection import Connection

import django
from django.apps import apps

if not apps.ready:  # in the process that is forked
    django.setup()

from historian.ladder import process
from kernel.tenancy import TenantConnection
from stores.redis.marks import Marks
from stores.timeseries import Timeseries
from tests.doomed import doom

STEPS = {"read": Timeseries, "stream_csv": Timeseries, "write_lines": Timeseries, "clear": Marks, "enroll": Marks}
STEPS |= {"set_epoch": Marks, "clear_buckets": Marks}


def run(tenant: TenantConnection, step: str, moment: str, turn: int, started: Connection) -> None:
    """`started`: gets a message once signals are handled."""
    if step != "none":
        doom(STEPS[step], step, moment, turn)
    process.TENANTS_POLL_INTERVAL_S = 0.2
    worker = process.LadderWorker(lambda: [tenant], lambda: time.time_ns() // 1_000_000)
    signal.signal(signal.SIGTERM, lambda *_: worker.stop())
    started.send("")
    worker.run()
