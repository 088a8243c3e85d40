"""The ASGI application: `GET /api/v1/stream`, and a probe."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import msgspec

from kernel.errors import NotFound, PlantraceError, Unavailable
from stores.redis.epochs import Epochs
from stores.redis.live import PLATFORM, parse_id
from stream.process.asking import FORWARDED, Question, Refusal, WebProcess
from stream.process.connections import Bounds, Connection, Connections
from stream.process.hub import Hub, Viewer, tupled
from stream.process.pump import Pump, now_ms
from stream.subscription import PATH, Subscription

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Headers = Mapping[str, str]

STREAM_HEADERS = {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store, no-transform",
    "x-accel-buffering": "no",  # for nginx, which would hold events back
}
ALLOWED_HEADERS = "authorization, last-event-id, x-plantrace-tenant"


@dataclass(frozen=True, slots=True)
class Settings:
    """`web_port`: of an installation without an ingress, whose pages ask from another port of the same host."""

    redis_url: str
    web_url: str
    web_port: int = 0
    bounds: Bounds = field(default_factory=Bounds)


class Application:
    def __init__(self, settings: Settings) -> None:
        self._web_port = settings.web_port
        self._pump = Pump(settings.redis_url)
        self._connections = Connections(WebProcess(settings.web_url), Epochs(settings.redis_url), settings.bounds)
        self._tasks: list[asyncio.Task[None]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._respond(scope, receive, send)

    def end_streams(self) -> None:
        """The process is to stop: viewers come back to the next one."""
        for hub in self._pump.hubs:
            for viewer in hub.viewers:
                viewer.ended = "the process stops"
                viewer.wake.set()

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._tasks = [asyncio.create_task(each.run()) for each in (self._pump, self._connections)]
                await send({"type": "lifespan.startup.complete"})
            else:
                for task in self._tasks:
                    task.cancel()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _respond(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        extra = self._cors(headers)
        match scope["method"], scope["path"]:
            case "GET" | "HEAD", "/healthz":
                alive = self._pump.is_current and not any(task.done() for task in self._tasks)
                await _send_whole(send, 200 if alive else 503, {}, b'{"alive":%s}' % (b"true" if alive else b"false"))
            case "OPTIONS", path if path == PATH and extra:
                await _send_whole(send, 204, extra, b"")
            case "GET", path if path == PATH:
                await self._stream(scope, headers, extra, receive, send)
            case _, path if path == PATH:
                await _send_whole(send, 405, {"allow": "GET"}, b"")
            case _:
                await _send_error(send, NotFound(f"This process serves {PATH} only."), extra)

    async def _stream(self, scope: Scope, headers: Headers, extra: Headers, receive: Receive, send: Send) -> None:
        forwarded = {name: headers[name] for name in FORWARDED if name in headers}
        question = Question(scope["query_string"].decode("latin-1"), forwarded)
        answer = await self._connections.ask(question)
        if isinstance(answer, Refusal):
            await _send_whole(send, answer.status, {**extra, **answer.headers}, answer.body)
            return
        viewer = Viewer(
            tupled(answer.sensors), frozenset(answer.topics), after=parse_id(headers.get("last-event-id", ""))
        )
        try:
            connection = self._connections.open(question, viewer, answer)
        except PlantraceError as error:
            await _send_error(send, error, extra)
            return
        try:
            await self._serve(connection, extra, receive, send)
        finally:
            self._connections.close(connection)

    async def _serve(self, connection: Connection, extra: Headers, receive: Receive, send: Send) -> None:
        viewer, hub = connection.viewer, None
        watching = asyncio.create_task(_watch(receive, viewer))
        try:
            hub = await self._join(connection.subscription, viewer)
            await send(_start(200, {**STREAM_HEADERS, **extra}))
            while not viewer.ended:
                viewer.wake.clear()
                if events := hub.events_for(viewer, now_ms()):
                    await send({"type": "http.response.body", "body": events, "more_body": True})
                if not viewer.wake.is_set():
                    await viewer.wake.wait()
            with suppress(OSError):
                await send({"type": "http.response.body", "body": _last(viewer.ended)})
        except Unavailable as error:
            await _send_error(send, error, extra)
        finally:
            watching.cancel()
            if hub is not None:
                hub.viewers.discard(viewer)

    async def _join(self, subscription: Subscription, viewer: Viewer) -> Hub:
        if not self._pump.is_current:
            raise Unavailable("Redis does not answer. Try again in a moment.", retry_after=2)
        prefix = PLATFORM if subscription.tenant is None else f"pt:{subscription.tenant}:"
        hub = await self._pump.hub(prefix, subscription.catalog, subscription.catalog_log)
        unknown = hub.watch(subscription.sensors)
        hub.join(viewer, now_ms())
        try:
            await self._pump.read_values(hub, unknown)
            await self._pump.watch(hub)
        except Unavailable:
            hub.viewers.discard(viewer)
            hub.forget_unwatched()
            hub.reset()
            raise
        return hub

    def _cors(self, headers: Headers) -> dict[str, str]:
        """A page of the same host, served by the web process's port, may read the stream with its cookies."""
        origin = headers.get("origin", "")
        if not self._web_port or not origin:
            return {}
        page, here = urlsplit(origin), urlsplit(f"//{headers.get('host', '')}")
        with suppress(ValueError):
            if page.scheme == "http" and page.hostname == here.hostname and page.port == self._web_port:
                return {
                    "access-control-allow-origin": origin,
                    "access-control-allow-credentials": "true",
                    "access-control-allow-headers": ALLOWED_HEADERS,
                    "access-control-expose-headers": "retry-after",
                    "access-control-max-age": "600",
                    "vary": "origin",
                }
        return {}


async def _watch(receive: Receive, viewer: Viewer) -> None:
    """Until the client is gone."""
    while (await receive())["type"] != "http.disconnect":
        pass
    viewer.ended = "the client is gone"
    viewer.wake.set()


def _last(why: str) -> bytes:
    return b"event: end\ndata: %s\n\n" % msgspec.json.encode({"reason": why})


def _start(status: int, headers: Headers) -> dict[str, Any]:
    return {"type": "http.response.start", "status": status, "headers": _encoded(headers.items())}


def _encoded(headers: Iterable[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]


async def _send_error(send: Send, error: PlantraceError, headers: Headers) -> None:
    body = {
        "type": f"/problems/{error.problem}",
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        **error.extra,
    }
    extra = {**headers, "content-type": "application/problem+json"}
    if retry_after := error.extra.get("retry_after"):
        extra["retry-after"] = str(retry_after)
    await _send_whole(send, error.status, extra, msgspec.json.encode(body))


async def _send_whole(send: Send, status: int, headers: Headers, body: bytes) -> None:
    usual = {} if status == 204 else {"content-type": "application/json", "content-length": str(len(body))}
    await send(_start(status, {**usual, "cache-control": "no-store", **headers}))
    await send({"type": "http.response.body", "body": body})
