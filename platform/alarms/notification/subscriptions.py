"""Browsers in which people have turned push messages on (RFC 8030). Each belongs to one person in one tenant."""

from __future__ import annotations

import hashlib
from collections.abc import Collection as Ids
from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from alarms.notification.channels import MAX_URL, PushTo
from alarms.notification.seams import secrets
from catalog.models import Id
from kernel.errors import Conflict
from kernel.ids import PUSH_SUBSCRIPTION
from kernel.tenancy import TenantConnection
from kernel.text import plain_line
from web.collection import Collection, Head

MAX_SUBSCRIPTIONS, MAX_OF_A_PERSON = 2_000, 20
MAX_BROWSER = 100  # characters


class PushKeys(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """In URL-safe Base64, as `PushSubscription.toJSON()` of the browser has them."""

    p256dh: Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{86,88}=?$", max_length=89)]
    auth: Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{22}={0,2}$", max_length=24)]


class SubscriptionContent(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    endpoint: Annotated[str, Meta(min_length=12, max_length=MAX_URL, pattern="^https://")]
    keys: PushKeys
    browser: Annotated[str, Meta(max_length=MAX_BROWSER, description="The name by which its owner knows it")] = ""


class StoredSubscription(Struct, frozen=True, kw_only=True):
    """`encrypted`: the JSON of a PushTo; `digest`: of its endpoint."""

    id: str
    revision: int
    user: int
    browser: str
    digest: str
    encrypted: str
    created: int


class PushSubscription(Struct, frozen=True, kw_only=True):
    """As the API returns it, to its owner. Time in epoch ms."""

    id: Id
    browser: str
    digest: Annotated[str, Meta(description="SHA-256 of the endpoint, in hexadecimal: a browser finds its own by it")]
    created: int


SUBSCRIPTIONS: Collection[StoredSubscription] = Collection(
    "push_subscriptions",
    PUSH_SUBSCRIPTION,
    StoredSubscription,
    "push subscription",
    MAX_SUBSCRIPTIONS,
    ("user", "digest"),
)


def public(stored: StoredSubscription) -> PushSubscription:
    return PushSubscription(id=stored.id, browser=stored.browser, digest=stored.digest, created=stored.created)


def of_people(tenant: TenantConnection, users: Ids[int]) -> list[StoredSubscription]:
    return SUBSCRIPTIONS.find(tenant, {"user": {"$in": sorted(users)}}) if users else []


def destination(stored: StoredSubscription) -> PushTo:
    """Raises Unavailable if no key decrypts it."""
    return msgspec.json.decode(secrets().decrypt(stored.encrypted), type=PushTo)


def subscribe(tenant: TenantConnection, user: int, content: SubscriptionContent, now: int) -> StoredSubscription:
    """The browser is that person's from now on. Can be repeated. Raises Conflict (too many)."""
    to = PushTo(content.endpoint, content.keys.p256dh, content.keys.auth)
    digest = hashlib.sha256(content.endpoint.encode()).hexdigest()

    def make(there: Sequence[Head]) -> dict[str, Any]:
        if sum(head["user"] == user for head in there) >= MAX_OF_A_PERSON:
            raise Conflict(
                f"You have {MAX_OF_A_PERSON} browsers with push messages already; remove one first.",
                slug="too-many-push-subscriptions",
            )
        return {
            "user": user,
            "browser": plain_line(content.browser, MAX_BROWSER),
            "digest": digest,
            "encrypted": secrets().encrypt(msgspec.json.encode(to)),
            "created": now,
        }

    SUBSCRIPTIONS.delete_where(tenant, lambda each: each.digest == digest)
    return SUBSCRIPTIONS.insert(tenant, make)


def unsubscribe(tenant: TenantConnection, user: int, id: str) -> None:
    """NotFound, also for somebody else's."""

    def own(stored: StoredSubscription) -> None:
        if stored.user != user:
            raise SUBSCRIPTIONS.missing(id)

    SUBSCRIPTIONS.delete(tenant, id, None, own)


def forget(tenant: TenantConnection, digest: str) -> None:
    """The push service says that the browser is gone."""
    SUBSCRIPTIONS.delete_where(tenant, lambda each: each.digest == digest)


def forget_person(tenant: TenantConnection, user: int) -> None:
    """They have left the tenant."""
    SUBSCRIPTIONS.delete_where(tenant, lambda each: each.user == user)
