"""A ladder worker that is killed (SIGKILL) before or after the n-th time it does a step. Run as a program by tests."""

from __future__ import annotations

import itertools
import os
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

import django
import msgspec

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from historian.ladder import process  # noqa: E402
from kernel.tenancy import TenantConnection  # noqa: E402
from stores.redis.marks import Marks  # noqa: E402
from stores.timeseries import Timeseries  # noqa: E402

STEPS = {"read": Timeseries, "stream_csv": Timeseries, "write_lines": Timeseries, "clear": Marks, "enroll": Marks}
STEPS["set_epoch"] = Marks


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


def main(tenant_json: str, step: str, moment: str, turn: str) -> None:
    tenant = msgspec.json.decode(tenant_json, type=TenantConnection)
    if step != "none":
        doom(step, moment, int(turn))
    process.TENANTS_POLL_INTERVAL_S = 0.2
    worker = process.LadderWorker(lambda: [tenant], lambda: time.time_ns() // 1_000_000)
    signal.signal(signal.SIGTERM, lambda *_: worker.stop())
    print("ready", flush=True)
    worker.run()


if __name__ == "__main__":
    main(*sys.argv[1:])
