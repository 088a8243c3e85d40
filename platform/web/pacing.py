"""Interactive reads have priority: imports, ladder building and reads of very many samples pause while people read from
the same host."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sized
from contextlib import contextmanager
from functools import lru_cache
from typing import TypeVar
from urllib.parse import urlsplit

from kernel.tenancy import TenantConnection
from web.stores import streams

PAUSE_RATIO = 0.5  # of the time worked: two thirds of the time are left for work, however many people read
MAX_PAUSE_S = 1.0
LONG_READ = 100_000  # samples, from which a read pauses, too:
LONG_READ_RATE = 300_000  # samples per second while others read, half of what a processor reads
T = TypeVar("T", bound=Sized)


def note_read(tenant: TenantConnection) -> None:
    """Somebody is waiting for this tenant's database."""
    streams().demand.note(_host(tenant.influx_url), tenant.prefix)


class Pace:
    """One thread's long work on a tenant's database."""

    def __init__(self, tenant: TenantConnection, sleep: Callable[[float], object] = time.sleep) -> None:
        self._host, self._prefix, self._sleep = _host(tenant.influx_url), tenant.prefix, sleep

    @contextmanager
    def piece(self) -> Iterator[None]:
        """A piece of the work, followed by a pause while people read."""
        began = time.monotonic()
        yield
        self._pause((time.monotonic() - began) * PAUSE_RATIO)

    def long_read(self, parts: Iterable[T]) -> Iterator[T]:
        """The parts of what somebody reads, whose size is not known: only long reads pause.

        By their samples, as parts are read ahead: how long they took is not known here.
        """
        began, samples = time.monotonic(), 0
        for part in parts:
            yield part
            samples += len(part)
            if samples > LONG_READ:
                self._pause(len(part) / LONG_READ_RATE - (time.monotonic() - began))
            began = time.monotonic()

    def _pause(self, seconds: float) -> None:
        if seconds > 0 and streams().demand.is_recent(self._host, self._prefix):
            self._sleep(min(seconds, MAX_PAUSE_S))


@lru_cache(maxsize=1_000)
def _host(url: str) -> str:
    """Databases on one host share its CPUs; on Kubernetes each has its own name."""
    return urlsplit(url).hostname or ""
