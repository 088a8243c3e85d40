"""The body of webhooks: documented in docs/api/webhooks.md. Times in epoch ms."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from msgspec import Struct

from alarms.notification.messages import AlarmItem, AlarmMessage
from alarms.notification.texts import link, subject

VERSION: Final = 1


class WebhookTenant(Struct, frozen=True, kw_only=True):
    slug: str
    name: str


class WebhookRoute(Struct, frozen=True, kw_only=True):
    name: str
    step: int


class WebhookAlarm(AlarmItem, frozen=True, kw_only=True):
    """`url`: of its page; empty if the installation has no public address."""

    url: str


class WebhookBody(Struct, frozen=True, kw_only=True):
    """`id`: of the delivery, the same when it is repeated. `more`: alarms that are not among `alarms`."""

    version: int
    id: str
    reason: str
    at: int
    subject: str
    tenant: WebhookTenant
    route: WebhookRoute
    alarms: list[WebhookAlarm]
    more: int


def webhook_body(message: AlarmMessage, id: str, base: str) -> bytes:
    """JSON. `base`: the address of the installation."""
    return msgspec.json.encode(
        WebhookBody(
            version=VERSION,
            id=id,
            reason=message.reason,
            at=message.at,
            subject=subject(message),
            tenant=WebhookTenant(slug=message.tenant, name=message.tenant_name),
            route=WebhookRoute(name=message.route, step=message.step),
            alarms=[_alarm(item, message, base) for item in message.items],
            more=message.more,
        )
    )


def _alarm(item: AlarmItem, message: AlarmMessage, base: str) -> WebhookAlarm:
    members: dict[str, Any] = {name: getattr(item, name) for name in AlarmItem.__struct_fields__}
    return WebhookAlarm(**members, url=link(message.tenant, item, base) if base else "")
