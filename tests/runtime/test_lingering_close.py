"""The bounds of a lingering close; tests/runtime/test_web_server.py has it in a server."""

from __future__ import annotations

import io
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from runtime.lingering_close import Bounds, LingeringCloser, with_lingering_close
from tests.waiting import wait_until


@contextmanager
def connected() -> Iterator[tuple[socket.socket, socket.socket, int]]:
    """A client's end of a connection and the server's, and the server's port."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = int(server.getsockname()[1])
        with socket.create_connection(("127.0.0.1", port)) as client:
            accepted, _ = server.accept()
            with accepted:
                yield client, accepted, port


def answer_and_close(accepted: socket.socket) -> None:
    accepted.sendall(b"413")
    accepted.shutdown(socket.SHUT_WR)
    accepted.close()


def is_refused(client: socket.socket, data: bytes) -> bool:
    try:
        client.sendall(data)
    except ConnectionError:
        return True
    return False


@pytest.mark.parametrize(
    "bounds, data",
    [(Bounds(bytes=1 << 20), bytes(1 << 20)), (Bounds(total_s=0.3), b"x")],
    ids=["too many bytes", "bytes for too long"],
)
def test_a_client_that_does_not_stop_sending_loses_its_connection(bounds: Bounds, data: bytes) -> None:
    closer = LingeringCloser(bounds)
    with connected() as (client, accepted, port):
        closer.watch("127.0.0.1", port)
        answer_and_close(accepted)
        wait_until(lambda: is_refused(client, data))
    assert len(closer) == 0


def test_a_silent_client_loses_its_connection_after_it_could_read_the_answer() -> None:
    closer = LingeringCloser(Bounds(silence_s=0.2))
    with connected() as (client, accepted, port):
        client.sendall(bytes(100_000))
        closer.watch("127.0.0.1", port)
        answer_and_close(accepted)
        assert (client.recv(10), client.recv(10)) == (b"413", b"")
        wait_until(lambda: len(closer) == 0)
        wait_until(lambda: is_refused(client, b"x"))


def test_a_connection_that_the_server_keeps_is_left_alone() -> None:
    closer = LingeringCloser(Bounds(until_shutdown_s=0.1))
    with connected() as (client, accepted, port):
        client.sendall(b"sent before")
        closer.watch("127.0.0.1", port)
        wait_until(lambda: len(closer) == 0)
        client.sendall(b", and after")
        wait_until(lambda: accepted.recv(100, socket.MSG_PEEK) == b"sent before, and after")


def test_only_the_clients_connections_are_held_each_once_and_no_more_than_may_be() -> None:
    closer = LingeringCloser(Bounds(connections=2))
    with connected() as (_, _accepted, port), connected() as (_, _second, other), connected() as (_, _third, last):
        closer.watch("127.0.0.2", port)
        assert len(closer) == 0
        for _ in range(2):
            closer.watch("127.0.0.1", port)
            assert len(closer) == 1
        for each in (other, last):
            closer.watch("127.0.0.1", each)
            assert len(closer) == 2


@pytest.mark.parametrize(
    "length, read, expected",
    [
        ("70000", 0, True),
        ("70000", 70_000, False),
        ("60000", 0, False),
        ("", 0, True),
        ("", 70_001, False),
        ("0", 0, False),
    ],
)
def test_an_answer_before_the_end_of_a_long_body_closes_the_connection(length: str, read: int, expected: bool) -> None:
    headers: list[tuple[str, str]] = []

    def application(environ: dict[str, object], start_response: Callable[..., object]) -> list[bytes]:
        while read and environ["wsgi.input"].read(read):  # type: ignore[attr-defined]
            if length:
                break
        start_response("413 Content Too Large", [])
        return []

    environ = {
        "wsgi.input": io.BytesIO(bytes(70_000)),
        "CONTENT_LENGTH": length,
        "REMOTE_ADDR": "::1",
        "SERVER_PORT": "1",
    }
    if not length:
        environ["HTTP_TRANSFER_ENCODING"] = "chunked"
    with_lingering_close(application)(environ, lambda status, sent: headers.extend(sent))
    assert (("Connection", "close") in headers) == expected
