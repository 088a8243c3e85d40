"""A tenant in which alarms are raised, planned and sent step by step, by a clock of the test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
from django.conf import settings

from alarms import states
from alarms.about import About, AlarmTarget
from alarms.machine.model import Acknowledge, Input, Sample, Transition, What
from alarms.notification import progress
from alarms.notification.actions import NewDelivery
from alarms.notification.channels import ChannelContent, StoredChannel
from alarms.notification.models import Route, RouteContent
from alarms.notification.plan import delivery_of, fire, plan
from alarms.notification.progress import Progress
from alarms.notification.repository import CHANNELS, PLANS, put_channel, put_route
from alarms.notification.route_order import ROUTES
from kernel.tenancy import TenantConnection
from stores.redis.client import redis_client
from stores.redis.deliveries import StoredDelivery
from tests.alarms.alarm_world import change
from web.stores import alarms, deliveries, documents

T = 1_773_223_200_000  # 2026-03-11 10:00 UTC
SECRET = "0123456789abcdef"


@dataclass
class World:
    tenant: TenantConnection
    now: int = T

    def clock(self) -> int:
        return self.now

    def channel(self, url: str = "https://example.com/hook", name: str = "Hook", **more: Any) -> StoredChannel:
        settings = {"kind": "webhook", "url": url, "secret": SECRET}
        return self.put_channel({"name": name, "settings": settings, **more})

    def email(self, *addresses: str) -> StoredChannel:
        return self.put_channel({"name": "Mail", "settings": {"kind": "email", "addresses": list(addresses)}})

    def put_channel(self, content: dict[str, Any], id: str | None = None) -> StoredChannel:
        given = msgspec.convert(content, ChannelContent)
        return put_channel(self.tenant, id, given, None, author="anna", now=self.now)

    def route(self, *steps: dict[str, Any], **more: Any) -> Route:
        content = msgspec.convert({"name": "Everybody", "steps": list(steps), **more}, RouteContent)
        return put_route(self.tenant, None, content, None, author="anna", now=self.now)

    def about(self, name: str = "s1", **more: Any) -> About:
        target = AlarmTarget(kind="sensor", id=name, tag=name.upper(), unit="°C")
        return About(**{
            "rule": "alaaaaaaaaaa", "name": "Too warm", "priority": 2, "kind": "limit", "target": target, **more
        })  # fmt: skip

    def give(self, input: Input, name: str = "s1", **more: Any) -> str:
        return change(self.tenant, self.about(name, **more), input)

    def raise_alarm(self, name: str = "s1", **more: Any) -> str:
        """At the present moment."""
        return self.give(Sample(self.now, True, 17.9, 14.5), name, **more)

    def clear_alarm(self, name: str = "s1") -> str:
        return self.give(Sample(self.now, False, 14.0, 14.5), name)

    def acknowledge(self, name: str = "s1") -> str:
        return self.give(Acknowledge(self.now, "ben"), name)

    def plan(self) -> int:
        return plan(self.tenant, self.clock)

    def fire(self, after_s: float = 0) -> int:
        """What is due so much later."""
        self.now += round(after_s * 1000)
        return fire(self.tenant, self.clock)

    def all(self) -> dict[str, tuple[NewDelivery, Progress]]:
        return {
            each.id: (delivery_of(each.payload), progress.decode(each.progress))
            for _, each in deliveries().page(self.tenant.prefix, None, 10_000)
        }

    def planned(self) -> list[NewDelivery]:
        """In the order in which they were."""
        return sorted((each for each, _ in self.all().values()), key=lambda each: (each.created, each.step, each.id))

    def due(self) -> list[StoredDelivery]:
        return deliveries().due(self.tenant.prefix, self.now, 1_000)

    def timers(self) -> dict[str, int]:
        found = _redis().zrange(f"{self.tenant.prefix}alarms:deliveries:timers", 0, -1, withscores=True)
        return {member.decode(): int(due) for member, due in found}

    def outcomes(self) -> list[tuple[str, Transition]]:
        """Those that wait for the journal, with their alarms' keys."""
        found = [states.added_of(each.payload) for each in alarms().outgoing(self.tenant.prefix, 10_000)]
        kinds = (What.NOTIFIED, What.NOTIFICATION_FAILED)
        return [(each.key, each.transition) for each in found if each.transition.what in kinds]


def forget(tenant: TenantConnection) -> None:
    """Nothing of alarms is left in Redis but their numbers, and no channels, routes or shift plans."""
    number = f"{tenant.prefix}alarms:number".encode()
    for key in list(_redis().scan_iter(match=f"{tenant.prefix}alarms:*", count=1_000)):
        if key != number:
            _redis().delete(key)
    for collection in (ROUTES, PLANS, CHANNELS):
        collection.delete_where(tenant, lambda _: True)
    documents(tenant).delete_many("push_subscriptions", {})


def _redis() -> Any:
    return redis_client(settings.REDIS_URL)
