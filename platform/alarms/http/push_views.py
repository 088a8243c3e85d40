"""One's own browsers, and the people whom routes may name, over HTTP."""

from __future__ import annotations

from collections import Counter

from django.http import HttpRequest, HttpResponse

from alarms.http.notification_models import NotifiedPerson
from alarms.http.notification_openapi import BASE
from alarms.notification import subscriptions
from alarms.notification.channels import PushTo
from alarms.notification.seams import members
from alarms.notification.senders.browser import application_server_key, check_subscription
from alarms.notification.subscriptions import SUBSCRIPTIONS, SubscriptionContent
from kernel.errors import BadRequest, Forbidden
from web.audit import audit
from web.bodies import takes
from web.caller import caller_of, tenant_of
from web.clock import now_ms
from web.paging import page_of
from web.requires import requires
from web.respond import json_response, no_content, read_json
from web.views import delete, get, methods

MAX_BODY = 16 << 10
SIGNED_IN = "account"  # the scope of people who are signed in


@get
@requires("read", "engineer")
def people(request: HttpRequest) -> HttpResponse:
    """`GET /api/v1/notification/people`"""
    tenant = tenant_of(request)
    browsers = Counter(head["user"] for head in SUBSCRIPTIONS.heads(tenant))
    found = [
        NotifiedPerson(
            id=each.id,
            username=each.username,
            name=each.name,
            has_email=bool(each.email),
            browsers=browsers[each.user_id],
        )
        for each in members().everybody(tenant)
    ]
    found.sort(key=_place)
    return json_response(page_of(request, found, _place))


def _place(person: NotifiedPerson) -> str:
    return f"{person.username}\x1f{person.id}"


@requires("read", "viewer")
def _list(request: HttpRequest) -> HttpResponse:
    found = subscriptions.of_people(tenant_of(request), [caller_of(request).user_id])
    found.sort(key=lambda each: (each.created, each.id))
    page = page_of(request, found, lambda each: f"{each.created:015d} {each.id}", subscriptions.public)
    return json_response({**page, "key": application_server_key() or None})


@takes(MAX_BODY)
@requires("read", "viewer")
def _subscribe(request: HttpRequest) -> HttpResponse:
    _require_person(request)
    content = read_json(request, SubscriptionContent)
    try:
        check_subscription(PushTo(content.endpoint, content.keys.p256dh, content.keys.auth))
    except ValueError as error:
        raise BadRequest(f"This is no push subscription of a browser: {error}", slug="bad-push-subscription") from None
    made = subscriptions.subscribe(tenant_of(request), caller_of(request).user_id, content, now_ms())
    audit(request, "push-subscription.create", made.id, {"browser": made.browser})
    return json_response(subscriptions.public(made), 201, f"{BASE}/push-subscriptions/{made.id}")


@delete
@requires("read", "viewer")
def subscription(request: HttpRequest, id: str) -> HttpResponse:
    """`DELETE /api/v1/notification/push-subscriptions/{id}`"""
    tenant, user = tenant_of(request), caller_of(request).user_id
    if id not in {each.id for each in subscriptions.of_people(tenant, [user])}:
        raise SUBSCRIPTIONS.missing(id)
    _require_person(request)
    subscriptions.unsubscribe(tenant, user, id)
    audit(request, "push-subscription.delete", id)
    return no_content()


def _require_person(request: HttpRequest) -> None:
    """Viewers, too: it is their own browser."""
    if SIGNED_IN not in caller_of(request).scopes:
        raise Forbidden("Sign in for this: a token has no browser.")


own_subscriptions = methods(GET=_list, POST=_subscribe)
