"""Channels that could never be sent to."""

from __future__ import annotations

from alarms.notification.channels import (
    AppriseSettings,
    ChannelSettings,
    SlackSettings,
    TeamsSettings,
    WebhookSettings,
)
from alarms.notification.checks import invalid
from alarms.notification.senders.services import ServiceRefused, parse_service
from web.outbound.client import outbound
from web.outbound.target import TargetRefused


def check(settings: ChannelSettings) -> None:
    """Without asking anybody: a name is resolved when a message is sent. Raises BadRequest."""
    try:
        match settings:
            case WebhookSettings(url=str(url)) | SlackSettings(url=str(url)) | TeamsSettings(url=str(url)):
                outbound().check(url)
            case AppriseSettings(url=str(url)):
                parse_service(url)
    except (TargetRefused, ServiceRefused) as error:
        raise invalid("settings.url", str(error)) from None
