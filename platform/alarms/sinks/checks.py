"""What is checked of sinks before they are stored, and which secrets are."""

from __future__ import annotations

import re
import ssl
from typing import Any

import msgspec
from msgspec.structs import replace

from alarms.notification.seams import secrets
from alarms.sinks.certificates import CertificateInvalid, check_pair
from alarms.sinks.models import KafkaSettings, MqttSettings, SinkContent, SinkSecrets, SinkSettings, StoredSink
from alarms.sinks.servers import is_host, parse_server
from alarms.sinks.topics import topic_error
from kernel.errors import BadRequest
from kernel.text import CONTROL
from web.outbound.networks import parse_address
from web.outbound.sockets import permitted
from web.outbound.target import TargetRefused

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def check(content: SinkContent) -> None:
    """What the types do not say. Raises BadRequest."""
    name, settings = content.name, content.settings
    if CONTROL.search(name) or not name.strip():
        raise _invalid("name", "A name is one line of text.")
    if error := topic_error(settings):
        raise _invalid("settings.topic", error)
    for field in ("username", "password"):
        if _CONTROL.search(getattr(settings, field) or ""):
            raise _invalid(f"settings.{field}", "It contains control characters.")
    if settings.ca:
        _check_ca(settings.ca, settings.tls)
    if isinstance(settings, MqttSettings):
        if not is_host(settings.host):
            raise _invalid("settings.host", "This is no host name or IP address, such as mqtt.example.com.")
        _check_address("settings.host", settings.host, settings.tls)
    else:
        _check_kafka(settings)


def _check_kafka(settings: KafkaSettings) -> None:
    for place, server in enumerate(settings.servers):
        field = f"settings.servers[{place}]"
        try:
            host, _ = parse_server(server)
        except ValueError as error:
            raise _invalid(field, str(error)) from None
        _check_address(field, host, settings.tls)
    if settings.sasl != "none" and not settings.username:
        raise _invalid("settings.username", "Signing in needs a user name.")
    if settings.sasl == "plain" and not settings.tls:
        raise _invalid("settings.sasl", "With “plain” the password is sent as it is, so it needs TLS.")


def _check_address(field: str, host: str, tls: bool) -> None:
    """An address is refused at once; a name when it is resolved."""
    try:
        parse_address(host)
    except ValueError:
        return
    try:
        permitted(host, [host], tls)
    except TargetRefused as refused:
        raise _invalid(field, str(refused)) from None


def _check_ca(ca: str, tls: bool) -> None:
    if not tls:
        raise _invalid("settings.ca", "Without TLS there is no authority.")
    try:
        found = ssl.create_default_context(cadata=ca).get_ca_certs()
    except (ssl.SSLError, ValueError):
        found = []
    if not found:
        raise _invalid("settings.ca", "There is no certificate of an authority (PEM) in it.")


def without_secrets(settings: SinkSettings) -> SinkSettings:
    return replace(settings, password=None, key=None)


def secrets_of(sink: StoredSink) -> SinkSecrets:
    """Raises Unavailable if none of the installation's keys fits."""
    if not sink.encrypted:
        return SinkSecrets()
    return msgspec.json.decode(secrets().decrypt(sink.encrypted), type=SinkSecrets)


def secrets_to_store(content: SinkContent, before: StoredSink | None) -> SinkSecrets:
    """What is not given stays; not a password that would go to another broker or user. Raises BadRequest."""
    stored, settings = secrets_of(before) if before else SinkSecrets(), content.settings
    password = settings.password
    if password is None:
        password = stored.password
        if password and before and _receiver(content) != _receiver(before):
            raise _invalid("settings.password", "The broker or its user is another one: enter the password again.")
    if not settings.certificate:
        return SinkSecrets(password=password)
    return SinkSecrets(password=password, key=stored.key if settings.key is None else settings.key)


def check_certificate(settings: SinkSettings, key: str) -> int | None:
    """Until when the client's certificate is valid, epoch ms; None: there is none. Raises BadRequest."""
    if not settings.certificate:
        if settings.key:
            raise _invalid("settings.certificate", "The key needs its certificate.")
        return None
    if not settings.tls:
        raise _invalid("settings.certificate", "Without TLS no certificate is shown.")
    if not key:
        raise _invalid("settings.key", "The certificate needs its private key.")
    try:
        return check_pair(settings.certificate, key)
    except CertificateInvalid as invalid:
        raise _invalid(f"settings.{invalid.field}", str(invalid)) from None


def _receiver(sink: SinkContent | StoredSink) -> tuple[Any, ...]:
    """Who gets the password."""
    settings = sink.settings
    where = (settings.host, settings.port) if isinstance(settings, MqttSettings) else (*settings.servers, settings.sasl)
    return (type(settings), where, settings.tls, settings.ca, settings.username)


def _invalid(field: str, message: str) -> BadRequest:
    return BadRequest(message, slug="invalid-body", errors=[{"field": field, "message": message}])
