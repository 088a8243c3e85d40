"""Interactive reads have priority: imports and ladder building pause while people read from the same host."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from urllib.parse import urlsplit

from kernel.tenancy import TenantConnection
from web.stores import streams

PAUSE_RATIO = 0.5  # of the time worked: two thirds of the time are left for work, however many people read
MAX_PAUSE_S = 1.0


def note_read(tenant: TenantConnection) -> None:
    """Somebody is waiting for this tenant's database."""
    streams().demand.note(_host(tenant.influx_url), tenant.prefix)


class Pace:
    """One thread's work in the background on a tenant's database."""

    def __init__(self, tenant: TenantConnection, sleep: Callable[[float], object] = time.sleep) -> None:
        self._host, self._prefix, self._sleep = _host(tenant.influx_url), tenant.prefix, sleep

    @contextmanager
    def piece(self) -> Iterator[None]:
        """A piece of the work, followed by a pause while people read."""
        began = time.monotonic()
        yield
        worked = time.monotonic() - began
        if streams().demand.is_recent(self._host, self._prefix):
            self._sleep(min(worked * PAUSE_RATIO, MAX_PAUSE_S))


@lru_cache(maxsize=1_000)
def _host(url: str) -> str:
    """Databases on one host share its CPUs; on Kubernetes each has its own name."""
    return urlsplit(url).hostname or ""
