"""One attempt to deliver one message to one recipient."""

from __future__ import annotations

import hashlib
import logging

from django.conf import settings

from alarms.notification import subscriptions
from alarms.notification.channels import AppriseTo, Destination, EmailTo, PushTo, SlackTo, TeamsTo, WebhookTo
from alarms.notification.messages import AlarmMessage, Outcome
from alarms.notification.senders import browser, mail, services, slack, teams, webhook
from kernel.errors import PlantraceError
from kernel.tenancy import TenantConnection
from web import clock

log = logging.getLogger(__name__)


def send(tenant: TenantConnection, destination: Destination, message: AlarmMessage, delivery_id: str) -> Outcome:
    """Receivers get `delivery_id` as idempotency key. Takes less than a minute, and raises nothing: what is not known
    is doubtful.
    """
    try:
        return _send(tenant, destination, message, delivery_id)
    except Exception as error:
        log.exception("%s: a message could not be sent (%s)", tenant.slug, type(destination).__name__)
        return Outcome("doubtful", f"Sending failed ({type(error).__name__}).")


def _send(tenant: TenantConnection, destination: Destination, message: AlarmMessage, id: str) -> Outcome:
    base, now = str(settings.PUBLIC_URL), clock.now_ms()
    match destination:
        case EmailTo(address):
            return mail.send(address, message, id, base)
        case WebhookTo(url):
            return webhook.send(url, destination.secrets(now), message, id, base, now)
        case SlackTo(url):
            return slack.send(url, message, id, base, now)
        case TeamsTo(url):
            return teams.send(url, message, id, base, now)
        case AppriseTo(url):
            return services.send(url, message)
        case PushTo(endpoint):
            outcome = browser.send(destination, message, id, now)
            if outcome is browser.GONE:
                _forget(tenant, endpoint)
            return outcome


def _forget(tenant: TenantConnection, endpoint: str) -> None:
    try:
        subscriptions.forget(tenant, hashlib.sha256(endpoint.encode()).hexdigest())
    except PlantraceError:  # the next message finds it again
        log.warning("%s: a subscription that has ended stays for now", tenant.slug, exc_info=True)
