"""A tenant whose catalog cannot be read quickly holds some of a web process's threads, and leaves the others."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from catalog import snapshot
from catalog.snapshot import Snapshot, log_of, snapshot_of
from kernel.tenancy import Credentials, TenantConnection
from runtime.supervisor import Supervisor
from stores.documents.share import DocumentsBusy
from stores.request_scope import MAX_WAITING_OF_TENANT
from tests.neighbours.slow_documents import QUICK, Proxy, requests
from web import stores
from web.stores import documents

SLOW = "plantrace_tslowcatalog"  # another one than other files': its breaker would be open still
THREADS = 6  # of a web process


def tenant(documents: str) -> TenantConnection:
    no_credentials = Credentials("", "")
    id = documents.removeprefix("plantrace_")
    return TenantConnection(id, id, id, "", no_credentials, no_credentials)


@pytest.fixture
def proxy(servers: Supervisor, settings: Any) -> Iterator[Proxy]:
    proxy = Proxy(SLOW)
    settings.MONGODB_URI = proxy.uri
    stores.database.cache_clear()
    yield proxy
    proxy.close()
    stores.database.cache_clear()
    for name in (SLOW, QUICK):
        snapshot._snapshots.pop(name, None)


def test_a_cold_catalog_that_is_slow_leaves_threads_to_others(proxy: Proxy) -> None:
    slow, quick = tenant(SLOW), tenant(QUICK)
    with requests(THREADS, lambda: type(snapshot_of(slow))) as ended:
        refused = THREADS - 1 - MAX_WAITING_OF_TENANT
        assert [ended.get(timeout=60) for _ in range(refused)] == [DocumentsBusy] * refused
        assert proxy.waiting == 1, "one reads"
        with requests(refused, lambda: type(snapshot_of(quick))) as others:
            assert [others.get(timeout=60) for _ in range(refused)] == [Snapshot] * refused
        proxy.released.set()
        rest = THREADS - refused
        assert [ended.get(timeout=60) for _ in range(rest)] == [Snapshot] * rest, "who waited has what the one read"


def test_threads_that_ask_for_a_cold_catalog_at_once_all_get_it_if_it_is_quick(proxy: Proxy) -> None:
    with requests(THREADS, lambda: type(snapshot_of(tenant(QUICK)))) as ended:
        assert [ended.get(timeout=60) for _ in range(THREADS)] == [Snapshot] * THREADS


def test_a_catalog_that_another_process_changed_is_waited_for_with_a_permit_too(proxy: Proxy) -> None:
    slow = tenant(SLOW)
    proxy.released.set()
    known = snapshot_of(slow)
    proxy.released.clear()
    with log_of(documents(slow)).changing([("sensors", "s1")]):
        pass
    with requests(THREADS, lambda: snapshot_of(slow).position.number) as ended:
        refused = THREADS - 1 - MAX_WAITING_OF_TENANT
        assert [ended.get(timeout=60) for _ in range(refused)] == [DocumentsBusy] * refused
        proxy.released.set()
        now = {ended.get(timeout=60) for _ in range(THREADS - refused)}
    assert now == {known.position.number + 2}, "nobody got the catalog as it was before"


def test_workers_wait(proxy: Proxy) -> None:
    slow = tenant(SLOW)
    found: list[Snapshot] = []
    threads = [threading.Thread(target=lambda: found.append(snapshot_of(slow))) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    time.sleep(1)  # longer than a request may wait without a permit
    proxy.released.set()
    for thread in threads:
        thread.join()
    assert len(found) == THREADS
