"""Sends audit events to the control plane, which stores the audit trail.

While the control plane is unreachable, events wait in the tenant's part of Redis, and are delivered by whichever of the
tenant's processes reaches it first. Delivery is at least once, so an event may be recorded twice.
"""

from __future__ import annotations

import logging
import threading
from contextlib import suppress
from functools import cache
from typing import Any

import msgspec
from django.conf import settings
from django.http import HttpRequest

from config.pod.control import pod_tenant
from kernel.errors import BadRequest, PlantraceError, TooLarge
from stores.redis.outbox import Outbox
from web import clock
from web.address import client_address
from web.audit import audited
from web.pods.client import control_plane
from web.pods.messages import AuditEvent

log = logging.getLogger(__name__)
RETRY_S = 5.0
REFUSED = (BadRequest, TooLarge)  # a retry would be rejected, too


def connect() -> None:
    audited.connect(send, dispatch_uid="config.pod.trail")


def send(
    sender: object,
    request: HttpRequest | None,
    username: str,
    tenant: str | None,
    action: str,
    target: str,
    detail: dict[str, Any],
    **_: object,
) -> None:
    """Receiver of `web.audit.audited`."""
    caller = getattr(request, "caller", None)
    event = AuditEvent(
        at=clock.now_ms(),
        username=username,
        via=caller.via if caller else "",
        address=client_address(getattr(request, "_request", request)) if request is not None else "",
        action=action,
        target=target,
        detail=detail,
    )
    try:
        control_plane().audit(event)
    except REFUSED as error:
        log.error("the audit trail rejected %s: %s", action, error.detail)
    except PlantraceError as error:
        log.warning("the audit event %s is queued: %s", action, error.detail)
        _outbox().put(msgspec.json.encode(event))
        _sender().wake()
    else:
        with suppress(PlantraceError):
            _deliver_leftovers()


def deliver() -> bool:
    """Deliver waiting events, oldest first; True if none is left. Raises Unavailable, or what a proxy answers."""
    box = _outbox()
    for id, message in box.oldest():
        try:
            control_plane().audit(msgspec.json.decode(message, type=AuditEvent))
        except REFUSED as error:
            log.error("the audit trail rejected a queued event: %s", error.detail)
        box.remove(id)
    return not box.oldest()


@cache
def _deliver_leftovers() -> None:
    """Deliver, once, what processes that have ended left behind."""
    if not deliver():
        _sender().wake()


class OutboxSender:
    """A thread that lives while events are waiting."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._woken = False
        self._ended = threading.Event()

    def wake(self) -> None:
        with self._lock:
            self._woken = True
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="trail", daemon=True)
                self._thread.start()

    def end(self) -> None:
        """The thread ends; what is waiting stays in the outbox."""
        self._ended.set()

    def _run(self) -> None:
        while not self._ended.wait(RETRY_S):
            with self._lock:
                self._woken = False
            try:
                done = deliver()
            except PlantraceError as error:
                done = False
                log.warning("audit events are still waiting: %s", error.detail)
            with self._lock:
                if done and not self._woken:
                    self._thread = None
                    return


@cache
def _sender() -> OutboxSender:
    return OutboxSender()


@cache
def _outbox() -> Outbox:
    return Outbox(settings.REDIS_URL, pod_tenant().prefix(), "audit")
