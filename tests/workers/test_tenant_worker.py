"""What the processes that serve every tenant have in common: turns, failures, tenants that come and go."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

import pytest

from kernel.errors import Unavailable
from kernel.tenancy import Credentials, TenantConnection
from web.workers import tenant_worker
from web.workers.tenant_worker import Slot, TenantWorker

Work = Callable[[Slot], float]


class Recorded(TenantWorker[Slot]):
    """Everybody is wanted all the time. Each turn is done by `work`; `turns` has a permit per turn that has ended."""

    def __init__(self, tenants: list[TenantConnection], work: Work) -> None:
        super().__init__("work", self._listed, threads=4, refresh_interval_s=0.0, max_backoff_s=0.2)
        self.known, self.work = tenants, work
        self.turns, self.lists = threading.Semaphore(0), threading.Semaphore(0)
        self.recovered = threading.Event()
        self.begun: list[str] = []

    def _listed(self) -> list[TenantConnection]:
        self.lists.release()
        return list(self.known)

    def _make(self, tenant: TenantConnection) -> Slot:
        return Slot(tenant=tenant)

    def _wanted(self, ready: Mapping[str, Slot]) -> list[str]:
        return list(ready)

    def _turn(self, slot: Slot) -> float:
        self.begun.append(slot.tenant.slug)
        try:
            return self.work(slot)
        finally:
            self.turns.release()

    def _wait(self) -> None:
        self._stopping.wait(0.01)

    def _recover(self) -> None:
        self.recovered.set()

    def wait_listed(self) -> None:
        """Until a list that was read from now on is known."""
        while self.lists.acquire(blocking=False):
            pass
        for _ in range(3):
            assert self.lists.acquire(timeout=30)


@contextmanager
def running(worker: TenantWorker[Slot]) -> Iterator[None]:
    worker.start()
    try:
        yield
    finally:
        worker.stop()


@pytest.fixture
def tenants() -> list[TenantConnection]:
    nobody = Credentials("", "")
    return [TenantConnection(slug, slug, slug, "", nobody, nobody) for slug in ("acme", "rival")]


def test_a_tenant_that_fails_waits_and_delays_no_other(tenants: list[TenantConnection]) -> None:
    failures: list[int] = []

    def work(slot: Slot) -> float:
        if slot.tenant.slug == "rival":
            return 0.0
        failures.append(slot.failures)
        if len(failures) < 3:
            raise Unavailable("its database is down") if len(failures) == 1 else ValueError("no number")
        return 0.0

    worker = Recorded(tenants, work)
    with running(worker):
        for _ in range(50):
            assert worker.turns.acquire(timeout=30)
        while len(failures) < 4:
            assert worker.turns.acquire(timeout=30)
    assert failures[:4] == [0, 1, 2, 0]
    assert worker.begun.count("rival") > 3


def test_what_is_still_wanted_goes_on_without_a_wait(tenants: list[TenantConnection]) -> None:
    class Once(Recorded):
        def _wait(self) -> None:
            self._stopping.wait(600)

    def work(slot: Slot) -> float:
        slot.wanted = True
        return 0.0

    worker = Once(tenants[:1], work)
    with running(worker):
        for _ in range(100):
            assert worker.turns.acquire(timeout=30)


def test_a_tenant_that_goes_and_comes_during_its_turn_has_one_turn_at_a_time(tenants: list[TenantConnection]) -> None:
    go_on, together = threading.Event(), threading.Semaphore(1)

    def work(slot: Slot) -> float:
        assert together.acquire(blocking=False)
        go_on.wait(30)
        together.release()
        return 0.0

    worker = Recorded(tenants[:1], work)
    with running(worker):
        worker.wait_listed()
        for known in ([], tenants[:1], [replace(tenants[0], influx_url="http://elsewhere")]):
            worker.known = known
            worker.wait_listed()
            assert worker.begun == ["acme"]
        go_on.set()
        for _ in range(3):
            assert worker.turns.acquire(timeout=30)
        worker.wait_listed()
        assert [slot.tenant.influx_url for slot in worker._slots.values()] == ["http://elsewhere"]
        assert not any(slot.failures for slot in worker._slots.values())


def test_known_tenants_are_served_while_the_list_cannot_be_read(tenants: list[TenantConnection]) -> None:
    class Unlisted(Recorded):
        def _listed(self) -> list[TenantConnection]:
            found = super()._listed()
            if not found:
                raise ConnectionError
            return found

    worker = Unlisted(tenants, lambda slot: 0.0)
    with running(worker):
        assert worker.turns.acquire(timeout=30)
        worker.known = []
        worker.wait_listed()
        before = len(worker.begun)
        while set(worker.begun[before:]) != {"acme", "rival"}:
            assert worker.turns.acquire(timeout=30)


def test_it_goes_on_after_an_outage(tenants: list[TenantConnection], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tenant_worker, "OUTAGE_PAUSE_S", 0.01)

    class Failing(Recorded):
        outages = 2

        def _wanted(self, ready: Mapping[str, Slot]) -> list[str]:
            if self.outages:
                self.outages -= 1
                raise Unavailable("Redis is down") if self.outages else ValueError("no number")
            return super()._wanted(ready)

    worker = Failing(tenants, lambda slot: 0.0)
    with running(worker):
        assert worker.turns.acquire(timeout=30)
        assert worker.recovered.is_set()


def test_turns_are_finished_when_it_stops(tenants: list[TenantConnection]) -> None:
    begun, ended = threading.Event(), threading.Event()

    def work(slot: Slot) -> float:
        begun.set()
        while not worker.stopping:
            worker._stopping.wait(30)
        ended.set()
        slot.wanted = True
        return 0.0

    worker = Recorded(tenants[:1], work)
    with running(worker):
        assert begun.wait(30)
    assert ended.is_set() and worker.begun == ["acme"]
