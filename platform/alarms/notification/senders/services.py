"""SMS, on-call and chat services through Apprise: those with fixed hosts, so that a URL cannot name another one."""

from __future__ import annotations

import logging
from importlib import import_module
from typing import TYPE_CHECKING, Final

from django.conf import settings

from alarms.notification.messages import AlarmMessage, Outcome
from alarms.notification.texts import facts, headline, subject
from web.outbound.guard import guarded

if TYPE_CHECKING:
    from apprise import NotifyBase

# By scheme the name, and Apprise's module and class. No other is loaded.
SERVICES: Final = {
    "46elks": ("46elks", "fortysixelks", "Notify46Elks"),
    "bulksms": ("BulkSMS", "bulksms", "NotifyBulkSMS"),
    "clicksend": ("ClickSend", "clicksend", "NotifyClickSend"),
    "cm": ("CM.com", "cm", "NotifyCM"),
    "d7sms": ("D7 Networks", "d7networks", "NotifyD7Networks"),
    "discord": ("Discord", "discord", "NotifyDiscord"),
    "gchat": ("Google Chat", "google_chat", "NotifyGoogleChat"),
    "ilert": ("ilert", "ilert", "NotifyILert"),
    "line": ("LINE", "line", "NotifyLine"),
    "msgbird": ("MessageBird", "messagebird", "NotifyMessageBird"),
    "pagerduty": ("PagerDuty", "pagerduty", "NotifyPagerDuty"),
    "plivo": ("Plivo", "plivo", "NotifyPlivo"),
    "pover": ("Pushover", "pushover", "NotifyPushover"),
    "seven": ("seven", "seven", "NotifySeven"),
    "signl4": ("SIGNL4", "signl4", "NotifySIGNL4"),
    "sinch": ("Sinch", "sinch", "NotifySinch"),
    "sns": ("Amazon SNS", "sns", "NotifySNS"),
    "splunk": ("Splunk On-Call", "splunk", "NotifySplunk"),
    "squadcast": ("Squadcast", "squadcast", "NotifySquadcast"),
    "telnyx": ("Telnyx", "telnyx", "NotifyTelnyx"),
    "tgram": ("Telegram", "telegram", "NotifyTelegram"),
    "threema": ("Threema", "threema", "NotifyThreema"),
    "twilio": ("Twilio", "twilio", "NotifyTwilio"),
    "vonage": ("Vonage", "vonage", "NotifyVonage"),
    "webex": ("Webex", "webexteams", "NotifyWebexTeams"),
    "whatsapp": ("WhatsApp", "whatsapp", "NotifyWhatsApp"),
}
log = logging.getLogger(__name__)
MAX_TARGETS, MAX_SHOWN = 5, 5  # telephone numbers and the like of one URL; alarms in a message
CONNECT_TIMEOUT_S, READ_TIMEOUT_S = 4.0, 6.0


class ServiceRefused(ValueError):
    """The URL cannot be used; the message says why, and contains nothing of the URL."""


def send(url: str, message: AlarmMessage) -> Outcome:
    """Apprise says only whether all went well; what did not is tried again."""
    import apprise

    try:
        service = parse_service(url)
    except ServiceRefused as error:
        return Outcome("refused", str(error))
    name = SERVICES[_scheme(url)][0]
    raised = [item.priority for item in message.items if item.event == "raised"]
    kind = apprise.NotifyType.INFO
    if raised:
        kind = apprise.NotifyType.FAILURE if min(raised) <= 2 else apprise.NotifyType.WARNING
    with guarded(settings.OUTBOUND_NETWORKS):
        accepted = service.notify(body=short_text(message), title=subject(message), notify_type=kind)
    if accepted:
        return Outcome("sent", f"{name} accepted it.")
    return Outcome("retry", f"{name} did not confirm it. Check the credentials and the recipients in the URL.")


def parse_service(url: str) -> NotifyBase:
    """Raises ServiceRefused."""
    from apprise.common import OverflowMode

    if (scheme := _scheme(url)) not in SERVICES:
        raise ServiceRefused(f"The URL must begin with one of {', '.join(f'{each}://' for each in SERVICES)}.")
    if not url.isprintable() or any(each.isspace() for each in url):
        raise ServiceRefused("The URL must not contain spaces or control characters.")
    service = _made(scheme, url)
    if len(service) > MAX_TARGETS:
        raise ServiceRefused(f"The URL must not name more than {MAX_TARGETS} recipients.")
    # Whatever parameters of the URL say.
    service.redirects, service.verify_certificate, service.request_rate_per_sec = False, True, 0
    service.socket_connect_timeout, service.socket_read_timeout = CONNECT_TIMEOUT_S, READ_TIMEOUT_S
    service.overflow_mode = OverflowMode.TRUNCATE
    return service


def _made(scheme: str, url: str) -> NotifyBase:
    from apprise import AppriseAsset
    from apprise.common import PersistentStoreMode

    name, module, kind = SERVICES[scheme]
    plugin: type[NotifyBase] = getattr(import_module(f"apprise.plugins.{module}"), kind)
    asset = AppriseAsset(
        app_id="Plantrace", app_desc="Plantrace", app_url="", async_mode=False, http_redirects=False,
        storage_mode=PersistentStoreMode.MEMORY,
    )  # fmt: skip
    try:
        parsed = plugin.parse_url(url)
        if parsed:
            return plugin(**parsed, asset=asset)
    except Exception:  # TypeError, but who knows of which more
        log.debug("Not a URL of %s", name, exc_info=True)
    raise ServiceRefused(f"This is not a URL of {name} as Apprise writes them.")


def short_text(message: AlarmMessage) -> str:
    """For telephones: without links, instructions and signature."""
    if len(message.items) != 1:
        lines = [headline(item) for item in message.items[:MAX_SHOWN]]
        hidden = len(message.items) - len(lines) + message.more
        return "\n".join([*lines, *([f"and {hidden:,} more"] if hidden else [])]) or message.tenant_name
    return "\n".join(text for name, text in facts(message.items[0]) if name in ("Alarm", "Asset", "Site", "Raised"))


def _scheme(url: str) -> str:
    return url.partition("://")[0].lower()
