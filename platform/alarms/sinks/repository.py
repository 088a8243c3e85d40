"""Sinks in the document database. Those that are enabled are enrolled for the feed in Redis."""

from __future__ import annotations

import re
import ssl
from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from alarms.notification.seams import secrets
from alarms.sinks.models import (
    MAX_SINKS,
    KafkaSettings,
    MqttSettings,
    Sink,
    SinkContent,
    SinkProgress,
    SinkState,
    StoredSink,
    public,
)
from alarms.sinks.servers import is_host, parse_server
from alarms.sinks.topics import topic_error
from kernel.errors import BadRequest, Conflict
from kernel.ids import ALARM_SINK
from kernel.tenancy import TenantConnection
from kernel.text import CONTROL
from web.collection import Collection, Content, Head
from web.outbound.networks import parse_address
from web.outbound.sockets import permitted
from web.outbound.target import TargetRefused
from web.stores import alarm_feed, documents

SINKS: Collection[StoredSink] = Collection("alarm_sinks", ALARM_SINK, StoredSink, "alarm sink", MAX_SINKS, ("name",))
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_progress = msgspec.json.Decoder(SinkProgress)


def find(tenant: TenantConnection) -> list[Sink]:
    """By name."""
    return sorted((_public(tenant, SINKS.find(tenant))), key=place_of)


def place_of(sink: Sink) -> str:
    return f"{sink.name.casefold()}\x1f{sink.id}"


def get(tenant: TenantConnection, id: str) -> Sink:
    """Raises NotFound."""
    [found] = _public(tenant, [SINKS.get(tenant, id)])
    return found


def put(
    tenant: TenantConnection, id: str | None, content: SinkContent, revision: int | None, *, author: str, now: int
) -> Sink:
    """A new one (`id` None), or a change. Raises BadRequest, NotFound, Conflict (the name is taken; too many; another
    revision, with the sink as `current`).
    """
    check(content)
    name = " ".join(content.name.split())
    by: dict[str, Any] = {"changed": now, "changed_by": author}

    def content_of(before: StoredSink | None) -> Content:
        plain = msgspec.to_builtins(replace(content.settings, password=None))
        return {
            **by,
            "name": name,
            "enabled": content.enabled,
            "settings": plain,
            "encrypted": _secret(content, before),
        }

    def made(there: Sequence[Head]) -> Content:
        _check_name(name, there)
        return {**content_of(None), "created": now, "created_by": author}

    def changed(before: StoredSink) -> Content:
        _check_name(name, [head for head in SINKS.heads(tenant) if head["_id"] != before.id])
        return content_of(before)

    def shown(current: StoredSink) -> Sink:
        return _public(tenant, [current])[0]

    with documents(tenant).exclusive(SINKS.name):
        stored = SINKS.insert(tenant, made) if id is None else SINKS.change(tenant, id, revision, changed, shown)
        enroll(tenant)
    return shown(stored)


def delete(tenant: TenantConnection, id: str, revision: int | None) -> StoredSink:
    """Raises NotFound, Conflict (another revision)."""
    with documents(tenant).exclusive(SINKS.name):
        gone = SINKS.delete(tenant, id, revision, shown=lambda current: _public(tenant, [current])[0])
        enroll(tenant)
    return gone


def enroll(tenant: TenantConnection) -> None:
    """Have the feed for those that are enabled. Can be repeated."""
    with documents(tenant).exclusive(SINKS.name):
        alarm_feed().enroll(tenant.prefix, [each.id for each in SINKS.find(tenant) if each.enabled])


def password_of(sink: StoredSink) -> str:
    """Raises Unavailable if none of the installation's keys fits."""
    return secrets().decrypt(sink.encrypted).decode() if sink.encrypted else ""


def progress_of(payload: bytes | None) -> SinkProgress:
    """As noted in Redis, where a tenant's pods may write anything."""
    try:
        return _progress.decode(payload) if payload else SinkProgress()
    except msgspec.MsgspecError:
        return SinkProgress()


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


def _check_name(name: str, others: Sequence[Head]) -> None:
    if any(other["name"].casefold() == name.casefold() for other in others):
        raise Conflict(f"There is an alarm sink “{name}” already.", slug="name-taken")


def _secret(content: SinkContent, before: StoredSink | None) -> str:
    """The password encrypted; one that is not given stays, unless it would go to another broker or user."""
    password = content.settings.password
    if password is not None:
        return secrets().encrypt(password.encode()) if password else ""
    if before is None or not before.encrypted:
        return ""
    if _receiver(content) != _receiver(before):
        raise _invalid("settings.password", "The broker or its user is another one: enter the password again.")
    return before.encrypted


def _receiver(sink: SinkContent | StoredSink) -> tuple[Any, ...]:
    """Who gets the password."""
    settings = sink.settings
    where = (settings.host, settings.port) if isinstance(settings, MqttSettings) else (*settings.servers, settings.sasl)
    return (type(settings), where, settings.tls, settings.ca, settings.username)


def _public(tenant: TenantConnection, stored: Sequence[StoredSink]) -> list[Sink]:
    if not stored:
        return []
    states, waiting = alarm_feed().states(tenant.prefix), alarm_feed().backlog(tenant.prefix)
    return [public(each, _state(states.get(each.id), waiting.get(each.id, 0))) for each in stored]


def _state(payload: bytes | None, waiting: int) -> SinkState:
    done = progress_of(payload)
    return SinkState(**{name: getattr(done, name) for name in done.__struct_fields__}, waiting=waiting)


def _invalid(field: str, message: str) -> BadRequest:
    return BadRequest(message, slug="invalid-body", errors=[{"field": field, "message": message}])
