"""The OpenAPI operations of notification."""

from __future__ import annotations

from typing import Any

from alarms.http.notification_models import (
    ChannelConflict,
    ChannelList,
    ChannelTest,
    DeliveryList,
    NotifiablePeople,
    Preview,
    PreviewRequest,
    PushSubscriptionList,
    RouteConflict,
    RouteList,
    ShiftPlanConflict,
    ShiftPlanList,
)
from alarms.lists.models import MAX_KEY
from alarms.notification.channels import Channel, ChannelChange, ChannelContent
from alarms.notification.models import (
    DELIVERY_STATES,
    Match,
    PlanChange,
    PlanContent,
    Route,
    RouteChange,
    RouteContent,
    RouteOrder,
    ShiftPlan,
)
from alarms.notification.subscriptions import PushSubscription, SubscriptionContent
from catalog.responses import Invalid, Problem
from web.openapi import describe, header_parameter, operation, paging, path_parameter, query_parameter
from web.openapi.structs import reference

BASE, TAG = "/api/v1/notification", "notification"
CHANNELS, ROUTES, SHIFTS = f"{BASE}/channels", f"{BASE}/routes", f"{BASE}/shifts"
_IF_MATCH = header_parameter("If-Match", "The revision in quotes, as `ETag` returned it, instead of `revision`")


def declare() -> None:
    reference(Match, in_response=False)  # before the responses: all of its members may be left out
    _declare_kept(
        CHANNELS, "notificationChannel", "channel", Channel, ChannelContent, ChannelChange, ChannelList,
        ChannelConflict, "Secrets are never returned.",
    )  # fmt: skip
    _declare_kept(
        ROUTES, "notificationRoute", "route", Route, RouteContent, RouteChange, RouteList, RouteConflict,
        "Who is notified of which alarms.",
    )  # fmt: skip
    _declare_kept(
        SHIFTS, "shiftPlan", "shift plan", ShiftPlan, PlanContent, PlanChange, ShiftPlanList, ShiftPlanConflict,
        "Who is on duty when.",
    )  # fmt: skip
    describe(f"{CHANNELS}/{{id}}/test", "post", operation(
        "notificationChannelTest", "Send a test message now", TAG, path_parameter("id", "A channel's id"),
        responses={200: ChannelTest, 404: Problem},
        description=(
            "To each of its recipients, ten at most; of a channel to browsers to those of the caller. "
            "Also while it is switched off."
        ),
    ))  # fmt: skip
    describe(f"{BASE}/people", "get", operation(
        "notificationPeople", "The members whom routes and shift plans may name", TAG, *paging(),
        responses={200: NotifiablePeople},
    ))  # fmt: skip
    describe(f"{BASE}/deliveries", "get", operation(
        "notificationDeliveries", "Messages and what became of them, newest first", TAG,
        query_parameter("state", "Only those in this state", {"type": "string", "enum": list(DELIVERY_STATES)}),
        query_parameter("channel", "Only those of this channel (its id)", {"type": "string", "minLength": 1}),
        query_parameter("key", "Only those of this alarm", {"type": "string", "minLength": 1, "maxLength": MAX_KEY}),
        *paging(), responses={200: DeliveryList},
    ))  # fmt: skip
    describe(ROUTES, "put", operation(
        "notificationRoutesOrder", "Change the order of routes", TAG, body=RouteOrder,
        responses={200: RouteList, 400: Invalid, 404: Problem, 409: Problem},
        description="All of them, or none: 409 if one was changed, or there are more by now.",
    ))  # fmt: skip
    describe(f"{BASE}/preview", "post", operation(
        "notificationPreview", "Who would be notified of an alarm, and when", TAG, body=PreviewRequest,
        responses={200: Preview, 400: Invalid, 404: Problem},
        description="By the stored routes that are switched on. Nobody is notified.",
    ))  # fmt: skip
    _declare_push()


def _declare_kept(
    path: str, name: str, noun: str, kind: Any, content: Any, change: Any, many: Any, conflict: Any, about: str
) -> None:
    id = path_parameter("id", f"A {noun}'s id")
    describe(path, "get", operation(
        f"{name}sList", f"{noun.capitalize()}s of notification", TAG, *paging(), responses={200: many},
        description=f"{about} Engineers read them, administrators change them.",
    ))  # fmt: skip
    describe(path, "post", operation(
        f"{name}Create", f"Add a {noun}", TAG, body=content,
        responses={201: kind, 400: Invalid, 409: Problem}, description="409: there are too many.",
    ))  # fmt: skip
    one = f"{path}/{{id}}"
    describe(one, "get", operation(f"{name}Read", f"A {noun}", TAG, id, responses={200: kind, 404: Problem}))
    describe(one, "put", operation(
        f"{name}Change", f"Change a {noun}", TAG, id, _IF_MATCH, body=change,
        responses={200: kind, 400: Invalid, 404: Problem, 409: conflict},
        description="409: it was changed in the meantime, and `current` is the stored version.",
    ))  # fmt: skip
    describe(one, "delete", operation(
        f"{name}Delete", f"Delete a {noun}", TAG, id, _IF_MATCH, responses={204: None, 404: Problem, 409: conflict},
        description="409: it was changed in the meantime, or a route uses it.",
    ))  # fmt: skip


def _declare_push() -> None:
    path = f"{BASE}/push-subscriptions"
    describe(path, "get", operation(
        "pushSubscriptionsList", "One's own browsers that show push messages of this tenant", TAG, *paging(),
        responses={200: PushSubscriptionList},
    ))  # fmt: skip
    describe(path, "post", operation(
        "pushSubscriptionCreate", "Show push messages of this tenant in a browser", TAG, body=SubscriptionContent,
        responses={201: PushSubscription, 409: Problem},
        description="From then on the browser is the caller's, whoever had registered it before. Can be repeated.",
    ))  # fmt: skip
    describe(f"{path}/{{id}}", "delete", operation(
        "pushSubscriptionDelete", "End push messages of this tenant in a browser", TAG,
        path_parameter("id", "A subscription's id"), responses={204: None, 404: Problem},
    ))  # fmt: skip
