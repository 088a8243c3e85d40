"""A document server that is slow for one tenant only, and requests that ask at the same time."""

from __future__ import annotations

import queue
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import unquote

from django.conf import settings

from kernel.errors import Unavailable
from stores.request_scope import begin_request

SLOW, QUICK = "plantrace_tslowshare", "plantrace_tquickshare"


class Proxy:
    """Between pymongo and the real server; what is about the slow tenant waits in it until `released`."""

    def __init__(self, slow: str = SLOW) -> None:
        self.slow, self.released, self.waiting = slow.encode(), threading.Event(), 0
        self._lock = threading.Lock()
        self._server = socket.create_server(("127.0.0.1", 0))
        self._documents = unquote(settings.MONGODB_URI.removeprefix("mongodb://").partition("/")[0].partition("?")[0])
        self.uri = f"mongodb://127.0.0.1:{self._server.getsockname()[1]}/?directConnection=true"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self.released.set()
        self._server.shutdown(socket.SHUT_RDWR)  # wakes the thread that accepts
        self._server.close()

    def _serve(self) -> None:
        while True:
            try:
                client = self._server.accept()[0]
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            try:
                server.connect(self._documents)
            except OSError:  # the server has ended, and a client that is still open asks
                client.close()
                server.close()
                return
            threading.Thread(target=self._copy, args=(client, server, True), daemon=True).start()
            threading.Thread(target=self._copy, args=(server, client, False), daemon=True).start()

    def _copy(self, source: socket.socket, target: socket.socket, asks: bool) -> None:
        try:
            while data := source.recv(1 << 16):
                if asks and self.slow in data and not self.released.is_set():
                    with self._lock:
                        self.waiting += 1
                    self.released.wait()
                target.sendall(data)
        except OSError:
            pass
        finally:
            target.close()


@contextmanager
def requests(count: int, work: Callable[[], object]) -> Iterator[queue.Queue[object]]:
    """So many at once, each a request of its own; what becomes of each as it ends."""
    ended: queue.Queue[object] = queue.Queue()

    def run() -> None:
        scope = begin_request()
        try:
            ended.put(work())
        except Unavailable as error:
            ended.put(type(error))
        finally:
            scope.end()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    yield ended
    for thread in threads:
        thread.join()
