"""Channels, routes and shift plans in the document database."""

from __future__ import annotations

from collections.abc import Collection as Ids
from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec

from alarms.notification import checks, route_order
from alarms.notification.channels import (
    MAX_CHANNELS,
    AppriseSettings,
    AppriseTo,
    ChannelContent,
    Destination,
    EmailSettings,
    EmailTo,
    PushSettings,
    SlackSettings,
    SlackTo,
    StoredChannel,
    TeamsSettings,
    TeamsTo,
    WebhookSettings,
    WebhookTo,
    public,
)
from alarms.notification.checks import invalid
from alarms.notification.models import (
    MAX_PLANS,
    PlanContent,
    Route,
    RouteContent,
    RouteRevision,
    ShiftPlan,
)
from alarms.notification.route_order import ROUTES, Move
from alarms.notification.seams import members, secrets
from alarms.rules.settings import RULES
from catalog.snapshot import snapshot_of
from kernel.errors import Conflict
from kernel.ids import NOTIFICATION_CHANNEL, SHIFT_PLAN
from kernel.tenancy import TenantConnection
from kernel.times import DAY
from web.collection import Collection
from web.stores import documents

CHANNELS: Collection[StoredChannel] = Collection(
    "notification_channels", NOTIFICATION_CHANNEL, StoredChannel, "notification channel", MAX_CHANNELS, ("name",)
)
PLANS: Collection[ShiftPlan] = Collection("shift_plans", SHIFT_PLAN, ShiftPlan, "shift plan", MAX_PLANS, ("name",))
T = TypeVar("T", Route, ShiftPlan)
SCOPE = "notification"  # of the lock under which references between them are checked
MAX_OVERLAP = 30 * DAY  # of two secrets of a webhook
SEPARATOR = "\0"


def channels(tenant: TenantConnection) -> list[StoredChannel]:
    """By name."""
    return sorted(CHANNELS.find(tenant), key=lambda each: (each.name.casefold(), each.id))


def routes(tenant: TenantConnection) -> list[Route]:
    """In the order in which they are looked at."""
    return sorted(route_order.find(tenant), key=lambda each: (each.order, each.id))


def plans(tenant: TenantConnection) -> list[ShiftPlan]:
    """By name."""
    return sorted(PLANS.find(tenant), key=lambda each: (each.name.casefold(), each.id))


def put_channel(
    tenant: TenantConnection, id: str | None, content: ChannelContent, revision: int | None, *, author: str, now: int
) -> StoredChannel:
    """A new one (`id` None), or a change. Raises BadRequest, NotFound, Conflict (too many; another revision)."""
    checks.check_settings(content.settings)
    head = {"name": checks.checked_name(content.name), "enabled": content.enabled}
    by = {"changed": now, "changed_by": author}
    if id is None:
        stored = {**head, **_stored(content, None, now), **by, "created": now, "created_by": author}
        return CHANNELS.insert(tenant, lambda _: stored)
    return CHANNELS.change(tenant, id, revision, lambda before: {**head, **_stored(content, before, now), **by}, public)


def put_route(
    tenant: TenantConnection, id: str | None, content: RouteContent, revision: int | None, *, author: str, now: int
) -> Route:
    """As `put_channel`. What it names must exist."""
    checks.check_route(content)
    rules = {document["_id"] for document in documents(tenant).get_many(RULES, content.match.rules)}
    match = checks.checked_match(content.match, snapshot_of(tenant), rules.__contains__)
    _check_people(tenant, checks.used_people(content))
    with documents(tenant).exclusive(SCOPE):
        kinds = {each.id: each.kind for each in CHANNELS.find(tenant)}
        checks.check_known(checks.used_channels(content), kinds.__contains__, "channel")
        checks.check_reached(content, kinds)
        known = {each.id for each in PLANS.find(tenant)}
        checks.check_known(checks.used_plans(content), known.__contains__, "shift plan")
        fields = {name: getattr(content, name) for name in RouteContent.__struct_fields__}
        stored = _plain({**fields, "name": checks.checked_name(content.name), "match": match})
        with documents(tenant).exclusive(ROUTES.name):
            route_order.finish(tenant)
            return _put(tenant, ROUTES, id, stored, revision, author, now)


