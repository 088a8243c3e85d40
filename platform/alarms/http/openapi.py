"""The OpenAPI operations of alarms, their journal and performance."""

from __future__ import annotations

from typing import Any

from alarms.external.models import AlertGroup, AlertsTaken
from alarms.journal.models import EVENTS, JournalPage
from alarms.lists.models import (
    MAX_KEY,
    SORTS,
    VIEWS,
    AlarmAcknowledgement,
    AlarmActionResult,
    AlarmKeys,
    AlarmList,
    AlarmNote,
    AlarmRemoval,
    AlarmShelving,
)
from alarms.performance.models import MAX_OPERATORS, AlarmPerformance, AlarmProposal, AppliedProposal
from alarms.rules.models import AlarmRule
from alarms.rules.settings import AlarmSettings, AlarmSettingsChange
from catalog.bounds import MAX_ZONE
from catalog.responses import Problem
from kernel.periods import BY
from web.openapi import TIME, describe, operation, paging, query_parameter
from web.paging import CURSOR_SCHEMA, DEFAULT_LIMIT

ALARMS, JOURNAL, TAG = "/api/v1/alarms", "/api/v1/journal", "alarms"
FORMATS = ("json", "csv", "parquet")
MAX_SEARCH = 200  # characters
MAX_ALARMS = 5_000  # in one page: a large plant's flood at once
SITE = query_parameter("site", "Only those of this site (id or slug)", {"type": "string", "minLength": 1})
ASSET = query_parameter(
    "asset", "Only those of this asset (its id) and of those in it", {"type": "string", "minLength": 1}
)
PRIORITIES = query_parameter(
    "priority", "Only those of these priorities, 1 to 4, separated by commas", {"type": "string", "minLength": 1}
)
_KEY = {"type": "string", "minLength": 1, "maxLength": MAX_KEY}
_ACTIONS: tuple[tuple[str, str, str, Any], ...] = (
    ("acknowledge", "alarmsAcknowledge", "Acknowledge alarms", AlarmAcknowledgement),
    ("shelve", "alarmsShelve", "Shelve alarms until a time", AlarmShelving),
    ("unshelve", "alarmsUnshelve", "End the shelving of alarms", AlarmKeys),
    ("reset", "alarmsReset", "Reset latched alarms", AlarmKeys),
    ("out-of-service", "alarmsTakeOutOfService", "Take alarms out of service", AlarmRemoval),
    ("in-service", "alarmsReturnToService", "Return alarms to service", AlarmKeys),
    ("note", "alarmsNote", "Add a note to alarms", AlarmNote),
)


def declare() -> None:
    describe(ALARMS, "get", operation(
        "alarmsList", "Alarms, now or at a past moment", TAG, SITE,
        query_parameter("view", "", {"type": "string", "enum": list(VIEWS), "default": "active"}),
        PRIORITIES,
        query_parameter("q", "Words in names and tags of alarm, sensor and asset", {
            "type": "string", "minLength": 1, "maxLength": MAX_SEARCH,
        }),
        ASSET,
        query_parameter("at", "As of this moment, from the journal; now if missing", TIME),
        query_parameter("sort", "Without it by priority, in a flood by cause", {
            "type": "string", "enum": list(SORTS),
        }),
        query_parameter("limit", f"Page size, 1 to {MAX_ALARMS:,}; {DEFAULT_LIMIT} by default", {
            "type": "integer", "minimum": 1, "maximum": MAX_ALARMS, "default": DEFAULT_LIMIT,
        }),
        query_parameter("cursor", "Start of the page, from `next`", CURSOR_SCHEMA),
        responses={200: AlarmList, 404: Problem},
        description=(
            "Active: neither shelved, suppressed nor out of service, and unacknowledged, acknowledged, latched or "
            "returned to normal without having been acknowledged."
        ),
    ))  # fmt: skip
    for path, name, summary, body in _ACTIONS:
        describe(f"{ALARMS}/{path}", "post", operation(
            name, summary, TAG, body=body, responses={200: AlarmActionResult, 404: Problem},
            description="Each alarm by itself: `refused` lists those that were not changed. 404: none is known.",
        ))  # fmt: skip
    _declare_journal()
    _declare_performance()
    _declare_settings()
    describe("/api/v1/alertmanager", "post", operation(
        "alertmanagerReceive", "Alerts of other systems, as Prometheus Alertmanager's webhook sends them", TAG,
        body=AlertGroup, responses={200: AlertsTaken, 409: Problem},
        description=(
            "A firing alert is an alarm with its `alertname`; a resolved one returns it to normal. A repetition "
            "changes nothing. Its priority follows from the label `severity`: critical 1, error 2, warning 3, else 4."
        ),
    ))  # fmt: skip


