"""The OpenAPI operations of sinks."""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType

from alarms.sinks.models import Sink, SinkChange, SinkContent, SinkList, SinkTest
from catalog.responses import Invalid, Problem
from web.openapi import describe, header_parameter, operation, paging, path_parameter

BASE, TAG = "/api/v1/alarm-sinks", "alarm sinks"
_ID = path_parameter("id", "A sink's id")
_IF_MATCH = header_parameter("If-Match", "The revision in quotes, as `ETag` returned it, instead of `revision`")

SinkConflict = msgspec.defstruct(
    "SinkConflict", [("current", Sink | UnsetType, UNSET)], bases=(Problem,),
    rename={"kind": "type"}, kw_only=True, module=__name__,
)  # fmt: skip


def declare() -> None:
    describe(BASE, "get", operation(
        "alarmSinksList", "Brokers to which alarms are published", TAG, *paging(), responses={200: SinkList},
    ))  # fmt: skip
    describe(BASE, "post", operation(
        "alarmSinkCreate", "Publish alarms to an MQTT broker or a Kafka cluster", TAG, body=SinkContent,
        responses={201: Sink, 400: Invalid, 409: Problem},
        description="Every transition from then on is published, at least once. 409: the name is taken, or too many.",
    ))  # fmt: skip
    one = f"{BASE}/{{id}}"
    describe(one, "get", operation("alarmSinkRead", "A sink and how it does", TAG, _ID, responses={200: Sink}))
    describe(one, "put", operation(
        "alarmSinkChange", "Change a sink", TAG, _ID, _IF_MATCH, body=SinkChange,
        responses={200: Sink, 400: Invalid, 409: SinkConflict},
        description="The password must be given again with another broker or user.",
    ))  # fmt: skip
    describe(one, "delete", operation(
        "alarmSinkDelete", "Delete a sink", TAG, _ID, _IF_MATCH, responses={204: None, 409: SinkConflict},
    ))  # fmt: skip
    describe(f"{one}/test", "post", operation(
        "alarmSinkTest", "Publish a test message", TAG, _ID, responses={200: SinkTest},
        description="It has `test: true`, and says whether the broker has it.",
    ))  # fmt: skip
