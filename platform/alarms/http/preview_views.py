"""Who would be told of an alarm, over HTTP. Nothing is stored, and nobody is notified."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from django.http import HttpRequest, HttpResponse

from alarms.http.notification_models import Preview, PreviewedDelivery, PreviewRequest
from alarms.notification.actions import NewDelivery
from alarms.notification.checks import invalid
from alarms.notification.duty import on_duty
from alarms.notification.planning import Routing
from alarms.notification.preview import preview
from alarms.notification.routing import places_of, routing_of
from alarms.notification.seams import Contact, members
from alarms.rules import repository as rules
from catalog.snapshot import Snapshot, snapshot_of
from kernel.errors import NotFound
from kernel.times import parse_time
from web.caller import tenant_of
from web.clock import now_ms
from web.requires import requires
from web.respond import json_response, read_json
from web.views import post

_REASONS = {
    "raised": "it is raised",
    "escalated": "nobody has acknowledged it",
    "repeated": "a reminder, as nobody has acknowledged it",
    "digest": "in one message with others",
    "quiet_hours": "at the end of quiet hours",
    "flood": "in one message with others",
}


@post
@requires("read", "engineer")
def previewed(request: HttpRequest) -> HttpResponse:
    """`POST /api/v1/notification/preview`"""
    asked, tenant, now = read_json(request, PreviewRequest), tenant_of(request), now_ms()
    catalog = snapshot_of(tenant)
    site = catalog.site(asked.site)
    if site is None:
        raise NotFound(f"There is no site “{asked.site}”.", field="site")
    if asked.area is not None and asked.asset is not None:
        raise invalid("asset", "Give an area or an asset: an asset has its area.")
    places = _places(catalog, site.id, asked.area)
    if asked.asset is not None:
        places = _around_asset(catalog, site.id, asked.asset)
    rule = rules.get(tenant, asked.rule).id if asked.rule is not None else ""
    at = now if asked.at is None else parse_time(str(asked.at), "at")
    routing = replace(routing_of(tenant), inside=lambda _: places)
    planned = preview(routing, asked.priority, site.id, at, rule)
    people = {each.recipient.to for each in planned if each.recipient.channel == "" or each.recipient.kind == "push"}
    words = _Words(routing, members().contacts(tenant, people) if people else {})
    return json_response(Preview([said for each in planned if (said := words.of(each)) is not None]))


def _around_asset(catalog: Snapshot, site: str, asset: str) -> frozenset[str]:
    """The asset, what contains it, and the areas around it. Raises NotFound."""
    found = catalog.assets.get(asset)
    if found is None or found.site != site:
        raise NotFound(f"There is no asset “{asset}” in this site.", field="asset")
    return frozenset(places_of(catalog, asset))


def _places(catalog: Snapshot, site: str, area: str | None) -> frozenset[str]:
    """The area and those around it. Raises NotFound."""
    if area is None:
        return frozenset()
    found = catalog.areas.get(area)
    if found is None or found.site != site:
        raise NotFound(f"There is no area “{area}” in this site.", field="area")
    return frozenset(_around(catalog, area))


def _around(catalog: Snapshot, id: str | None) -> Iterator[str]:
    seen = set[str]()
    while id is not None and id not in seen and (area := catalog.areas.get(id)) is not None:
        seen.add(id)
        yield id
        id = area.parent


@dataclass(frozen=True, slots=True)
class _Words:
    """What people read of what was planned."""

    routing: Routing
    contacts: Mapping[str, Contact]

    def of(self, planned: NewDelivery) -> PreviewedDelivery | None:
        """None: to somebody who has left."""
        to = planned.recipient
        channel = self.routing.channels.get(to.channel)
        is_person = to.channel == "" or to.kind == "push"
        contact = self.contacts.get(to.to)
        if is_person and contact is None:
            return None
        name = (contact.name or contact.username) if contact else to.to or (channel.name if channel else "")
        return PreviewedDelivery(
            at=planned.created,
            step=planned.step,
            recipient=name,
            channel=to.channel,
            channel_name=channel.name if channel else "",
            kind=to.kind,
            route=planned.route,
            route_name=planned.route_name,
            why=self._why(planned, contact),
        )

    def _why(self, planned: NewDelivery, contact: Contact | None) -> str:
        words = [f"{planned.route_name}: {_REASONS.get(planned.reason, planned.reason)}"]
        if contact is not None:
            words += self._duty(planned, contact)
            if planned.recipient.kind == "email" and not contact.email:
                words.append("has no e-mail address")
        return ", ".join(words)

    def _duty(self, planned: NewDelivery, contact: Contact) -> Iterator[str]:
        route = self.routing.route(planned.route)
        step = route.steps[min(planned.step, len(route.steps) - 1)] if route else None
        if step is None or contact.id in step.people:
            return
        for id in step.shifts:
            plan = self.routing.plans.get(id)
            if plan is not None and contact.id in on_duty(plan, planned.created):
                yield f"on duty in {plan.name}"