def _declare_journal() -> None:
    listing = operation(
        "journalList", "What alarms did, newest first", TAG,
        query_parameter("from", "Not before", TIME), query_parameter("to", "Before", TIME), SITE, ASSET,
        query_parameter("sensor", "Only of this sensor, series, device or source (its id)", {
            "type": "string", "minLength": 1,
        }),
        query_parameter("rule", "Only of this rule (its id)", {"type": "string", "minLength": 1}),
        query_parameter("key", "Only of this alarm", _KEY),
        PRIORITIES,
        query_parameter("what", f"Only these, separated by commas: {', '.join(EVENTS)}", {
            "type": "string", "minLength": 1,
        }),
        query_parameter("format", "Files have the address of the next page in the header `X-Next-Page`", {
            "type": "string", "enum": list(FORMATS), "default": FORMATS[0],
        }),
        *paging(), responses={200: JournalPage, 404: Problem},
    )  # fmt: skip
    content = listing["responses"]["200"]["content"]
    content["text/csv"] = {"schema": {"type": "string"}}
    content["application/vnd.apache.parquet"] = {"schema": {"type": "string", "format": "binary"}}
    describe(JOURNAL, "get", listing)


def _declare_performance() -> None:
    path = f"{ALARMS}/performance"
    describe(path, "get", operation(
        "alarmPerformance", "Figures of EEMUA 191 and ISA-18.2", TAG, SITE,
        query_parameter("from", "Not before; 7 days ago if missing", TIME),
        query_parameter("to", "Before; now if missing", TIME),
        query_parameter("operators", "Among how many people the alarms are divided", {
            "type": "integer", "minimum": 1, "maximum": MAX_OPERATORS, "default": 1,
        }),
        query_parameter("past", "Count alarms that were entered afterwards, too: imported history and late samples", {
            "type": "boolean", "default": False,
        }),
        query_parameter("by", "Also for each hour, day, week or month of the calendar: at most 2,000 of them", {
            "type": "string", "enum": list(BY),
        }),
        query_parameter("zone", "IANA time zone; without it that of the site, or of all sites if they have one", {
            "type": "string", "minLength": 1, "maxLength": MAX_ZONE, "examples": ["Europe/Vienna"],
        }),
        responses={200: AlarmPerformance, 404: Problem},
    ))  # fmt: skip
    describe(f"{path}/proposal", "get", operation(
        "alarmProposal", "A delay or deadband that would have made an alarm quieter in the last 30 days", TAG,
        query_parameter("key", "Of the alarm", _KEY, required=True),
        responses={200: AlarmProposal, 404: Problem, 409: Problem},
        description="409: its rule has neither a delay nor a deadband that could be proposed.",
    ))  # fmt: skip
    describe(f"{path}/apply", "post", operation(
        "alarmProposalApply", "Apply a proposal: a new version of the rule", TAG, body=AppliedProposal,
        responses={200: AlarmRule, 404: Problem, 409: Problem},
    ))  # fmt: skip


def _declare_settings() -> None:
    path = "/api/v1/alarm-settings"
    describe(path, "get", operation(
        "alarmSettingsRead", "Priorities, and how long the journal is kept", TAG, responses={200: AlarmSettings},
    ))  # fmt: skip
    describe(path, "put", operation(
        "alarmSettingsChange", "Set priorities, and how long the journal is kept", TAG, body=AlarmSettingsChange,
        responses={200: AlarmSettings},
    ))  # fmt: skip
