"""The processes of the data path, killed and stopped."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass

from tenants.drivers.local.names import PREFIX, program_name
from tests.installation import Platform
from tests.processes import children_of, parent_of

WEB_WORKER, DATABASE, RESTART = "web worker", "influxd", "redis, restarted"
PROGRAMS = (
    "web", "writer", "alarms", "stream", "redis", "documents", "ladder", "worker", "jobs", "reconciler", "beat",
    "notifier", "watchdog",
)  # fmt: skip
KINDS = (WEB_WORKER, DATABASE, *PROGRAMS, RESTART)
STARTED_WITHIN_S = 60


@dataclass(frozen=True)
class Kill:
    """`at`: on the monotonic clock."""

    kind: str
    at: float


class Processes:
    def __init__(self, platform: Platform, chance: random.Random) -> None:
        self._platform, self._chance = platform, chance

    def kill(self, kind: str) -> Kill:
        """SIGKILL to a process of this kind that runs, once one does; or a restart of Redis."""
        if kind == RESTART:
            self.pid("redis")
            began = time.monotonic()
            self._platform.supervisor.restart("redis")
            return Kill(kind, began)
        deadline = time.monotonic() + STARTED_WITHIN_S
        while True:
            try:
                os.kill(self._find(kind), signal.SIGKILL)
                return Kill(kind, time.monotonic())
            except ProcessLookupError:
                assert time.monotonic() < deadline, f"{kind} does not start"
                time.sleep(0.05)

    def pid(self, program: str) -> int:
        """Once it runs."""
        deadline = time.monotonic() + STARTED_WITHIN_S
        while True:
            status = self._platform.supervisor.status(program)
            if status is not None and status.pid:
                return status.pid
            assert time.monotonic() < deadline, f"{program} does not start: {status}"
            time.sleep(0.05)

    def database_of(self, slug: str) -> int:
        """The process id of a tenant's database."""
        tenant = self._platform.shell(f"from web.directory import directory; print(directory().by_slug({slug!r}).id)")
        return self.pid(program_name(tenant.strip()))

    def are_up(self) -> bool:
        return all(status.up for status in self._platform.supervisor.statuses())

    def databases(self) -> Sequence[str]:
        return sorted(status.name for status in self._platform.supervisor.statuses() if status.name.startswith(PREFIX))

    def orphans(self) -> list[int]:
        """Processes of the installation that outlived the one that started them; supervisord is none."""
        supervisor = self._platform.supervisor
        running = set(supervisor.leftovers())
        supervisord = {parent_of(status.pid) for status in supervisor.statuses() if status.pid}
        return [pid for pid in running - supervisord if parent_of(pid) not in running]

    def _find(self, kind: str) -> int:
        if kind == WEB_WORKER:
            workers = sorted(children_of(self.pid("web")))
            if not workers:
                raise ProcessLookupError
            return self._chance.choice(workers)
        return self.pid(self._chance.choice(self.databases()) if kind == DATABASE else kind)
