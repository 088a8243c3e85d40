"""Connects the live stream with what only `access` knows."""

from __future__ import annotations

import logging
import time
from functools import cache
from typing import Any, cast

import msgspec
from django.conf import settings
from django.http import HttpRequest

from access.loading import subjects_of
from access.resolution import Resolved, subject_of_session
from kernel.errors import Unavailable
from kernel.tenancy import TenantConnection
from stores.redis.live import PLATFORM, Messages
from stream.callers import Rights
from stream.subscription import ARRIVALS
from web import clock

log = logging.getLogger(__name__)


class StreamCallers:
    """Implements `stream.callers.Callers`."""

    def rights_of(self, request: HttpRequest) -> Rights:
        resolved = cast(Resolved, request.resolved)  # type: ignore[attr-defined]
        identity = resolved.identity
        assert identity is not None  # the request was admitted
        ends = None if identity.expires is None else (identity.expires - clock.now()).total_seconds()
        return Rights(subjects_of(identity, _credential_of(request, resolved)), ends)


def _credential_of(request: HttpRequest, resolved: Resolved) -> str:
    if resolved.token_digest is not None:
        return f"token:{resolved.token_digest}"
    return subject_of_session(request.COOKIES[settings.SESSION_COOKIE_NAME])


class StreamPublisher:
    """Implements `web.stream.Publisher`."""

    def publish(self, tenant: TenantConnection | None, topic: str, change: dict[str, str]) -> None:
        prefix = PLATFORM if tenant is None else tenant.prefix
        try:
            _messages().write(prefix, msgspec.json.encode({"topic": topic, **change}))
        except Unavailable as error:
            log.info("a change of %s is not announced: %s", topic, error.detail)

    def is_watched(self, tenant: TenantConnection, source: str) -> bool:
        try:
            return _messages().is_watched(tenant.prefix, source)
        except Unavailable:
            return False

    def show(self, tenant: TenantConnection, source: str, arrivals: dict[str, Any]) -> None:
        message = msgspec.json.encode({"topic": ARRIVALS + source, **arrivals})
        try:
            _messages().show(tenant.prefix, source, int(time.time()), message)
        except Unavailable as error:
            log.info("what arrived from %s is not shown: %s", source, error.detail)


class TenantsSources:
    """Implements `stream.sources.Sources`."""

    def require(self, tenant: TenantConnection, id: str) -> None:
        from ingest.source_admin.operations import find  # loads views, which workers do without

        find(tenant, id)


@cache
def _messages() -> Messages:
    return Messages(settings.REDIS_URL)