def put_order(tenant: TenantConnection, order: Sequence[RouteRevision], *, author: str, now: int) -> list[Route]:
    """All routes in the order in which they are to be looked at: all get their place, or none. Raises BadRequest,
    NotFound, Conflict (another revision; there are others by now).
    """
    revisions = {each.id: each.revision for each in order}
    if len(revisions) < len(order):
        raise checks.invalid("routes", "A route is listed twice.")
    places = {id: (place + 1) * 10 for place, id in enumerate(revisions)}
    with documents(tenant).exclusive(ROUTES.name):
        route_order.finish(tenant)
        there = {each.id: each for each in ROUTES.find(tenant)}
        for id, revision in revisions.items():
            if id not in there:
                raise ROUTES.missing(id)
            if there[id].revision != revision:
                raise Conflict(f"Route “{there[id].name}” was changed in the meantime.", slug="stale-revision")
        if len(there) > len(revisions):
            raise Conflict("There are more routes by now: read them again.", slug="stale-revision")
        moved = {id: revision for id, revision in revisions.items() if there[id].order != places[id]}
        moves = {id: Move(revision, places[id]) for id, revision in moved.items()}
        route_order.move(tenant, moves, author=author, now=now)
        return routes(tenant)


def put_plan(
    tenant: TenantConnection, id: str | None, content: PlanContent, revision: int | None, *, author: str, now: int
) -> ShiftPlan:
    """As `put_channel`."""
    checks.check_plan(content)
    _check_people(tenant, checks.people_of_plan(content))
    fields = {name: getattr(content, name) for name in PlanContent.__struct_fields__}
    stored = _plain({**fields, "name": checks.checked_name(content.name)})
    return _put(tenant, PLANS, id, stored, revision, author, now)


def delete_channel(tenant: TenantConnection, id: str, revision: int | None) -> StoredChannel:
    """Raises NotFound, Conflict (another revision; a route names it)."""

    def allow(gone: StoredChannel) -> None:
        using = [each.name for each in routes(tenant) if any(gone.id in step.channels for step in each.steps)]
        _check_unused("channel", using)

    with documents(tenant).exclusive(SCOPE):
        return CHANNELS.delete(tenant, id, revision, allow, public)


def delete_plan(tenant: TenantConnection, id: str, revision: int | None) -> ShiftPlan:
    """As `delete_channel`."""

    def allow(gone: ShiftPlan) -> None:
        _check_unused("shift plan", [each.name for each in routes(tenant) if _uses(each, gone.id)])

    with documents(tenant).exclusive(SCOPE):
        return PLANS.delete(tenant, id, revision, allow)


def delete_route(tenant: TenantConnection, id: str, revision: int | None) -> Route:
    """Raises NotFound, Conflict (another revision)."""
    with documents(tenant).exclusive(ROUTES.name):
        route_order.finish(tenant)
        return ROUTES.delete(tenant, id, revision)


def destinations(channel: StoredChannel) -> list[tuple[str, Destination]]:
    """With the recipient's name; of a push channel none, as it is to people. Raises Unavailable if no key decrypts the
    channel's secret.
    """
    if channel.kind == "email":
        return [(address, EmailTo(address)) for address in channel.addresses]
    if channel.kind == "push":
        return []
    secret = secrets().decrypt(channel.encrypted).decode()
    match channel.kind:
        case "webhook":
            present, _, old = secret.partition(SEPARATOR)
            return [(channel.name, WebhookTo(channel.url, present, old, channel.old_secret_until or 0))]
        case "slack":
            return [(channel.name, SlackTo(secret))]
        case "teams":
            return [(channel.name, TeamsTo(secret))]
        case "apprise":
            return [(channel.name, AppriseTo(secret))]


