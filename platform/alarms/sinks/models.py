"""Sinks as the API takes and returns them, and as they are stored. Times in epoch ms."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from alarms.journal.models import JournalTransition
from catalog.bounds import MAX_NAME
from catalog.models import Id, Revision

MAX_SINKS = 50  # of a tenant
MAX_SERVERS, MAX_SERVER, MAX_HOST = 10, 260, 253
MAX_SECRET, MAX_CA, MAX_KEY, MAX_TOPIC = 500, 65_536, 8_192, 300
MQTT_TOPIC, KAFKA_TOPIC = "plantrace/{tenant}/alarms/{site}/{key}", "plantrace.{tenant}.alarms"
KAFKA_PLACEHOLDERS = ("tenant", "site", "priority")  # few topics
MQTT_PLACEHOLDERS = (*KAFKA_PLACEHOLDERS, "what", "key", "rule", "tag", "asset")

Name = Annotated[str, Meta(min_length=1, max_length=MAX_NAME)]
Port = Annotated[int, Meta(ge=1, le=65_535)]
Ca = Annotated[
    Annotated[str, Meta(max_length=MAX_CA)] | None,
    Meta(description="Certificates (PEM) of the authority that signed the broker's; null: a public one did"),
]
User = Annotated[str, Meta(max_length=MAX_SECRET, description="Empty: the broker asks for none")]
Password = Annotated[
    Annotated[str, Meta(max_length=MAX_SECRET)] | None,
    Meta(description="Never returned. Omit it, or send null, to keep the present one"),
]
Certificate = Annotated[
    Annotated[str, Meta(max_length=MAX_CA)] | None,
    Meta(description="The client's certificate (PEM) and those of its chain, if the broker asks for one"),
]
Key = Annotated[
    Annotated[str, Meta(max_length=MAX_KEY)] | None,
    Meta(description="Of the certificate (PEM). Never returned. Omit it, or send null, to keep the present one"),
]
Sasl = Literal["none", "plain", "scram-sha-256", "scram-sha-512"]
_MQTT = f"Topic of a message, in which {', '.join(f'`{{{each}}}`' for each in MQTT_PLACEHOLDERS)} are replaced"
_KAFKA = f"Topic of a message, in which {', '.join(f'`{{{each}}}`' for each in KAFKA_PLACEHOLDERS)} are replaced"


class MqttSettings(Struct, frozen=True, forbid_unknown_fields=True, tag="mqtt", tag_field="kind", kw_only=True):
    """A broker that speaks MQTT 5. Messages have quality of service 1."""

    host: Annotated[str, Meta(min_length=1, max_length=MAX_HOST)]
    port: Port = 8883
    tls: bool = True
    ca: Ca = None
    certificate: Certificate = None
    key: Key = None
    username: User = ""
    password: Password = None
    topic: Annotated[str, Meta(min_length=1, max_length=MAX_TOPIC, description=_MQTT)] = MQTT_TOPIC
    retain: Annotated[bool, Meta(description="The broker keeps the last message of each topic")] = False


class KafkaSettings(Struct, frozen=True, forbid_unknown_fields=True, tag="kafka", tag_field="kind", kw_only=True):
    """A cluster that speaks Kafka's protocol. A record's key is the alarm's, so an alarm's records keep their order."""

    servers: Annotated[
        list[Annotated[str, Meta(min_length=3, max_length=MAX_SERVER)]],
        Meta(min_length=1, max_length=MAX_SERVERS, description="`host:port` of some of its brokers"),
    ]
    tls: bool = True
    ca: Ca = None
    certificate: Certificate = None
    key: Key = None
    sasl: Annotated[Sasl, Meta(description="How it is signed in")] = "none"
    username: User = ""
    password: Password = None
    topic: Annotated[str, Meta(min_length=1, max_length=MAX_TOPIC, description=_KAFKA)] = KAFKA_TOPIC


SinkSettings = MqttSettings | KafkaSettings


class SinkContent(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    name: Name
    enabled: bool = True
    settings: SinkSettings


class SinkChange(SinkContent, frozen=True, kw_only=True):
    revision: Annotated[
        Annotated[int, Meta(ge=1, le=2**63 - 1)] | None,
        Meta(description="The revision it was made from; or send If-Match"),
    ] = None


class SinkSecrets(Struct, frozen=True, omit_defaults=True):
    """What is encrypted, as JSON. `key`: of the client's certificate, PEM."""

    password: str = ""
    key: str = ""


