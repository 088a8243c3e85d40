"""Rights are asked for again, and streams end in time, however slowly the web process answers."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import msgspec
import pytest

from runtime.home import Home
from runtime.supervisor import Supervisor
from stores.redis.epochs import Epochs
from stream.process.asking import Question, WebProcess
from stream.process.connections import MAX_UNSURE_S, Bounds, Connection, Connections
from stream.process.hub import Viewer
from stream.subscription import Subscription

QUESTION = Question("topics=jobs", {})
WITHIN_S = 30.0


@pytest.fixture
def connections(servers: Supervisor, home: Home) -> Callable[[str], Connections]:
    return lambda address: Connections(WebProcess(f"http://{address}"), Epochs(home.redis_url), Bounds())


def test_streams_end_in_time_while_the_web_process_hangs(connections: Callable[[str], Connections]) -> None:
    async def follow(address: str) -> None:
        ours = connections(address)
        asked = [_open(ours) for _ in range(20)]
        for each in asked:
            each.again_at = 0.0
        unsure, expiring = _open(ours), _open(ours, ends_in_s=2.0)
        unsure.asked_at -= MAX_UNSURE_S
        await _run_until_ended(ours, unsure, expiring)
        assert unsure.viewer.ended == "the web process does not answer"
        assert expiring.viewer.ended == "the credentials have expired"
        assert not any(each.viewer.ended for each in asked)

    with socket.create_server(("127.0.0.1", 0), backlog=100) as hung:
        asyncio.run(follow(f"127.0.0.1:{hung.getsockname()[1]}"))


def test_a_right_withdrawn_just_before_a_stream_was_opened_is_noticed(
    connections: Callable[[str], Connections],
) -> None:
    """A web process may answer from its cache for a moment, and the change is announced before the stream is open."""

    async def follow(address: str) -> None:
        ours = connections(address)
        assert isinstance(await ours.ask(QUESTION), Subscription)
        opened = _open(ours)
        await _run_until_ended(ours, opened)
        assert opened.viewer.ended == "access has ended"

    with _web([200, 403]) as address:
        asyncio.run(follow(address))


def _open(ours: Connections, ends_in_s: float | None = None) -> Connection:
    return ours.open(QUESTION, Viewer((), frozenset()), _subscription(ends_in_s))


def _subscription(ends_in_s: float | None = None) -> Subscription:
    return Subscription("t1", 1, ["user:1"], ends_in_s, "", "", [], ["jobs"])


async def _run_until_ended(ours: Connections, *these: Connection) -> None:
    running = asyncio.create_task(ours.run())
    deadline = time.monotonic() + WITHIN_S
    while not all(each.viewer.ended for each in these):
        assert time.monotonic() < deadline, "they go on"
        await asyncio.sleep(0.05)
    running.cancel()


@contextmanager
def _web(statuses: list[int]) -> Iterator[str]:
    """Answers with one status after the other."""
    left = list(statuses)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(left.pop(0) if len(left) > 1 else left[0])
            self.end_headers()
            self.wfile.write(msgspec.json.encode(_subscription()))

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
