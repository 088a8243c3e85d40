"""Channels, routes and shift plans over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse

from alarms.http.notification_models import RouteList
from alarms.http.notification_openapi import CHANNELS, ROUTES, SHIFTS
from alarms.notification import channels, repository, route_order, senders
from alarms.notification.channels import ChannelChange, ChannelContent, StoredChannel
from alarms.notification.models import PlanChange, PlanContent, RouteChange, RouteContent, RouteOrder
from kernel.tenancy import TenantConnection
from web.audit import audit
from web.bodies import takes
from web.caller import caller_of, tenant_of
from web.clock import now_ms
from web.paging import page_of
from web.requires import requires
from web.respond import json_response, no_content, read_json
from web.revisions import required_revision, revision_of, with_etag
from web.views import View, methods

MAX_BODY = 256 << 10


@dataclass(frozen=True, slots=True)
class Kept:
    """One kind of what administrators keep. `place`: its key in lists; `public`: what is returned of it."""

    address: str
    action: str  # the beginning of the audit trail's
    content: type[Any]
    change: type[Any]
    find: Callable[[TenantConnection], Sequence[Any]]
    get: Callable[[TenantConnection, str], Any]
    put: Callable[..., Any]
    delete: Callable[[TenantConnection, str, int | None], Any]
    place: Callable[[Any], str]
    public: Callable[[Any], Any] = lambda stored: stored

    def many(self, **more: View) -> View:
        @requires("read", "engineer")
        def listed(request: HttpRequest) -> HttpResponse:
            return json_response(page_of(request, self.find(tenant_of(request)), self.place, self.public))

        @takes(MAX_BODY)
        @requires("write", "admin")
        def create(request: HttpRequest) -> HttpResponse:
            made = self._put(request, None, read_json(request, self.content), None)
            audit(request, f"{self.action}.create", made.id, {"name": made.name})
            return with_etag(json_response(self.public(made), 201, f"{self.address}/{made.id}"), made.revision)

        return methods(GET=listed, POST=create, **more)

    def one(self) -> View:
        @requires("read", "engineer")
        def read(request: HttpRequest, id: str) -> HttpResponse:
            found = self.get(tenant_of(request), id)
            return with_etag(json_response(self.public(found)), found.revision)

        @takes(MAX_BODY)
        @requires("write", "admin")
        def change(request: HttpRequest, id: str) -> HttpResponse:
            self.get(tenant_of(request), id)  # before what it names
            content = read_json(request, self.change)
            made = self._put(request, id, content, required_revision(request, content.revision))
            audit(request, f"{self.action}.update", id, {"name": made.name})
            return with_etag(json_response(self.public(made)), made.revision)

        @requires("write", "admin")
        def delete(request: HttpRequest, id: str) -> HttpResponse:
            gone = self.delete(tenant_of(request), id, revision_of(request))
            audit(request, f"{self.action}.delete", id, {"name": gone.name})
            return no_content()

        return methods(GET=read, PUT=change, DELETE=delete)

    def _put(self, request: HttpRequest, id: str | None, content: Any, revision: int | None) -> Any:
        author = caller_of(request).username
        return self.put(tenant_of(request), id, content, revision, author=author, now=now_ms())


def _put_channel(
    tenant: TenantConnection, id: str | None, content: ChannelContent, revision: int | None, *, author: str, now: int
) -> StoredChannel:
    senders.check(content.settings)
    return repository.put_channel(tenant, id, content, revision, author=author, now=now)


@takes(MAX_BODY)
@requires("write", "admin")
def _put_order(request: HttpRequest) -> HttpResponse:
    order, author = read_json(request, RouteOrder), caller_of(request).username
    ordered = repository.put_order(tenant_of(request), order.routes, author=author, now=now_ms())
    audit(request, "notification-route.order", "", {"names": [each.name for each in ordered]})
    return json_response(RouteList(ordered, None))


def _by_name(stored: Any) -> str:
    return f"{stored.name.casefold()}\x1f{stored.id}"


_channels = Kept(
    CHANNELS, "notification-channel", ChannelContent, ChannelChange, repository.channels, repository.CHANNELS.get,
    _put_channel, repository.delete_channel, _by_name, channels.public,
)  # fmt: skip
_routes = Kept(
    ROUTES, "notification-route", RouteContent, RouteChange, repository.routes, route_order.get,
    repository.put_route, repository.delete_route, lambda route: f"{route.order:05d} {route.id}",
)  # fmt: skip
_plans = Kept(
    SHIFTS, "shift-plan", PlanContent, PlanChange, repository.plans, repository.PLANS.get,
    repository.put_plan, repository.delete_plan, _by_name,
)  # fmt: skip

all_channels, channel = _channels.many(), _channels.one()
all_routes, route = _routes.many(PUT=_put_order), _routes.one()
all_plans, plan = _plans.many(), _plans.one()