class StoredSink(Struct, frozen=True, kw_only=True):
    """`settings`: without secrets, which are `encrypted`; empty: there is none."""

    id: str
    revision: int
    name: str
    enabled: bool
    settings: SinkSettings
    encrypted: str = ""
    password_set: bool = False
    certificate_ends: int | None = None
    created: int
    created_by: str
    changed: int
    changed_by: str


class SinkProgress(Struct, frozen=True, kw_only=True):
    """`published`: since it is enabled; `lost`: that were never published, as the journal did not keep them as long."""

    state: Literal["idle", "ok", "failing"] = "idle"
    detail: Annotated[str, Meta(description="Why it fails, or failed when it did last")] = ""
    last_failed: int | None = None
    since: Annotated[int | None, Meta(description="Since when it is in that state")] = None
    published: int = 0
    last_published: int | None = None
    lost: int = 0


class SinkState(SinkProgress, frozen=True, kw_only=True):
    waiting: Annotated[int, Meta(description="Transitions that are not published yet")] = 0


class MqttView(Struct, frozen=True, tag="mqtt", tag_field="kind", kw_only=True):
    """`certificate_ends`: when the client's certificate is not valid any more, epoch ms."""

    host: str
    port: int
    tls: bool
    ca: str | None
    certificate: str | None
    certificate_ends: int | None
    username: str
    password_set: bool
    topic: str
    retain: bool


class KafkaView(Struct, frozen=True, tag="kafka", tag_field="kind", kw_only=True):
    """`certificate_ends`: as of `MqttView`."""

    servers: list[str]
    tls: bool
    ca: str | None
    certificate: str | None
    certificate_ends: int | None
    sasl: Sasl
    username: str
    password_set: bool
    topic: str


class Sink(Struct, frozen=True, kw_only=True):
    """As the API returns it."""

    id: Id
    revision: Revision
    name: str
    enabled: bool
    settings: MqttView | KafkaView
    progress: SinkState
    created: int
    created_by: str
    changed: int
    changed_by: str


class SinkList(Struct, frozen=True):
    """By name."""

    results: list[Sink]
    next: str | None


class SinkTest(Struct, frozen=True, kw_only=True):
    """Of a test message. `detail`: why the broker does not have it."""

    ok: bool
    topic: str
    detail: str
    took_ms: int


class AlarmEvent(JournalTransition, frozen=True, kw_only=True):
    """What is published: an entry of the journal. `schema` changes when a member is removed or gets another meaning."""

    schema: int = 1
    tenant: str
    test: bool = False


def public(stored: StoredSink, progress: SinkState) -> Sink:
    secret = ("password", "key")
    fields: dict[str, Any] = {
        name: getattr(stored.settings, name) for name in stored.settings.__struct_fields__ if name not in secret
    }
    fields["certificate_ends"] = stored.certificate_ends
    view: type[MqttView | KafkaView] = MqttView if isinstance(stored.settings, MqttSettings) else KafkaView
    return Sink(
        id=stored.id,
        revision=stored.revision,
        name=stored.name,
        enabled=stored.enabled,
        settings=view(**fields, password_set=stored.password_set),
        progress=progress,
        created=stored.created,
        created_by=stored.created_by,
        changed=stored.changed,
        changed_by=stored.changed_by,
    )
