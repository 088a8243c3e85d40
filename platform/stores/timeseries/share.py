"""Limits who waits for a tenant's InfluxDB: nobody while it is silent, few while it is slow."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from http.client import HTTPException
from typing import Any

import urllib3
from urllib3.exceptions import HTTPError
from urllib3.util import wait_for_read

from kernel.errors import Unavailable
from stores.redis.breakers import Breakers
from stores.request_scope import RequestScope, current_request
from stores.timeseries.errors import DatabaseBusy, NotAnswering

SLOW_S = 0.3  # an answer that takes longer is slow
CHECK_INTERVAL_S = 0.25  # how often one that waits checks whether others gave up
PING_TIMEOUT_S = 2.0
PING_INTERVAL_S = 3.0  # while an answer is awaited
PROBE_INTERVAL_S = 1.0  # while the server is silent
OPEN_S = 5.0
POLL_INTERVAL_S = 0.5  # of what other processes found out


class Share:
    """For one server. What takes longer than `SLOW_S` makes it ping: a silent server gets no more requests, in any
    process, until it answers a ping; for one that is merely slow a request needs a permit to go on waiting.

    Safe to share between threads. `breakers`: None where no other process needs to know.
    """

    def __init__(self, url: str, key: str = "", breakers: Breakers | None = None) -> None:
        self.key = key or url
        self._url, self._breakers = url, breakers
        self._pinging = threading.Lock()
        self._ping_began: float | None = None
        self._open_until = self._polled = self._probed = float("-inf")

    def enter(self) -> None:
        """Before a request is sent. Raises NotAnswering, or DatabaseBusy while a ping is under way."""
        if self._is_open():
            self._probe()
            raise NotAnswering()
        began = self._ping_began
        if began is not None and current_request() and time.monotonic() - began > CHECK_INTERVAL_S:
            raise DatabaseBusy()

    def hold(self, scope: RequestScope | None = None) -> None:
        """Before a request waits for long, or sends for long. Raises DatabaseBusy; a worker needs no permit."""
        scope = scope or current_request()
        if scope is not None and not scope.hold(self.key):
            raise DatabaseBusy()

    def await_answer(self, sock: Any, timeout_s: float) -> None:
        """Returns once there is something to read. Raises TimeoutError, NotAnswering or DatabaseBusy."""
        began = time.monotonic()
        if wait_for_read(sock, min(SLOW_S, timeout_s)):
            return
        if timeout_s > SLOW_S:
            self.hold()
        pinged = float("-inf")
        while time.monotonic() - began < timeout_s:
            if time.monotonic() - pinged > PING_INTERVAL_S and self._pinging.acquire(blocking=False):
                self._ensure_alive(sock)
                pinged = time.monotonic()
            if wait_for_read(sock, CHECK_INTERVAL_S):
                return
            if self._is_open():
                raise NotAnswering()
        raise TimeoutError

    def answers(self) -> bool:
        """What is known, without waiting; refreshed on another thread if it is old."""
        is_open = self._is_open()
        self._probe(PROBE_INTERVAL_S if is_open else PING_INTERVAL_S)
        return not is_open

    def refused(self) -> None:
        """The connection was not accepted in time."""
        self._open()

    def _ensure_alive(self, sock: Any) -> None:
        """`_pinging` is held."""
        self._ping_began = time.monotonic()
        try:
            if not self._ping() and not wait_for_read(sock, 0):
                self._open()
                raise NotAnswering()
        finally:
            self._ping_began = None
            self._pinging.release()

    def _probe(self, interval_s: float = PROBE_INTERVAL_S) -> None:
        """Check, on a thread that nobody waits for, whether the server answers."""
        if time.monotonic() - self._probed > interval_s and self._pinging.acquire(blocking=False):
            self._probed = time.monotonic()
            threading.Thread(target=self._probe_once, name="probe", daemon=True).start()

    def _probe_once(self) -> None:
        try:
            if self._ping():
                self._close()
            else:
                self._open()
        finally:
            self._pinging.release()

    def _ping(self) -> bool:
        """Whether it answers at all, whatever it says."""
        timeout = urllib3.Timeout(connect=PING_TIMEOUT_S / 2, read=PING_TIMEOUT_S)
        try:
            urllib3.request("GET", f"{self._url.rstrip('/')}/ping", timeout=timeout, retries=False)
        except (HTTPError, HTTPException, OSError):
            return False
        return True

    def _is_open(self) -> bool:
        now = time.monotonic()
        if now < self._open_until:
            return True
        if self._breakers is not None and now - self._polled > POLL_INTERVAL_S:
            self._polled = now
            with suppress(Unavailable):  # without Redis each process finds out by itself
                if self._breakers.is_open(self.key):
                    self._open_until = now + POLL_INTERVAL_S
                    return True
        return False

    def _open(self) -> None:
        self._open_until = time.monotonic() + OPEN_S
        if self._breakers is not None:
            with suppress(Unavailable):
                self._breakers.open(self.key, OPEN_S)

    def _close(self) -> None:
        self._open_until = float("-inf")
        if self._breakers is not None:
            with suppress(Unavailable):
                self._breakers.close(self.key)


class PatientShare(Share):
    """For deletes and what is written after them: an answer is awaited while the server is silent, too, as it may
    still do what it was sent. One that is known to be silent is sent nothing.
    """

    def await_answer(self, sock: Any, timeout_s: float) -> None:
        if not wait_for_read(sock, timeout_s):
            raise TimeoutError