def _stored(content: ChannelContent, before: StoredChannel | None, now: int) -> dict[str, Any]:
    settings = content.settings
    kind = settings.__struct_config__.tag
    if before is not None and before.kind != kind:
        raise invalid("settings.kind", f"The kind of a channel stays {before.kind}; create another channel instead.")
    fields: dict[str, Any] = {"kind": kind, "addresses": [], "url": "", "host": "", "encrypted": ""}
    fields["old_secret_until"] = None
    match settings:
        case EmailSettings(addresses):
            return {**fields, "addresses": addresses}
        case PushSettings():
            return fields
        case WebhookSettings(url):
            _check_web(url)
            return {**fields, "url": url, **_webhook_secrets(settings, before, now)}
        case SlackSettings(url) | TeamsSettings(url):
            host = _check_web(url) if url is not None else before.host if before else ""
            return {**fields, "host": host, "encrypted": _encrypted(url, before, "settings.url")}
        case AppriseSettings(url):
            scheme = checks.split_url(url)[0] if url is not None else before.host if before else ""
            if url is not None and not scheme:
                raise invalid("settings.url", "An Apprise URL begins with its scheme.")
            return {**fields, "host": scheme, "encrypted": _encrypted(url, before, "settings.url")}


def _check_web(url: str) -> str:
    """Its host."""
    scheme, host = checks.split_url(url)
    if scheme not in ("https", "http") or not host:
        raise invalid("settings.url", "This is no web address, such as https://example.com/alarms.")
    if "@" in url.split("://", 1)[1].split("/", 1)[0]:
        raise invalid("settings.url", "A URL must not contain a user name or a password.")
    return host


def _webhook_secrets(settings: WebhookSettings, before: StoredChannel | None, now: int) -> dict[str, Any]:
    """The present secret, and the previous one while it is valid."""
    until, given = settings.old_secret_until, settings.secret
    if until is not None and until > now + MAX_OVERLAP:
        raise invalid("settings.old_secret_until", "A previous secret is valid for 30 days at most.")
    if given is not None and SEPARATOR in given:
        raise invalid("settings.secret", "A secret has no null characters.")
    present, _, old = secrets().decrypt(before.encrypted).decode().partition(SEPARATOR) if before else ("", "", "")
    if given is not None and given != present:
        present, old = given, present
    elif until is None and before is not None:
        until = before.old_secret_until
    if not present:
        raise invalid("settings.secret", "A new channel needs this.")
    valid = until is not None and until > now
    if valid and not old:
        raise invalid("settings.old_secret_until", "There is no previous secret.")
    both = f"{present}{SEPARATOR}{old}" if valid else present
    return {"encrypted": secrets().encrypt(both.encode()), "old_secret_until": until if valid else None}


def _encrypted(secret: str | None, before: StoredChannel | None, field: str) -> str:
    if secret is not None:
        return secrets().encrypt(secret.encode())
    if before is None or not before.encrypted:
        raise invalid(field, "A new channel needs this.")
    return before.encrypted


def _check_people(tenant: TenantConnection, used: list[tuple[str, str]]) -> None:
    ids: Ids[str] = {id for _, id in used}
    known = members().contacts(tenant, ids) if ids else {}
    checks.check_known(used, known.__contains__, "active member")


def _put(
    tenant: TenantConnection,
    collection: Collection[T],
    id: str | None,
    stored: dict[str, Any],
    revision: int | None,
    author: str,
    now: int,
) -> T:
    by = {"changed": now, "changed_by": author}
    if id is None:
        return collection.insert(tenant, lambda _: {**stored, **by, "created": now, "created_by": author})
    return collection.change(tenant, id, revision, lambda _: {**stored, **by})


def _plain(fields: dict[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(fields)
    return plain


def _uses(route: Route, plan: str) -> bool:
    return any(id == plan for _, id in checks.used_plans(route))


def _check_unused(noun: str, using: list[str]) -> None:
    if using:
        raise Conflict(f"The route “{using[0]}” uses this {noun}: take it out there first.", slug="in-use")
