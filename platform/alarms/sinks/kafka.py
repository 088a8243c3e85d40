"""Publishing to a Kafka cluster: a record counts when all replicas in sync have it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from secrets import token_hex
from typing import Any

from kafka import KafkaProducer
from kafka.errors import KafkaError
from kafka.net.inet import KafkaNetSocket

from alarms.sinks.brokers import CONNECT_TIMEOUT_S, PUBLISH_TIMEOUT_S, tls_context
from alarms.sinks.failures import SinkFailed
from alarms.sinks.messages import Message
from alarms.sinks.models import KafkaSettings, SinkSecrets
from web.outbound.client import NotSent
from web.outbound.sockets import AddressInfo, lookup
from web.outbound.target import TargetRefused

CLOSE_TIMEOUT_S = 2.0
SCHEME = "permitted"
MAX_RECEIVED = 4 << 20  # bytes of one response
_gates: dict[str, Gate] = {}


class Gate:
    """What one producer may connect to. A cluster names its brokers itself, so each address is looked at when it is
    connected to, not only those of the settings. `refusal`: why one of them is not.
    """

    def __init__(self, encrypted: bool) -> None:
        self._encrypted = encrypted
        self.refusal = ""

    def lookup(self, host: str, port: int) -> list[AddressInfo]:
        try:
            return lookup(host, port, self._encrypted)
        except TargetRefused as refused:
            self.refusal = str(refused)
        except NotSent as failure:
            self.refusal = self.refusal or str(failure)
        return []


class _GatedSocket(KafkaNetSocket):  # type: ignore[misc]
    """Of connections whose `proxy_url` names a gate: kafka-python's way of having sockets of one's own."""

    SCHEMES = (SCHEME,)

    def __init__(self, proxy_url: str) -> None:
        self._gate = _gates[proxy_url.rpartition("/")[2]]

    def dns_lookup(self, host: str, port: int, raise_error: bool = False) -> list[AddressInfo]:
        return self._gate.lookup(host, port)


class KafkaBroker:
    """Implements `alarms.sinks.brokers.Broker`."""

    def __init__(self, producer: KafkaProducer, gate: Gate) -> None:
        self._producer, self._gate = producer, gate

    def publish(self, messages: Sequence[Message]) -> None:
        deadline = time.monotonic() + PUBLISH_TIMEOUT_S
        try:
            sent = [self._producer.send(message.topic, message.body, key=message.key.encode()) for message in messages]
            for each in sent:
                each.get(timeout=max(0.01, deadline - time.monotonic()))
        except KafkaError as error:
            raise SinkFailed(self._gate.refusal or f"The cluster does not take a record: {_said(error)}.") from error


@contextmanager
def connected_kafka(settings: KafkaSettings, secrets: SinkSecrets) -> Iterator[KafkaBroker]:
    """Raises SinkFailed."""
    token, gate = token_hex(8), Gate(settings.tls)
    _gates[token] = gate
    try:
        producer = _producer(settings, secrets, f"{SCHEME}://{token}", gate)
        try:
            yield KafkaBroker(producer, gate)
        finally:
            producer.close(timeout=CLOSE_TIMEOUT_S)
    finally:
        del _gates[token]


def _producer(settings: KafkaSettings, secrets: SinkSecrets, gate_url: str, gate: Gate) -> KafkaProducer:
    signed_in = settings.sasl != "none"
    timeout_ms = round(CONNECT_TIMEOUT_S * 1000)
    options: dict[str, Any] = {
        "bootstrap_servers": settings.servers,
        "client_id": "plantrace",
        "security_protocol": ("SASL_" if signed_in else "") + ("SSL" if settings.tls else "PLAINTEXT"),
        "proxy_url": gate_url,
        "acks": "all",
        "enable_idempotence": True,
        "bootstrap_timeout_ms": timeout_ms,
        "request_timeout_ms": timeout_ms,
        "max_block_ms": timeout_ms,
        "delivery_timeout_ms": round(PUBLISH_TIMEOUT_S * 1000),
        "metrics_enabled": False,
        "receive_message_max_bytes": MAX_RECEIVED,
    }
    if signed_in:
        options |= {"sasl_mechanism": settings.sasl.upper(), "sasl_plain_username": settings.username}
        options["sasl_plain_password"] = secrets.password
    if settings.tls:
        options["ssl_context"] = tls_context(settings, secrets.key)
    try:
        return KafkaProducer(**options)
    except (KafkaError, OSError, ValueError) as error:
        raise SinkFailed(gate.refusal or f"No connection to the cluster: {_said(error)}.") from error


def _said(error: Exception) -> str:
    return (str(error) or type(error).__name__).rstrip(".")
