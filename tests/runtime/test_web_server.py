"""The web server: its limit for clients that stop reading, early answers, workers. Its application has one thread."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import requests

from runtime.processes import is_alive
from runtime.sockets import bound_socket
from tests.isolation import ROOT
from tests.processes import children_of
from tests.runtime.stalling import CHUNK, LONG
from tests.waiting import wait_until

SEND_TIMEOUT_S = 2.0


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def answers(url: str, timeout_s: float) -> bool:
    try:
        return requests.get(url, timeout=timeout_s).text == "here"
    except requests.RequestException:
        return False


@contextmanager
def running_server(port: int, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    command = (sys.executable, "-m", "runtime.web_server", "tests.runtime.stalling:application", "--port", str(port))
    process = subprocess.Popen(
        [*command, "--workers", "1", "--threads", "1", "--send-timeout", str(SEND_TIMEOUT_S), *options],
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'platform'}:{ROOT}"}, cwd=ROOT,
    )  # fmt: skip
    try:
        deadline = time.monotonic() + 90
        while not answers(f"http://127.0.0.1:{port}/", 2):
            assert process.poll() is None and time.monotonic() < deadline, "it does not start"
            time.sleep(0.1)
        yield process
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    port = free_port()
    with running_server(port):
        yield port


def test_workers_end_with_a_server_that_is_killed() -> None:
    port = free_port()
    with running_server(port) as server:
        workers = [*children_of(server.pid)]
        server.kill()
        server.wait(30)
        deadline = time.monotonic() + 90
        try:
            while any(map(is_alive, workers)):
                assert time.monotonic() < deadline, "they serve on, beside those of the next server"
                time.sleep(0.05)
        finally:
            for pid in filter(is_alive, workers):
                os.kill(pid, signal.SIGKILL)
    assert workers


def processes(port: int) -> dict[str, int]:
    """Of the worker that answers: its own process, and the one that loaded the application."""
    return dict(requests.get(f"http://127.0.0.1:{port}/processes", timeout=60).json())


def test_a_worker_is_forked_from_the_server_which_has_loaded_the_application() -> None:
    port = free_port()
    with running_server(port) as server:
        found = processes(port)
        assert found == {"loaded_in": server.pid, "worker": found["worker"]}
        assert found["worker"] in children_of(server.pid)


def test_a_killed_worker_is_replaced() -> None:
    port = free_port()
    with running_server(port, "--respawn") as server:
        killed = processes(port)["worker"]
        os.kill(killed, signal.SIGKILL)
        wait_until(lambda: answers(f"http://127.0.0.1:{port}/", 2))
        found = processes(port)
        assert found["worker"] != killed and found["loaded_in"] == server.pid


def test_a_reload_replaces_the_worker() -> None:
    port = free_port()
    with running_server(port) as server:
        old = processes(port)["worker"]
        server.send_signal(signal.SIGHUP)
        wait_until(lambda: not is_alive(old))
        assert processes(port)["worker"] in children_of(server.pid)


def ask(port: int, path: str) -> socket.socket:
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.connect(("127.0.0.1", port))
    client.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    return client


def test_a_client_that_stops_reading_loses_its_connection_and_the_thread_is_free(port: int) -> None:
    with ask(port, "/endless") as client:
        client.recv(1000)
        assert answers(f"http://127.0.0.1:{port}/", 60)
        with pytest.raises(ConnectionError):
            while client.recv(1 << 20):  # what was on its way, and then the end
                pass
            raise ConnectionResetError


def test_one_that_reads_slowly_gets_all_of_it(port: int) -> None:
    got, length = 0, LONG * len(CHUNK)
    with ask(port, "/long") as client:
        while some := client.recv(len(CHUNK) // 2):
            got += some.count(b"#")
            time.sleep(2 * SEND_TIMEOUT_S * len(some) / length)  # twice the bound for all of it
    assert got == length


def test_one_that_is_quiet_between_requests_is_left_alone(port: int) -> None:
    with ask(port, "/") as client, socket.create_connection(("127.0.0.1", port)) as silent:
        assert client.recv(1000)
        time.sleep(SEND_TIMEOUT_S * 1.5)
        silent.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert silent.recv(1000).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("declared", [True, False], ids=["of known length", "in chunks"])
def test_a_client_that_still_sends_reads_an_early_answer(port: int, declared: bool) -> None:
    body = bytes(8 << 20)  # more than the buffers of both sockets
    for _ in range(5):
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        sent = body if declared else (body[start : start + 100_000] for start in range(0, len(body), 100_000))
        client.request("POST", "/refused", sent, encode_chunked=not declared)
        answer = client.getresponse()
        assert (answer.status, answer.read()) == (413, b"here")
        client.close()


def test_the_end_of_an_answer_does_not_wait_for_an_acknowledgement_of_its_beginning() -> None:
    with bound_socket("127.0.0.1", 0, SEND_TIMEOUT_S) as bound:
        bound.listen()
        with socket.create_connection(bound.getsockname()):
            bound.setblocking(True)
            accepted, _ = bound.accept()
            with accepted:
                assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
