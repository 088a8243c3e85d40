"""The OpenAPI operations of calculated series."""

from __future__ import annotations

import msgspec
from msgspec import UNSET, Struct, UnsetType

from analysis.calculated.models import (
    Calculated,
    CalculatedChange,
    CalculatedInfo,
    CheckedExpression,
    Draft,
    NewCalculated,
)
from analysis.calculated.series import METHODS
from analysis.calculated.views import FORMATS, MAX_VERSION
from catalog.responses import Invalid, Problem
from historian.http import requests as params
from historian.http.openapi import END, START
from historian.shape.series import BandView, Line
from web.openapi import (
    describe,
    header_parameter,
    inlined,
    operation,
    paging,
    path_parameter,
    query_parameter,
    response_schema,
)

_BASE, _TAG = "/api/v1/calculated", "calculated series"
_ID = path_parameter("id", "A calculated series' id")
_IF_MATCH = header_parameter("If-Match", "The revision in quotes, as `ETag` returned it, instead of `revision`")
MAX_SEARCH = 200  # characters


class CalculatedList(Struct, frozen=True):
    """By name."""

    results: list[CalculatedInfo]
    next: str | None


CalculatedConflict = msgspec.defstruct(
    "CalculatedConflict", [("current", Calculated | UnsetType, UNSET)], bases=(Problem,), rename={"kind": "type"},
    kw_only=True, module=__name__,
)  # fmt: skip


def declare() -> None:
    describe(_BASE, "get", operation(
        "calculatedList", "Calculated series", _TAG,
        query_parameter("site", "Only those of this site (id or slug)", {"type": "string", "minLength": 1}),
        query_parameter("q", "Words in name, description, expression or unit", {
            "type": "string", "minLength": 1, "maxLength": MAX_SEARCH,
        }),
        *paging(), responses={200: CalculatedList, 404: Problem},
    ))  # fmt: skip
    describe(_BASE, "post", operation(
        "calculatedCreate", "Add a calculated series", _TAG, body=NewCalculated,
        responses={201: Calculated, 400: Invalid, 404: Problem, 409: Problem},
        description="Units are checked, and its unit is the result's. 409: the name is taken, or there are 500.",
    ))  # fmt: skip
    describe(f"{_BASE}/check", "post", operation(
        "calculatedCheck", "Check an expression and its units", _TAG, body=Draft,
        responses={200: CheckedExpression, 400: Invalid, 404: Problem},
    ))  # fmt: skip
    one = f"{_BASE}/{{id}}"
    describe(one, "get", operation(
        "calculatedRead", "A calculated series with its versions", _TAG, _ID, responses={200: Calculated, 404: Problem},
    ))  # fmt: skip
    describe(one, "put", operation(
        "calculatedChange", "Add a version of a calculated series", _TAG, _ID, _IF_MATCH, body=CalculatedChange,
        responses={200: Calculated, 400: Invalid, 404: Problem, 409: CalculatedConflict},
        description="It counts from then on, for all times. 409: it was changed in the meantime, or the name is taken.",
    ))  # fmt: skip
    describe(one, "delete", operation(
        "calculatedDelete", "Delete a calculated series", _TAG, _ID, _IF_MATCH,
        responses={204: None, 404: Problem, 409: CalculatedConflict},
    ))  # fmt: skip
    _declare_samples(f"{one}/samples")


def _declare_samples(path: str) -> None:
    points = {
        "type": "integer", "minimum": params.MIN_POINTS, "maximum": params.MAX_POINTS, "default": params.DEFAULT_POINTS,
    }  # fmt: skip
    declaration = operation(
        "calculatedSamples", "The best points of a calculated series in a range", _TAG, _ID, START, END,
        query_parameter("points", "The maximum number of points returned", points),
        query_parameter("method", "auto: minmax", {"type": "string", "enum": list(METHODS), "default": "auto"}),
        query_parameter("version", "This version instead of the last", {
            "type": "integer", "minimum": 1, "maximum": MAX_VERSION,
        }),
        query_parameter("format", "csv: with a header, times in ISO 8601", {
            "type": "string", "enum": list(FORMATS), "default": "json",
        }),
        responses={404: Problem, 409: Problem},
        description=(
            "Of up to 100,000 samples of its sensors together it is computed exactly, at each of them (`rung`: raw); "
            "else from means in cells as wide as `rung` says. 409: a sensor was deleted, or measures something else."
        ),
    )  # fmt: skip
    response = response_schema("A line, or a band (method=band)", {"oneOf": [inlined(Line), inlined(BandView)]})
    response["content"]["text/csv"] = {"schema": {"type": "string"}}
    declaration["responses"]["200"] = response
    describe(path, "get", declaration)
