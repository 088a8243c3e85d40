"""A tenant's share of a process, and how processes share that a server is silent."""

from __future__ import annotations

import io
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import copy_context

import pytest
import urllib3
from django.conf import settings

from runtime.supervisor import Supervisor
from stores.redis.breakers import Breakers
from stores.request_scope import Permits, RequestScope, begin_request
from stores.timeseries import DatabaseBusy, NotAnswering, Share, Timeseries
from stores.timeseries.share import PING_TIMEOUT_S, SLOW_S
from stores.timeseries.transport import Watched
from tests.historian.influx_server import READER, running_influxd
from tests.stopping import stopped

QUESTION = ["SELECT * FROM nothing"]


@pytest.fixture
def breakers(servers: Supervisor) -> Breakers:
    return Breakers(settings.REDIS_URL)


@contextmanager
def slow_server() -> Iterator[str]:
    """Answers pings, and nothing else."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer(connection: socket.socket) -> None:
            with connection:
                if connection.recv(65536).startswith(b"GET /ping"):
                    connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
                else:
                    while connection.recv(65536):  # the body may come by itself
                        pass  # until it is given up

        def serve() -> None:
            while True:
                try:
                    connection = server.accept()[0]
                except OSError:
                    return
                threading.Thread(target=answer, args=(connection,), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)


def test_a_silent_server_is_pinged_once_and_every_process_knows(breakers: Breakers) -> None:
    with running_influxd() as server:
        key = f"pt:test:{server.url}"
        here, elsewhere = (Timeseries(server.url, READER, share=Share(server.url, key, breakers)) for _ in range(2))
        assert server.process is not None
        with stopped(server.process.pid):
            with pytest.raises(NotAnswering) as error:
                here.read(QUESTION)
            assert error.value.extra["retry_after"] >= 1
            began = time.monotonic()
            with pytest.raises(NotAnswering):
                elsewhere.read(QUESTION)
            assert time.monotonic() - began < SLOW_S + PING_TIMEOUT_S, "it was told, and did not try"
        deadline = time.monotonic() + 90
        while breakers.is_open(key):
            assert time.monotonic() < deadline
            with suppress(NotAnswering):  # until it finds out, perhaps now
                here.read(QUESTION)
            time.sleep(0.1)
        assert here.read(QUESTION) == [[]]


def test_only_requests_with_a_permit_wait_for_a_slow_server() -> None:
    permits = Permits(2, 3)
    with slow_server() as url:
        store = Timeseries(url, READER, timeout_s=5.0, share=Share(url))
        outcomes: list[str] = []
        gate = threading.Barrier(5)

        def ask() -> None:
            scope = begin_request(permits)
            gate.wait()
            try:
                store.read(QUESTION)
            except Exception as error:
                outcomes.append(type(error).__name__)
            finally:
                scope.end()

        threads = [threading.Thread(target=copy_context().run, args=(ask,)) for _ in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(outcomes) == ["DatabaseBusy"] * 3 + ["TimeseriesUnavailable"] * 2  # those that waited: not within 5 s
    assert permits.take(url) and permits.take(url), "they are released"


def test_a_request_needs_one_permit_however_often_it_waits() -> None:
    permits = Permits(per_key=1, total=2)
    first, second, third, fourth = (RequestScope(permits) for _ in range(4))
    assert first.hold("a") and first.hold("a")
    assert not second.hold("a")
    assert third.hold("b")
    assert not fourth.hold("c"), "all tenants together"
    first.end()
    assert not first.hold("a"), "it is over"
    assert second.hold("a")


def test_workers_and_code_after_a_request_need_no_permit() -> None:
    share = Share("http://127.0.0.1:1")
    none = Permits(0, 0)

    def work() -> None:
        share.hold()
        scope = begin_request(none)
        with pytest.raises(DatabaseBusy):
            share.hold()
        scope.end()
        share.hold()

    copy_context().run(work)


def test_a_long_body_read_on_another_thread_needs_the_permit_of_its_request(monkeypatch: pytest.MonkeyPatch) -> None:
    """As Arrow does: it reads ahead on threads that know of no request."""
    monkeypatch.setattr("stores.timeseries.transport.SLOW_S", -1.0)
    raw = urllib3.HTTPResponse(body=io.BytesIO(b"1,2\n"), preload_content=False)
    outcomes: list[object] = []

    def read(body: Watched) -> None:
        try:
            outcomes.append(body.read(4))
        except DatabaseBusy as error:
            outcomes.append(error.problem)

    def scope(permits: Permits) -> None:
        begin_request(permits)
        thread = threading.Thread(target=read, args=(Watched(raw, Share("http://127.0.0.1:1")),))
        thread.start()
        thread.join()

    copy_context().run(scope, Permits(0, 0))
    copy_context().run(scope, Permits(1, 1))
    assert outcomes == ["database-busy", b"1,2\n"]
