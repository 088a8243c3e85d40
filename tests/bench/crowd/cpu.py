"""What CPU time the parts of an installation, and its clients, have used."""

from __future__ import annotations

import time
from collections import defaultdict
from contextlib import suppress
from pathlib import Path

from tenants.drivers.local.names import tenant_of_program
from tests.installation import Platform
from tests.processes import cpu_s

OF_THEIR_OWN = {"web": "web", "stream": "stream", "redis": "Redis", "documents": "documents"}
CLIENTS = "clients"


def used_s(platform: Platform, viewers: int) -> dict[str, float]:
    """Seconds by part; this process is the other client beside that of the viewers."""
    used = defaultdict(float, {CLIENTS: time.process_time() + cpu_s(viewers)})
    for status in platform.supervisor.statuses():
        if status.up:
            name = "InfluxDB" if tenant_of_program(status.name) else OF_THEIR_OWN.get(status.name, "workers")
            used[name] += sum(cpu_s(pid) for pid in (status.pid, *_children(status.pid)))
    return used


def _children(pid: int) -> list[int]:
    with suppress(FileNotFoundError):
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []
