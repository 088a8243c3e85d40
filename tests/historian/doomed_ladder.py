"""A ladder worker that is killed (SIGKILL) before or after the n-th time it does a step."""

from __future__ import annotations

import itertools
import os
import signal
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

import django
from django.apps import apps

if not apps.ready:  # in the process that is forked
    django.setup()

from historian.ladder import process
from kernel.tenancy import TenantConnection
from stores.redis.marks import Marks
from stores.timeseries import Timeseries

STEPS = {"read": Timeseries, "stream_csv": Timeseries, "write_lines": Timeseries, "clear": Marks, "enroll": Marks}
STEPS |= {"set_epoch": Marks, "clear_buckets": Marks}


def doom(step: str, moment: str, turn: int) -> None:
    """Make `step` deadly."""
    owner = STEPS[step]
    real: Callable[..., Any] = getattr(owner, step)
    numbers = itertools.count(1)  # threads take theirs one by one

    def deadly(*args: Any, **kwargs: Any) -> Any:
        number = next(numbers)
        if number == turn and moment == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        answer = real(*args, **kwargs)
        if number == turn:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    setattr(owner, step, deadly)


def run(tenant: TenantConnection, step: str, moment: str, turn: int, started: Connection) -> None:
    """`started`: gets a message once signals are handled."""
    if step != "none":
        doom(step, moment, turn)
    process.TENANTS_POLL_INTERVAL_S = 0.2
    worker = process.LadderWorker(lambda: [tenant], lambda: time.time_ns() // 1_000_000)
    signal.signal(signal.SIGTERM, lambda *_: worker.stop())
    started.send("")
    worker.run()
