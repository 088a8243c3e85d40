"""Channels: how people and other systems are told. Secrets are taken, never returned."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from catalog.bounds import MAX_NAME
from catalog.models import Id, Revision

MAX_CHANNELS = 200  # of a tenant
MAX_ADDRESSES = 50  # of a channel
MAX_ADDRESS = 254
MAX_URL = 2_048
MIN_SECRET, MAX_SECRET = 16, 200

Kind = Literal["email", "webhook", "slack", "teams", "apprise", "push"]
KINDS: tuple[str, ...] = Kind.__args__  # type: ignore[attr-defined]
Name = Annotated[str, Meta(min_length=1, max_length=MAX_NAME)]
Address = Annotated[str, Meta(min_length=3, max_length=MAX_ADDRESS)]
Url = Annotated[str, Meta(min_length=8, max_length=MAX_URL)]
SecretUrl = Annotated[Url | None, Meta(description="Never returned. Omit it to keep the present one")]
GivenRevision = Annotated[
    Annotated[int, Meta(ge=1, le=2**63 - 1)] | None,
    Meta(description="The revision it was made from; or send If-Match"),
]


class EmailSettings(Struct, frozen=True, forbid_unknown_fields=True, tag="email", tag_field="kind"):
    """One message to each address."""

    addresses: Annotated[list[Address], Meta(min_length=1, max_length=MAX_ADDRESSES)]


class WebhookSettings(Struct, frozen=True, forbid_unknown_fields=True, tag="webhook", tag_field="kind"):
    """A POST of JSON, signed with the secret."""

    url: Url
    secret: Annotated[
        Annotated[str, Meta(min_length=MIN_SECRET, max_length=MAX_SECRET)] | None,
        Meta(description="Never returned. Omit it to keep the present one"),
    ] = None
    old_secret_until: Annotated[
        Annotated[int, Meta(ge=1, le=2**53)] | None,
        Meta(
            description="Until when messages are signed with the previous secret, too, epoch ms; at most 30 days. Omit "
            "it to end that with a new secret, and to keep what there is without one; a past moment ends it"
        ),
    ] = None


class SlackSettings(Struct, frozen=True, forbid_unknown_fields=True, tag="slack", tag_field="kind"):
    """An incoming webhook of Slack."""

    url: SecretUrl = None


class TeamsSettings(Struct, frozen=True, forbid_unknown_fields=True, tag="teams", tag_field="kind"):
    """The URL of a Teams workflow that posts adaptive cards."""

    url: SecretUrl = None


class AppriseSettings(Struct, frozen=True, forbid_unknown_fields=True, tag="apprise", tag_field="kind"):
    """A service that Apprise knows, such as SMS, by its URL."""

    url: SecretUrl = None


class PushSettings(Struct, frozen=True, forbid_unknown_fields=True, tag="push", tag_field="kind"):
    """To the browsers of the people that a step names."""


ChannelSettings = EmailSettings | WebhookSettings | SlackSettings | TeamsSettings | AppriseSettings | PushSettings


class ChannelContent(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    name: Name
    enabled: bool = True
    settings: ChannelSettings


class ChannelChange(ChannelContent, frozen=True, kw_only=True):
    revision: GivenRevision = None


class StoredChannel(Struct, frozen=True, kw_only=True):
    """`encrypted`: a webhook's secret or a secret URL, encrypted; `host`: of that URL. Of a webhook with two secrets:
    the present one, a null character and the one that is valid until `old_secret_until`.
    """

    id: str
    revision: int
    name: str
    enabled: bool
    kind: Kind
    addresses: list[str] = []
    url: str = ""
    host: str = ""
    encrypted: str = ""
    old_secret_until: int | None = None
    created: int
    created_by: str
    changed: int
    changed_by: str


class EmailView(Struct, frozen=True, tag="email", tag_field="kind"):
    addresses: list[str]


class WebhookView(Struct, frozen=True, tag="webhook", tag_field="kind"):
    url: str
    secret_set: bool
    old_secret_until: Annotated[
        int | None, Meta(description="Until when messages are signed with the previous secret, too, epoch ms")
    ] = None


class SlackView(Struct, frozen=True, tag="slack", tag_field="kind"):
    host: Annotated[str, Meta(description="Of the URL, whose rest is secret")]
    secret_set: bool


class TeamsView(Struct, frozen=True, tag="teams", tag_field="kind"):
    host: Annotated[str, Meta(description="Of the URL, whose rest is secret")]
    secret_set: bool


class AppriseView(Struct, frozen=True, tag="apprise", tag_field="kind"):
    scheme: Annotated[str, Meta(description="Of the URL, whose rest is secret")]
    secret_set: bool


class PushView(Struct, frozen=True, tag="push", tag_field="kind"):
    pass


SettingsView = EmailView | WebhookView | SlackView | TeamsView | AppriseView | PushView


class Channel(Struct, frozen=True, kw_only=True):
    """As the API returns it. Times in epoch ms."""

    id: Id
    revision: Revision
    name: str
    enabled: bool
    settings: SettingsView
    created: int
    created_by: str
    changed: int
    changed_by: str


def public(stored: StoredChannel) -> Channel:
    return Channel(
        id=stored.id,
        revision=stored.revision,
        name=stored.name,
        enabled=stored.enabled,
        settings=_view(stored),
        created=stored.created,
        created_by=stored.created_by,
        changed=stored.changed,
        changed_by=stored.changed_by,
    )


def _view(stored: StoredChannel) -> SettingsView:
    has_secret = bool(stored.encrypted)
    match stored.kind:
        case "email":
            return EmailView(stored.addresses)
        case "webhook":
            return WebhookView(stored.url, has_secret, stored.old_secret_until)
        case "slack":
            return SlackView(stored.host, has_secret)
        case "teams":
            return TeamsView(stored.host, has_secret)
        case "apprise":
            return AppriseView(stored.host, has_secret)
        case "push":
            return PushView()


# What senders are given


class EmailTo(Struct, frozen=True, tag="email", tag_field="kind"):
    address: str


class WebhookTo(Struct, frozen=True, tag="webhook", tag_field="kind"):
    """`old_secret`: valid, too, until then, epoch ms."""

    url: str
    secret: str
    old_secret: str = ""
    old_secret_until: int = 0

    def secrets(self, now: int) -> list[str]:
        """Those that are valid, the present one first."""
        return [self.secret, *([self.old_secret] if self.old_secret and now < self.old_secret_until else [])]


class SlackTo(Struct, frozen=True, tag="slack", tag_field="kind"):
    url: str


class TeamsTo(Struct, frozen=True, tag="teams", tag_field="kind"):
    url: str


class AppriseTo(Struct, frozen=True, tag="apprise", tag_field="kind"):
    url: str


class PushTo(Struct, frozen=True, tag="push", tag_field="kind"):
    """A browser's subscription (RFC 8030, RFC 8291). Keys in URL-safe Base64."""

    endpoint: str
    p256dh: str
    auth: str


Destination = EmailTo | WebhookTo | SlackTo | TeamsTo | AppriseTo | PushTo
