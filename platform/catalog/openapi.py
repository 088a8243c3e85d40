"""The catalog's operations in the OpenAPI schema: those of each kind, and of jobs, neighbours and units."""

from __future__ import annotations

from typing import Any

from catalog import views
from catalog.history import History
from catalog.jobs import Job, JobList
from catalog.kinds import KINDS, CatalogKind
from catalog.operations import BulkResult
from catalog.payloads import DRAFTS, PATCHES
from catalog.queries import FILTERS
from catalog.responses import (
    BULKS,
    CONFLICTS,
    LISTS,
    Accepted,
    Invalid,
    InvalidItems,
    NamedSensors,
    ReachedList,
    SensorNames,
    UnitList,
)
from jobs.openapi import JobOperations
from web.openapi import TIME, describe, header_parameter, operation, paging, path_parameter, query_parameter

_TEXTS = {
    "q": "All of these words, in tag, name, description and so on",
    "site": "A site's slug or id",
    "area": "An area's id (or its name, with `site`); includes everything inside it",
    "asset": "An asset's id (or its tag, with `site`)",
    "parent": "The parent's id (or its name or tag, with `site`)",
    "type": "Type of asset",
    "kind": "continuous, discrete, counter or text",
    "unit": "Unit as stored",
    "unmapped": "true: only sensors created from arrivals and not named yet; false: all others",
    "medium": "What flows",
    "schematic": "Only connections that this schematic shows, or has shown, by its id",
    "at": "Those of this moment; of now if missing",
    "ended": "true: those of any time",
}

_REVISION = {"type": "integer", "minimum": 1, "maximum": 2**63 - 1}
_DEPTH = {"type": "integer", "minimum": 0, "maximum": views.MAX_DEPTH, "default": 0}
_ID = path_parameter("id", "Id")
_IF_MATCH = header_parameter("If-Match", "The revision in quotes, as `ETag` returned it, instead of `revision`")
_HISTORY = query_parameter(
    "history",
    "What happens to stored samples when a sensor's unit changes: `refuse` returns 409 and says what is needed; "
    "`convert`: they are in the old unit, and are shown in the new one from now on, as are its limits; "
    "`relabel`: they have been in the new unit all along",
    {"type": "string", "enum": [str(each) for each in History], "default": "refuse"},
)
_CASCADE = query_parameter("cascade", "Delete what depends on it too", {"type": "boolean", "default": False})
_OF_REVISION = query_parameter("revision", "Only if this is still its revision", _REVISION)


def describe_all() -> None:
    for kind in KINDS.values():
        _describe_collection(kind)
        _describe_document(kind)
    _describe_jobs()
    describe("/api/v1/sensors/name", "post", operation(
        "sensors_name", "Name sensors that arrivals created", "sensors",
        description=(
            "Changes of several sensors, by id, all of them or none; those named are no longer unmapped. A sensor "
            "keeps its id, its samples and the series that it gets them from."
        ),
        body=SensorNames, responses={200: NamedSensors, 400: InvalidItems, 409: CONFLICTS["sensors"]},
    ))  # fmt: skip
    _describe_neighbours()
    describe("/api/v1/units", "get", operation(
        "units_list", "Common units", "units", _filter("q"), responses={200: UnitList}
    ))  # fmt: skip


def _describe_collection(kind: CatalogKind) -> None:
    path = f"/api/v1/{kind.name}"
    describe(path, "get", operation(
        f"{kind.name}_list", f"List {kind.name}: filter, search, page", kind.name,
        *(_filter(name) for name in FILTERS[kind.name]), *paging(),
        responses={200: LISTS[kind.name]},
    ))  # fmt: skip
    describe(path, "post", operation(
        f"{kind.name}_create", f"Create one {kind.singular}", kind.name,
        body=DRAFTS[kind.name], responses={201: kind.model, 400: Invalid, 409: CONFLICTS[kind.name]},
    ))  # fmt: skip
    describe(f"{path}/bulk", "post", operation(
        f"{kind.name}_bulk", f"Create or change many {kind.name}", kind.name, _HISTORY,
        description=(
            f"At most {views.MAX_ITEMS} items, found by {', '.join(kind.key)}; fields that an item lacks stay as they"
            " are. One invalid item and the whole call is refused."
            f" Where more than {views.MAX_SYNCHRONOUS_CHANGES} existing ones change, a job does it (202)."
        ),
        body=BULKS[kind.name], responses={200: BulkResult, 202: Accepted, 400: InvalidItems},
    ))  # fmt: skip


def _describe_document(kind: CatalogKind) -> None:
    path, name = f"/api/v1/{kind.name}/{{id}}", kind.name
    id = path_parameter("id", "Id or slug") if name == "sites" else _ID
    describe(path, "get", operation(f"{name}_read", f"One {kind.singular}", name, id, responses={200: kind.model}))
    changed = {200: kind.model, 400: Invalid, 409: CONFLICTS[name]}
    for method, verb, summary, body in (
        ("patch", "update", "Change the fields given", PATCHES[name]),
        ("put", "replace", "Replace; missing fields get their defaults", DRAFTS[name]),
    ):
        describe(path, method, operation(
            f"{name}_{verb}", summary, name, id, _IF_MATCH, _HISTORY, body=body, responses=changed,
            description="`revision` (or `If-Match`) says which state was changed; 409 returns the current one.",
        ))  # fmt: skip
    describe(path, "delete", operation(
        f"{name}_delete", f"Delete one {kind.singular}", name, id, _CASCADE, _OF_REVISION,
        description="409 lists what depends on it; `cascade=true` deletes that too.",
        responses={204: None, 409: CONFLICTS[name]},
    ))  # fmt: skip


def _describe_jobs() -> None:
    JobOperations("/api/v1/jobs", "jobs", "job", Job, JobList).describe(
        "Bulk calls in the background, newest first; their results without ids",
        "Progress of a bulk call",
        "Cancel a bulk call; what it has changed is kept",
    )


def _describe_neighbours() -> None:
    medium = query_parameter("medium", "Only along connections of this medium", {"type": "string"})
    depth = query_parameter("depth", "Maximum number of connections in between; 0 for any", _DEPTH)
    at = query_parameter("at", "What fed what at this moment; now if missing", TIME)
    for direction, summary in (
        ("upstream", "Assets that feed this one, nearest first"),
        ("downstream", "Assets that this one feeds, nearest first"),
    ):
        describe(f"/api/v1/assets/{{id}}/{direction}", "get", operation(
            f"assets_{direction}", summary, "assets", _ID, medium, depth, at, responses={200: ReachedList}
        ))  # fmt: skip


_FORMS: dict[str, dict[str, Any]] = {"at": TIME, "ended": {"type": "boolean", "default": False}}


def _filter(name: str) -> dict[str, Any]:
    return query_parameter(name, _TEXTS[name], _FORMS.get(name, {"type": "string"}))
