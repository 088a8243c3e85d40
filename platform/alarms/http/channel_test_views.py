"""The test of a channel over HTTP: sent at once, by the same senders as deliveries, and not repeated."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from math import ceil

from django.http import HttpRequest, HttpResponse

from alarms.http.notification_models import ChannelTest, TestedRecipient
from alarms.notification import repository, subscriptions
from alarms.notification.channels import Destination, StoredChannel
from alarms.notification.messages import AlarmMessage, Outcome
from alarms.notification.senders import send
from kernel.errors import TooManyRequests
from kernel.tenancy import TenantConnection
from stores.redis.limits import Limit
from web.audit import audit
from web.caller import caller_of, tenant_of
from web.clock import now_ms
from web.requires import requires
from web.respond import json_response
from web.stores import limits
from web.views import post

MAX_RECIPIENTS, CONCURRENCY = 10, 5
MAX_TESTS, WINDOW_S = 60, 3_600  # of a tenant


@post
@requires("write", "admin")
def test(request: HttpRequest, id: str) -> HttpResponse:
    """`POST /api/v1/notification/channels/{id}/test`"""
    tenant, now = tenant_of(request), now_ms()
    channel = repository.CHANNELS.get(tenant, id)
    if wait_s := limits().take([Limit(("channel-test", tenant.id), MAX_TESTS, WINDOW_S)]):
        raise TooManyRequests(f"At most {MAX_TESTS} tests an hour are sent; try again later.", retry_after=ceil(wait_s))
    recipients = _recipients(tenant, channel, caller_of(request).user_id)
    message = AlarmMessage(reason="test", tenant=tenant.slug, tenant_name=tenant.name, at=now)
    outcomes = _send_all(tenant, [to for _, to in recipients[:MAX_RECIPIENTS]], message)
    results = [
        TestedRecipient(recipient=name, state=outcome.state, detail=outcome.detail)
        for (name, _), outcome in zip(recipients, outcomes, strict=False)
    ]
    audit(request, "notification-channel.test", id, {"name": channel.name, "states": [each.state for each in results]})
    return json_response(ChannelTest(results=results, left_out=max(0, len(recipients) - MAX_RECIPIENTS)))


def _recipients(tenant: TenantConnection, channel: StoredChannel, user: int) -> list[tuple[str, Destination]]:
    if channel.kind != "push":
        return repository.destinations(channel)
    return [(each.browser, subscriptions.destination(each)) for each in subscriptions.of_people(tenant, [user])]


def _send_all(tenant: TenantConnection, destinations: Sequence[Destination], message: AlarmMessage) -> list[Outcome]:
    with ThreadPoolExecutor(CONCURRENCY) as pool:
        return list(pool.map(lambda to: send(tenant, to, message, secrets.token_hex(16)), destinations))
