"""Rate limits of public addresses: counted in Redis for all processes, by the caller's network."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from functools import cache
from math import ceil
from typing import Any, ClassVar

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from kernel.errors import TooManyRequests, Unavailable
from stores.redis.limits import Limit, Limits
from web.address import client_network

log = logging.getLogger(__name__)
MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86_400
MAX_POD_REQUESTS, POD_WINDOW_S = 2_000, 10  # of one tenant's pods: a hundred people on four processes


@cache
def limits() -> Limits:
    return Limits(settings.REDIS_URL)


def take(wanted: Iterable[Limit], message: str) -> None:
    """Count one for each limit. TooManyRequests with `message`; while Redis is down nothing is counted.

    Sign-ins are then still bounded by the lock on name and network, which the relational database keeps.
    """
    try:
        wait_s = limits().take(wanted)
    except Unavailable as error:
        log.warning("Attempts are not counted at present: %s", error)
        return
    if wait_s:
        seconds = ceil(wait_s)
        raise TooManyRequests(f"{message} Try again in {format_duration(seconds)}.", retry_after=seconds)


def refund(taken: Iterable[Limit]) -> None:
    """Undo `take`: it did not happen."""
    try:
        limits().refund(taken)
    except Unavailable as error:
        log.warning("Attempts stay counted: %s", error)


def format_duration(seconds: int) -> str:
    """`40 seconds`, `12 minutes`."""
    return f"{seconds} seconds" if seconds < 2 * MINUTE_S else f"{ceil(seconds / MINUTE_S)} minutes"


class NetworkThrottle(BaseThrottle):
    """A DRF throttle; reading is not counted."""

    scope: ClassVar[str]
    per_minute: ClassVar[int]

    def allow_request(self, request: Request, view: Any) -> bool:
        if request.method not in ("GET", "HEAD"):
            network = client_network(request._request)
            take([Limit((self.scope, network), self.per_minute, MINUTE_S)], "Too many attempts from your network.")
        return True


class SignInThrottle(NetworkThrottle):
    scope, per_minute = "sign-in", 60


class LinkThrottle(NetworkThrottle):
    scope, per_minute = "link", 30


class MailThrottle(NetworkThrottle):
    scope, per_minute = "reset", 10


def take_pod_question(tenant_id: str) -> None:
    """Before a request of a tenant's own pods is answered; they share one limit. TooManyRequests."""
    take([Limit(("pod", tenant_id), MAX_POD_REQUESTS, POD_WINDOW_S)], "This tenant's processes send too many requests.")


def take_mail(tenant_id: str, address: str) -> None:
    """Call before an admin's invitation or reset link is sent, to an address (or none yet). TooManyRequests."""
    take([*_of_tenant("mail-tenant", tenant_id), *of_address(address)], "Too many invitations and reset links for now.")


def of_own_resets(tenant_ids: Iterable[str]) -> list[Limit]:
    """The limits of reset links that people of these tenants ask for themselves.

    Apart from those of `take_mail`: a stranger who requests mail in their names does not use up an admin's invitations.
    """
    return [limit for tenant_id in tenant_ids for limit in _of_tenant("reset-tenant", tenant_id)]


def of_address(address: str) -> list[Limit]:
    """The limits of mail to one address, whoever requests it."""
    whose = address.strip().lower()
    return [Limit(("mail-to", whose), 5, HOUR_S), Limit(("mail-to-day", whose), 15, DAY_S)] if whose else []


def _of_tenant(what: str, tenant_id: str) -> list[Limit]:
    return [Limit((what, tenant_id), 60, HOUR_S), Limit((f"{what}-day", tenant_id), 300, DAY_S)]
