"""Publishing to an MQTT broker, with quality of service 1."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.reasoncodes import ReasonCode

from alarms.sinks.brokers import CONNECT_TIMEOUT_S, PUBLISH_TIMEOUT_S, tls_context
from alarms.sinks.failures import SinkFailed, reason
from alarms.sinks.messages import Message
from alarms.sinks.models import MqttSettings, SinkSecrets
from web.outbound.client import NotSent
from web.outbound.sockets import AddressInfo, connect, lookup
from web.outbound.target import TargetRefused

MAX_IN_FLIGHT = 20  # unless the broker takes fewer
KEEP_ALIVE_S = 30
MAX_PIECE, MAX_RECEIVED = 1 << 16, 1 << 20  # bytes: of one read, and of a connection, on which only answers come


class _Client(Client):
    """Connects to one of the addresses that were looked at, whatever the name stands for by then. What a broker claims
    to send is not taken for its size.
    """

    addresses: Sequence[AddressInfo] = ()
    received = 0

    def _create_socket_connection(self) -> Any:
        return connect(self.addresses, CONNECT_TIMEOUT_S)

    def _sock_recv(self, bufsize: int) -> bytes:
        piece = super()._sock_recv(min(bufsize, MAX_PIECE))
        self.received += len(piece)
        if self.received > MAX_RECEIVED:
            raise ConnectionError("the broker sends too much")
        return piece


class MqttBroker:
    """Implements `alarms.sinks.brokers.Broker`."""

    def __init__(self, settings: MqttSettings, secrets: SinkSecrets) -> None:
        self._settings = settings
        self._changed = threading.Condition()
        self._answer: str | None = None  # to the connection; empty: it was accepted
        self._lost: str = ""
        self._window = MAX_IN_FLIGHT
        self._answers: dict[int, str] = {}  # by message, as above
        self._client = client = _Client(
            CallbackAPIVersion.VERSION2,
            client_id=f"plantrace-{uuid.uuid4().hex[:12]}",
            protocol=MQTTProtocolVersion.MQTTv5,
            reconnect_on_failure=False,
        )
        client.on_connect, client.on_disconnect, client.on_publish = (
            self._on_connect,
            self._on_disconnect,
            self._on_publish,
        )
        if settings.username:
            client.username_pw_set(settings.username, secrets.password)
        if settings.tls:
            client.tls_set_context(tls_context(settings, secrets.key))
        client.connect_timeout = CONNECT_TIMEOUT_S

    def open(self) -> None:
        """Raises SinkFailed."""
        settings, client = self._settings, self._client
        try:
            client.addresses = lookup(settings.host, settings.port, settings.tls)
        except (TargetRefused, NotSent) as error:
            raise SinkFailed(str(error)) from None
        try:
            client.connect(settings.host, settings.port, KEEP_ALIVE_S)
        except (OSError, ValueError) as error:
            raise SinkFailed(f"No connection to {settings.host[:100]} ({reason(error)}).") from error
        client.loop_start()
        self._wait(lambda: self._answer is not None, CONNECT_TIMEOUT_S)
        if self._answer:
            raise SinkFailed(f"The broker refuses the connection: {self._answer}.")

    def publish(self, messages: Sequence[Message]) -> None:
        for first in range(0, len(messages), self._window):
            self._publish(messages[first : first + self._window])

    def _publish(self, messages: Sequence[Message]) -> None:
        sent: list[int] = []
        for message in messages:
            done = self._client.publish(message.topic, message.body, qos=1, retain=self._settings.retain)
            if done.rc not in (MQTTErrorCode.MQTT_ERR_SUCCESS, MQTTErrorCode.MQTT_ERR_QUEUE_SIZE):
                raise SinkFailed(self._lost or "The connection was lost.")
            sent.append(done.mid)
        self._wait(lambda: all(mid in self._answers for mid in sent), PUBLISH_TIMEOUT_S)
        refused = [(mid, answer) for mid in sent if (answer := self._answers.pop(mid))]
        if refused:
            place = sent.index(refused[0][0])
            raise SinkFailed(f"The broker refuses a message to {messages[place].topic}: {refused[0][1]}.")

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _wait(self, condition: Any, timeout_s: float) -> None:
        deadline = time.monotonic() + timeout_s
        with self._changed:
            while not condition():
                if self._lost:
                    raise SinkFailed(self._lost)
                if (left := deadline - time.monotonic()) <= 0:
                    raise SinkFailed(f"The broker has not answered within {timeout_s:g} s.")
                self._changed.wait(left)

    def _on_connect(self, client: Client, _: Any, flags: Any, code: ReasonCode, properties: Any) -> None:
        receives = getattr(properties, "ReceiveMaximum", MAX_IN_FLIGHT)
        self._window = max(1, min(MAX_IN_FLIGHT, receives))
        with self._changed:
            self._answer = str(code) if code.is_failure else ""
            self._changed.notify_all()

    def _on_disconnect(self, client: Client, _: Any, flags: Any, code: ReasonCode, properties: Any) -> None:
        with self._changed:
            self._lost = f"The connection was lost ({code})."
            self._changed.notify_all()

    def _on_publish(self, client: Client, _: Any, mid: int, code: ReasonCode, properties: Any) -> None:
        with self._changed:
            self._answers[mid] = str(code) if code.is_failure else ""
            self._changed.notify_all()


@contextmanager
def connected_mqtt(settings: MqttSettings, secrets: SinkSecrets) -> Iterator[MqttBroker]:
    """Raises SinkFailed."""
    broker = MqttBroker(settings, secrets)
    try:
        broker.open()
        yield broker
    finally:
        broker.close()
