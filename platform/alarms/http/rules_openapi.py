"""The OpenAPI operations of alarm rules."""

from __future__ import annotations

from alarms.backtest.models import BacktestResult
from alarms.http.models import (
    BacktestRequest,
    ProposedLimits,
    RuleConflict,
    RuleList,
    RulesImport,
    RuleVersionList,
)
from alarms.http.openapi import MAX_SEARCH, PRIORITIES, SITE
from alarms.rules.models import AlarmRule, Armed, RuleChange, RuleContent
from alarms.rules.yaml_text import MAX_CHARS
from catalog.responses import Invalid, Problem
from web.openapi import describe, header_parameter, operation, paging, path_parameter, query_parameter
from web.openapi.structs import reference

BASE, TAG = "/api/v1/rules", "alarm rules"
YAML = "application/yaml"
DEFAULT_DAYS, MAX_DAYS = 30, 366  # that limits are proposed from
_ID = path_parameter("id", "A rule's id")
_IF_MATCH = header_parameter("If-Match", "The revision in quotes, as `ETag` returned it, instead of `revision`")
_EXAMPLE = "rules: []\n"


def declare() -> None:
    reference(Armed, in_response=False)  # before the responses: all of its members may be left out
    describe(BASE, "get", operation(
        "rulesList", "Alarm rules", TAG, SITE,
        query_parameter("q", "Words in name, description, owner or instruction", {
            "type": "string", "minLength": 1, "maxLength": MAX_SEARCH,
        }),
        PRIORITIES,
        query_parameter("enabled", "Only those that are switched on, or off", {"type": "boolean"}),
        *paging(), responses={200: RuleList, 404: Problem},
    ))  # fmt: skip
    describe(BASE, "post", operation(
        "ruleCreate", "Add an alarm rule", TAG, body=RuleContent,
        responses={201: AlarmRule, 400: Invalid, 404: Problem, 409: Problem},
        description="409: the name is taken, or there are too many rules or targets.",
    ))  # fmt: skip
    one = f"{BASE}/{{id}}"
    describe(one, "get", operation("ruleRead", "An alarm rule", TAG, _ID, responses={200: AlarmRule, 404: Problem}))
    describe(one, "put", operation(
        "ruleChange", "Add a version of an alarm rule", TAG, _ID, _IF_MATCH, body=RuleChange,
        responses={200: AlarmRule, 400: Invalid, 404: Problem, 409: RuleConflict},
        description="`note` says why. It applies to samples from then on.",
    ))  # fmt: skip
    describe(one, "delete", operation(
        "ruleDelete", "Delete an alarm rule; its journal is kept", TAG, _ID, _IF_MATCH,
        responses={204: None, 404: Problem, 409: RuleConflict},
    ))  # fmt: skip
    describe(f"{one}/versions", "get", operation(
        "ruleVersions", "Versions of an alarm rule, newest first", TAG, _ID, *paging(),
        responses={200: RuleVersionList, 404: Problem},
    ))  # fmt: skip
    describe(f"{BASE}/backtest", "post", operation(
        "ruleBacktest", "What a rule would have raised in the past", TAG, body=BacktestRequest,
        responses={200: BacktestResult, 400: Invalid, 404: Problem, 409: Problem},
        description="Nothing is stored, and nobody is notified. `complete` is false if the time limit ended it.",
    ))  # fmt: skip
    describe(f"{BASE}/limits", "get", operation(
        "ruleLimits", "Limits proposed from what a sensor did", TAG,
        query_parameter("sensor", "The sensor's id", {"type": "string", "minLength": 1}, required=True),
        query_parameter("days", "Up to now", {
            "type": "integer", "minimum": 1, "maximum": MAX_DAYS, "default": DEFAULT_DAYS,
        }),
        responses={200: ProposedLimits, 404: Problem},
        description=(
            "High and low by the values that were exceeded 0.1 % of the time, high-high and low-low beyond "
            "all that were. 400: the sensor is not continuous, or has fewer than 100 samples."
        ),
    ))  # fmt: skip
    _declare_yaml()


def _declare_yaml() -> None:
    path = f"{BASE}/yaml"
    text = {"type": "string", "maxLength": MAX_CHARS}
    export = operation("rulesExport", "All alarm rules as YAML", TAG, SITE, responses={200: {}, 404: Problem})
    export["responses"]["200"] = {"description": "As it is imported", "content": {YAML: {"schema": {}}}}
    describe(path, "get", export)
    taking = operation(
        "rulesImport", "Add and change alarm rules by a YAML file", TAG,
        query_parameter("dry_run", "true: only report what it would do", {"type": "boolean", "default": False}),
        responses={200: RulesImport, 400: Invalid, 409: Problem},
        description=(
            "By name: an existing rule gets a new version unless it is identical; others are not changed. All rules of "
            "the file are stored, or none: then 400 lists the invalid ones. A dry run reports each and stores nothing."
        ),
    )  # fmt: skip
    taking["requestBody"] = {"required": True, "content": {YAML: {"schema": text, "example": _EXAMPLE}}}
    describe(path, "post", taking)
