"""What all brokers have in common."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from alarms.sinks.certificates import show_certificate
from alarms.sinks.failures import SinkFailed, reason
from alarms.sinks.messages import Message
from alarms.sinks.models import MqttSettings, SinkSecrets, SinkSettings

CONNECT_TIMEOUT_S, PUBLISH_TIMEOUT_S = 5.0, 15.0


class Broker(Protocol):
    """A connection to one."""

    def publish(self, messages: Sequence[Message]) -> None:
        """Returns when the broker has all of them. Raises SinkFailed; then it may have some of them."""


def connected(settings: SinkSettings, secrets: SinkSecrets) -> AbstractContextManager[Broker]:
    """Raises SinkFailed."""
    if isinstance(settings, MqttSettings):  # each client takes time to import
        from alarms.sinks.mqtt import connected_mqtt

        return connected_mqtt(settings, secrets)
    from alarms.sinks.kafka import connected_kafka

    return connected_kafka(settings, secrets)


def tls_context(settings: SinkSettings, key: str) -> ssl.SSLContext:
    """Trusts the system's authorities, or the given one alone. `key`: the client certificate's. Raises SinkFailed."""
    try:
        context = ssl.create_default_context(cadata=settings.ca or None)
    except (ssl.SSLError, ValueError):
        raise SinkFailed("The certificates of the authority cannot be read.") from None
    if settings.certificate:
        try:
            show_certificate(context, settings.certificate, key)
        except (OSError, ValueError) as error:
            raise SinkFailed(f"The client's certificate cannot be used ({reason(error)}).") from error
    return context
