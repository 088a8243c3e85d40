"""What views and commands tell the audit trail goes to the control plane, which keeps it.

What was done is done: while the control plane is away, an event waits in the tenant's part of Redis, and is handed over
by whichever of the tenant's processes reaches it first. One that is handed over twice stands there twice.
"""

from __future__ import annotations

import logging
import threading
import time
from contextlib import suppress
from functools import cache
from typing import Any

import msgspec
from django.conf import settings
from django.http import HttpRequest

from access.address import client_address
from config.pod.control import pod_tenant
from kernel.errors import BadRequest, PlantraceError, TooLarge
from stores.redis.outbox import Outbox
from web import clock
from web.audit import audited
from web.pods.client import control_plane
from web.pods.messages import AuditEvent

log = logging.getLogger(__name__)
RETRY_S = 5.0
REFUSED = (BadRequest, TooLarge)  # what the control plane will not take the next time either


def connect() -> None:
    audited.connect(tell, dispatch_uid="config.pod.trail")


def tell(
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
        log.error("the trail takes no %s: %s", action, error.detail)
    except PlantraceError as error:
        log.warning("the trail hears of %s later: %s", action, error.detail)
        _outbox().put(msgspec.json.encode(event))
        _courier().wake()
    else:
        with suppress(PlantraceError):
            _hand_over_once()


def hand_over() -> bool:
    """Tell what waits, oldest first; whether all of it was told. Raises Unavailable and what else stands between."""
    box = _outbox()
    for id, letter in box.oldest():
        try:
            control_plane().audit(msgspec.json.decode(letter, type=AuditEvent))
        except REFUSED as error:
            log.error("the trail takes no such event: %s", error.detail)
        box.remove(id)
    return not box.oldest()


@cache
def _hand_over_once() -> None:
    """What processes that are gone left behind."""
    if not hand_over():
        _courier().wake()


class Courier:
    """A thread that lives while something waits."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._woken = False

    def wake(self) -> None:
        with self._lock:
            self._woken = True
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="trail", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            time.sleep(RETRY_S)
            with self._lock:
                self._woken = False
            try:
                done = hand_over()
            except PlantraceError as error:
                done = False
                log.warning("the trail still waits: %s", error.detail)
            with self._lock:
                if done and not self._woken:
                    self._thread = None
                    return


@cache
def _courier() -> Courier:
    return Courier()


@cache
def _outbox() -> Outbox:
    return Outbox(settings.REDIS_URL, pod_tenant().prefix(), "audit")
