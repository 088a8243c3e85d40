"""The transport of influxdb-python: the part of `requests.Session` that it uses, on urllib3 alone.

A session of requests spends more CPU time on each call than InfluxDB takes to answer with a day of samples.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection

from stores.request_scope import current_request
from stores.timeseries.share import SLOW_S, Share

CONNECTIONS = 32  # kept open per server and process; further threads open their own
CONNECT_TIMEOUT_S = 2.0
OK = 200


class Response:
    """The part of `requests.Response` that influxdb-python reads; `raw` streams."""

    def __init__(self, raw: urllib3.BaseHTTPResponse) -> None:
        self.raw = raw
        self.status_code = raw.status
        self.headers = raw.headers
        if (
            raw.status == OK
        ):  # otherwise the client decodes msgpack, every row as a list (`answers` reads it as columns)
            self.headers.discard("Content-Type")

    @property
    def content(self) -> bytes:
        return self.raw.data

    def close(self) -> None:
        """Close the connection unless the answer was read to its end, which returned it to the pool."""
        self.raw.close()


class Watched:
    """A response body. Reading it for long needs a permit, as waiting for the response does."""

    def __init__(self, raw: urllib3.BaseHTTPResponse, share: Share) -> None:
        self._raw, self._share = raw, share
        self._scope = current_request()  # Arrow reads on its own threads, which belong to no request
        self._slow_at = time.monotonic() + SLOW_S

    def read(self, size: int | None = None) -> bytes:
        if time.monotonic() > self._slow_at:
            self._share.hold(self._scope)
        return self._raw.read(size)

    @property
    def closed(self) -> bool:
        return self._raw.closed


class Session:
    """Persistent connections to one server, shared by threads. Raises urllib3's errors and the share's."""

    def __init__(self, url: str, timeout_s: float, share: Share) -> None:
        self._pool = urllib3.connection_from_url(
            url,
            maxsize=CONNECTIONS,
            retries=False,
            timeout=urllib3.Timeout(connect=CONNECT_TIMEOUT_S, read=timeout_s),
        )
        self._pool.ConnectionCls = _connection(self._pool.ConnectionCls, share, timeout_s)

    def request(
        self,
        method: str,
        url: str,
        params: Mapping[str, str],
        data: bytes | None,
        headers: Mapping[str, str],
        stream: bool,
        **ignored: Any,  # authentication is in the headers; there is no proxy; the pool has the timeouts
    ) -> Response:
        path = urlsplit(url).path
        target = f"{path}?{urlencode(params)}" if params else path
        raw = self._pool.urlopen(method, target, body=data, headers=headers, preload_content=not stream, redirect=False)
        return Response(raw)

    def mount(self, prefix: str, adapter: object) -> None:
        """The client mounts an adapter of its own, which is not needed here."""

    def close(self) -> None:
        self._pool.close()


def _connection(base: Any, share: Share, timeout_s: float) -> Any:
    """A connection that waits for answers as the share permits."""

    class Connection(base):  # type: ignore[misc]
        def getresponse(self) -> urllib3.HTTPResponse:
            share.await_answer(self.sock, timeout_s)
            return cast(urllib3.HTTPResponse, super().getresponse())

    assert issubclass(Connection, (HTTPConnection, HTTPSConnection))
    return Connection
