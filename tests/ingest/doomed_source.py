"""Takes a batch with an error for a source that stops at errors, and is killed (SIGKILL) at one step of that. Run as a
program by the tests.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django
import msgspec

from kernel.tenancy import TenantConnection

STEPS = {"before pausing": ("_write", False), "after pausing": ("change", True)}


def doom(owner: Any, step: str) -> None:
    """Make `step` deadly."""
    name, afterwards = STEPS[step]
    real: Callable[..., Any] = getattr(owner, name)

    def deadly(*args: Any, **kwargs: Any) -> None:
        if afterwards:
            real(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(owner, name, deadly)


def main(tenant_json: str, lines: str, token: str, step: str, trail: str) -> None:
    """`trail`: the file that takes audit entries, a line each, in place of the relational database."""
    django.setup()
    from ingest.letters import Origin
    from ingest.named_sources import repository
    from ingest.sources.influxdb.operations import take_lines
    from web.audit import audited

    def record(action: str, target: str, **_: Any) -> None:
        with Path(trail).open("a") as file:
            file.write(f"{action} {target}\n")

    audited.receivers.clear()
    audited.sender_receivers_cache.clear()
    audited.connect(record)
    doom(repository, step)
    tenant = msgspec.json.decode(tenant_json, type=TenantConnection)
    take_lines(tenant, lines.encode(), 1, time.time_ns(), Origin("influxdb", token=token))


if __name__ == "__main__":
    main(*sys.argv[1:])
