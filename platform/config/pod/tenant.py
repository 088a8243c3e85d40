"""The pod's tenant, as last reported by the control plane."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from kernel.errors import NotFound, PlantraceError, Unavailable
from kernel.tenancy import TenantConnection
from web.pods.client import Revoked, own_connection
from web.pods.messages import TenantResponse
from web.pods.reach import NoAnswer

log = logging.getLogger(__name__)
FRESH_S = 5.0


class Source(Protocol):
    def tenant(self) -> TenantResponse: ...


class PodTenant:
    """Refreshes its answer after some seconds, on one thread; meanwhile, and while the control plane is unreachable,
    the last answer is used. Before the first answer, other threads get Unavailable at once.

    Once the service token is revoked, nothing is kept.
    """

    def __init__(self, source: Source, clock: Callable[[], float]) -> None:
        self._source, self._clock = source, clock
        self._lock = threading.Lock()
        self._refreshing = False
        self._answered = False  # at least once, if only by rejecting the service token
        self._known: TenantResponse | None = None
        self._refreshed_at = float("-inf")
        self._control_plane_up = False

    def storing(self) -> TenantConnection | None:
        """The tenant, if accepted samples are to be written. Raises Unavailable before the first response."""
        response = self._current()
        return own_connection(response) if response is not None and response.stores else None

    def open(self) -> TenantConnection | PlantraceError:
        """The tenant, or why its data is unavailable."""
        try:
            response = self._current()
        except PlantraceError as error:
            return error
        if response is None:
            return NotFound("This tenant no longer exists.", slug="no-such-tenant")
        if response.unavailable is not None:
            return response.unavailable.error()
        return own_connection(response)

    def prefix(self) -> str:
        """The prefix of its Redis keys. Raises Unavailable before the first response."""
        response = self._current()
        if response is None:
            raise Unavailable("The control plane no longer knows this process.")
        return own_connection(response).prefix

    def is_control_plane_up(self) -> bool:
        """Whether the control plane answered the last request."""
        with suppress(PlantraceError):
            self._current()
        return self._control_plane_up

    def _current(self) -> TenantResponse | None:
        with self._lock:
            due = self._clock() - self._refreshed_at >= FRESH_S
            mine = due and not self._refreshing
            if mine:
                self._refreshing = True
            elif not self._answered:
                raise NoAnswer()
        if mine:
            self._refresh()
        return self._known

    def _refresh(self) -> None:
        up = False
        try:
            self._known = self._source.tenant()
            up = self._answered = True
        except Revoked as error:
            log.error("the control plane no longer knows this process: %s", error.detail)
            self._known, self._answered = None, True
        except (NotFound, Unavailable) as error:  # NotFound: something in between answered instead of the control plane
            if not self._answered:
                raise
            log.warning("using the last known state of the tenant: %s", error.detail)
        finally:
            with self._lock:
                self._control_plane_up, self._refreshing = up, False
                if self._answered:
                    self._refreshed_at = self._clock()
