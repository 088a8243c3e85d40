"""Lingering close (RFC 9112, 9.6): after an early answer the rest of the body is read and discarded for a while.

granian closes a connection whose body was not read to its end. The kernel then resets it, and a client that was still
sending may lose the answer: 401, 413 and the like. So a duplicate of the connection's socket is kept, and emptied once
granian has shut down its side. Bytes, seconds and connections are bounded.
"""

from __future__ import annotations

import os
import select
import socket
import stat
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

WSGIApplication = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

POLL_INTERVAL_S = 0.02
# What the server still reads of a body that it leaves unread; with more, its connection is not used again.
REUSABLE_BYTES = 64 << 10
_BUFFER = 1 << 20
_OPEN = (1, 8)  # ESTABLISHED and CLOSE-WAIT, as Linux counts the states of RFC 793


@dataclass(frozen=True)
class Bounds:
    """Of a connection: until the server shuts it down, then altogether and without data; and of all connections."""

    until_shutdown_s: float = 5.0
    total_s: float = 30.0
    silence_s: float = 5.0
    bytes: int = 64 << 20
    connections: int = 64


def with_lingering_close(application: WSGIApplication, bounds: Bounds = Bounds()) -> WSGIApplication:
    if not hasattr(socket, "TCP_INFO"):  # macOS, which nobody serves from
        return application
    closer = LingeringCloser(bounds)

    def wrapped(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        declared = environ.get("CONTENT_LENGTH") or ""
        if declared == "0" or not (declared or "HTTP_TRANSFER_ENCODING" in environ):
            return application(environ, start_response)
        body = environ["wsgi.input"] = _Body(environ["wsgi.input"], int(declared) if declared.isdecimal() else None)

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            if not body.has_ended and (body.left is None or body.left > REUSABLE_BYTES):
                headers = [*headers, ("Connection", "close")]
            return start_response(status, headers, *rest)

        answer = application(environ, start)
        if not body.has_ended:
            closer.watch(environ["REMOTE_ADDR"], int(environ["SERVER_PORT"]))
        return answer

    return wrapped


class _Body:
    """A request's body that knows whether it was read to its end. `left`: bytes, None if their number is unknown."""

    def __init__(self, source: Any, declared: int | None) -> None:
        self._source, self.left, self.has_ended = source, declared, False

    def read(self, size: int | None = None) -> bytes:
        return self._count(self._source.read(size), size)

    def readline(self, size: int | None = None) -> bytes:
        return self._count(self._source.readline(size), size)

    def _count(self, data: bytes, size: int | None) -> bytes:
        if self.left is not None:
            self.left -= len(data)
        self.has_ended = self.has_ended or self.left == 0 or (not data and size != 0)
        return data


class LingeringCloser:
    """Its thread starts with the first connection, so that a worker may be forked before."""

    def __init__(self, bounds: Bounds = Bounds()) -> None:
        self._bounds = bounds
        self._lock = threading.Lock()
        self._connections: dict[int, _Connection] = {}  # by inode
        self._thread: threading.Thread | None = None
        self._wanted = threading.Event()

    def __len__(self) -> int:
        """Connections that are held."""
        return len(self._connections)

    def watch(self, client: str, port: int) -> None:
        """Called before the answer is sent. The server does not say which connection of the client's it is: those that
        are not shut down within the bound are left alone.
        """
        now = time.monotonic()
        with self._lock:
            for inode, duplicate in _duplicates(client, port):
                if inode in self._connections:
                    duplicate.close()
                    self._connections[inode].watched = now
                elif len(self._connections) < self._bounds.connections:
                    self._connections[inode] = _Connection(duplicate, now)
                else:
                    duplicate.close()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="lingering-close", daemon=True)
                self._thread.start()
        self._wanted.set()

    def _run(self) -> None:
        buffer, arrivals = bytearray(_BUFFER), select.poll()
        while True:
            self._wanted.wait()
            with self._lock:
                for inode, connection in list(self._connections.items()):
                    if connection.shut_down is None and connection.has_shut_down():
                        connection.shut_down = connection.last_data = time.monotonic()
                        arrivals.register(connection.socket, select.POLLIN)
                    if connection.discard(buffer, self._bounds):
                        continue
                    if connection.shut_down is not None:
                        arrivals.unregister(connection.socket)
                    connection.socket.close()
                    del self._connections[inode]
                if not self._connections:
                    self._wanted.clear()
                    continue
            arrivals.poll(POLL_INTERVAL_S * 1000)


@dataclass
class _Connection:
    socket: socket.socket
    watched: float
    shut_down: float | None = None
    last_data: float = 0.0
    received: int = 0

    def has_shut_down(self) -> bool:
        """Whether the server has sent its end of the connection."""
        return self.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] not in _OPEN

    def discard(self, buffer: bytearray, bounds: Bounds) -> bool:
        """What has arrived, once the server has shut down its side. False: the connection is to be closed."""
        now = time.monotonic()
        if self.shut_down is None:
            return now - self.watched < bounds.until_shutdown_s
        try:  # MSG_TRUNC: the kernel discards the bytes instead of copying them
            received = self.socket.recv_into(buffer, 0, socket.MSG_DONTWAIT | socket.MSG_TRUNC)
        except BlockingIOError:
            return now - self.last_data < bounds.silence_s and now - self.shut_down < bounds.total_s
        except OSError:
            return False
        self.received, self.last_data = self.received + received, now
        return received > 0 and self.received < bounds.bytes and now - self.shut_down < bounds.total_s


def _duplicates(client: str, port: int) -> Iterator[tuple[int, socket.socket]]:
    """Of this process's sockets that are connected from `client` to `port`, with their inodes."""
    for name in os.listdir("/proc/self/fd"):
        try:
            file = os.fstat(int(name))
            if not stat.S_ISSOCK(file.st_mode):
                continue
            duplicate = socket.socket(fileno=os.dup(int(name)))
        except OSError:  # closed meanwhile
            continue
        if _is_between(duplicate, client, port):
            yield os.fstat(duplicate.fileno()).st_ino, duplicate
        else:
            duplicate.close()


def _is_between(connected: socket.socket, client: str, port: int) -> bool:
    try:
        return bool(connected.getsockname()[1] == port and connected.getpeername()[0] == client)
    except (OSError, IndexError):  # it listens, or is not of IP
        return False
