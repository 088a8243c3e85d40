"""A tenant with slow documents blocks some of a web process's threads, but not all."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from django.conf import settings

from runtime.supervisor import Supervisor
from stores.documents import Database
from stores.documents import database as module
from stores.documents.errors import DocumentsUnavailable
from stores.documents.share import MAX_CALLS_OF_TENANT, DocumentsBusy, DocumentsNotAnswering
from stores.redis.client import redis_client
from stores.redis.locks import ReentrantLock
from tests.neighbours.slow_documents import QUICK, SLOW, Proxy, requests


@pytest.fixture
def proxy(servers: Supervisor) -> Iterator[Proxy]:
    proxy = Proxy()
    yield proxy
    proxy.close()


def asked(database: Database) -> object:
    return database.get("things", "t1")


def test_a_slow_tenant_blocks_two_threads_and_no_other_tenant(proxy: Proxy) -> None:
    slow, quick = (Database(proxy.uri, name, settings.REDIS_URL) for name in (SLOW, QUICK))
    asked(quick)  # connected
    with requests(6, lambda: asked(slow)) as ended:
        assert [ended.get(timeout=60) for _ in range(6 - MAX_CALLS_OF_TENANT)] == [DocumentsBusy] * 4
        assert proxy.waiting == MAX_CALLS_OF_TENANT
        with requests(3, lambda: asked(quick)) as others:
            assert [others.get(timeout=60) for _ in range(3)] == [None] * 3
        proxy.released.set()
        assert [ended.get(timeout=60) for _ in range(MAX_CALLS_OF_TENANT)] == [None] * 2
    with requests(6, lambda: asked(slow)) as ended:
        assert [ended.get(timeout=60) for _ in range(6)] == [None] * 6, "quick calls wait for their place"


def test_after_a_timeout_every_process_answers_at_once(proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TIMEOUT_MS", 700)
    module._client.cache_clear()
    here, elsewhere = (Database(proxy.uri, SLOW, settings.REDIS_URL) for _ in range(2))
    with requests(1, lambda: asked(here)) as ended:
        assert ended.get(timeout=60) is DocumentsUnavailable
    for database in (here, elsewhere):
        with requests(1, lambda database=database: asked(database)) as ended:  # type: ignore[misc]
            assert ended.get(timeout=60) is DocumentsNotAnswering
    asked_by_a_worker = threading.Thread(target=proxy.released.set)
    asked_by_a_worker.start()
    assert asked(here) is None, "workers try"
    module._client.cache_clear()


def test_requests_that_wait_for_a_lock_leave_threads_too(servers: Supervisor) -> None:
    database = Database(settings.MONGODB_URI, SLOW, settings.REDIS_URL)

    def change() -> bool:
        with database.exclusive("things"):
            return True

    holder = ReentrantLock(settings.REDIS_URL, f"pt:{SLOW.removeprefix('plantrace_')}:lock:things")
    with holder.held(), requests(6, change) as ended:
        assert [ended.get(timeout=60) for _ in range(4)] == [DocumentsBusy] * 4
        redis_client(settings.REDIS_URL).delete(holder.key)
        assert [ended.get(timeout=60) for _ in range(2)] == [True] * 2
