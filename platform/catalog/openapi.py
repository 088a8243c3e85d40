"""The views of each kind with their OpenAPI descriptions."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view

from catalog import views
from catalog.history import History
from catalog.jobs import Job, JobList
from catalog.kinds import CatalogKind
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
    Problem,
    ReachedList,
    UnitList,
)
from web.paging import LIMIT_SCHEMA
from web.problems import MEDIA_TYPE

_TEXTS = {
    "q": "All these words, in tag, name, description and the like",
    "site": "A site's slug or id",
    "area": "An area's id (or its name, with `site`), and all inside it",
    "asset": "An asset's id (or its tag, with `site`)",
    "parent": "Directly in this one: its id (or its name or tag, with `site`)",
    "type": "Type of asset",
    "kind": "continuous, discrete, counter or text",
    "unit": "Unit as stored",
    "medium": "What flows",
}

_REVISION = {"type": "integer", "minimum": 1, "maximum": 2**63 - 1}
_DEPTH = {"type": "integer", "minimum": 0, "maximum": views.MAX_DEPTH, "default": 0}


def make_views(
    kind: CatalogKind,
) -> tuple[type[views.CollectionView], type[views.BulkView], type[views.DocumentView]]:
    """The three view classes of a kind: the collection, its bulk call, one document."""
    name, tag = kind.model.__name__, [kind.name]
    bases = {"kind": kind}
    collection = type(f"{name}CollectionView", (views.CollectionView,), bases)
    bulk = type(f"{name}BulkView", (views.BulkView,), bases)
    document = type(f"{name}View", (views.DocumentView,), bases)
    return (
        extend_schema_view(get=_list(kind, tag), post=_create(kind, tag))(collection),
        extend_schema_view(post=_bulk(kind, tag))(bulk),
        extend_schema_view(
            get=_read(kind, tag), patch=_patch(kind, tag), put=_put(kind, tag), delete=_delete(kind, tag)
        )(document),
    )


def _list(kind: CatalogKind, tags: list[str]) -> Any:
    return extend_schema(
        operation_id=f"{kind.name}_list",
        summary=f"List {kind.name}: filter, search, page",
        tags=tags,
        parameters=[*(_query(name) for name in FILTERS[kind.name]), *paging()],
        responses=_responses({200: LISTS[kind.name]}, {400: Problem, 404: Problem}),
    )


def _create(kind: CatalogKind, tags: list[str]) -> Any:
    return extend_schema(
        operation_id=f"{kind.name}_create",
        summary=f"Create one {kind.singular}",
        tags=tags,
        request=DRAFTS[kind.name],
        responses=_responses({201: kind.model}, {400: Invalid, 409: CONFLICTS[kind.name]}),
    )


def _bulk(kind: CatalogKind, tags: list[str]) -> Any:
    key = ", ".join(kind.key)
    return extend_schema(
        operation_id=f"{kind.name}_bulk",
        summary=f"Create or change many {kind.name}",
        description=(
            f"At most {views.MAX_ITEMS} items, found by {key}; fields that an item lacks stay as they are."
            " One wrong item refuses the whole call."
            f" Where more than {views.MAX_SYNCHRONOUS_CHANGES} existing ones change, a job does it (202)."
        ),
        tags=tags,
        parameters=_history(),
        request=BULKS[kind.name],
        responses=_responses({200: BulkResult, 202: Accepted}, {400: InvalidItems, 409: Problem}),
    )


def _read(kind: CatalogKind, tags: list[str]) -> Any:
    return extend_schema(
        operation_id=f"{kind.name}_read",
        summary=f"One {kind.singular}",
        tags=tags,
        parameters=[_id(kind)],
        responses=_responses({200: kind.model}, {404: Problem}),
    )


def _patch(kind: CatalogKind, tags: list[str]) -> Any:
    return _change(kind, tags, "update", "Change the fields that are named", PATCHES[kind.name])


def _put(kind: CatalogKind, tags: list[str]) -> Any:
    return _change(kind, tags, "replace", "Replace; what is missing gets its default", DRAFTS[kind.name])


def _change(kind: CatalogKind, tags: list[str], verb: str, summary: str, body: Any) -> Any:
    return extend_schema(
        operation_id=f"{kind.name}_{verb}",
        summary=summary,
        description="`revision` (or `If-Match`) says which state was changed; 409 answers the current one.",
        tags=tags,
        parameters=[_id(kind), _if_match(), *_history()],
        request=body,
        responses=_responses({200: kind.model}, {400: Invalid, 404: Problem, 409: CONFLICTS[kind.name]}),
    )


def _delete(kind: CatalogKind, tags: list[str]) -> Any:
    return extend_schema(
        operation_id=f"{kind.name}_delete",
        summary=f"Delete one {kind.singular}",
        description="409 lists what depends on it; `cascade=true` deletes that too.",
        tags=tags,
        parameters=[
            _id(kind),
            OpenApiParameter("cascade", bool, description="Delete what depends on it too"),
            OpenApiParameter(
                "revision",
                _REVISION,
                description="Only if it is still at this revision",
            ),
        ],
        responses=_responses({204: None}, {400: Problem, 404: Problem, 409: CONFLICTS[kind.name]}),
    )


def paging() -> list[OpenApiParameter]:
    return [
        OpenApiParameter("limit", LIMIT_SCHEMA, description="At most so many, 1 to 1000; 100 where it is missing"),
        OpenApiParameter("cursor", str, description="Where the page starts; `next` has it"),
    ]


def _query(name: str) -> OpenApiParameter:
    return OpenApiParameter(name, str, description=_TEXTS[name])


def _id(kind: CatalogKind) -> OpenApiParameter:
    text = "Id or slug" if kind.name == "sites" else "Id"
    return OpenApiParameter("id", OpenApiTypes.STR, OpenApiParameter.PATH, description=text)


def _if_match() -> OpenApiParameter:
    text = "The revision in quotes, as `ETag` answered it, instead of `revision`"
    return OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, description=text)


def _history() -> list[OpenApiParameter]:
    text = (
        "What is said of stored samples where a sensor's unit changes: `refuse` answers 409 with what would be needed; "
        "`convert`: they are in the old unit, and shown in the new one from now on, as are its limits; "
        "`relabel`: they were in the new unit all along"
    )
    return [OpenApiParameter("history", str, enum=[str(each) for each in History], default="refuse", description=text)]


def _responses(right: dict[int, Any], wrong: dict[int, Any]) -> dict[Any, Any]:
    """What may be answered: `wrong` ones, and those that every call may meet, are problem documents."""
    common = {401: Problem, 403: Problem, 503: Problem}
    return {**right, **{(status, MEDIA_TYPE): shape for status, shape in sorted({**common, **wrong}.items())}}


def _single(operation_id: str, summary: str, tag: str, shape: Any, *parameters: OpenApiParameter) -> Any:
    return extend_schema_view(
        get=extend_schema(
            operation_id=operation_id,
            summary=summary,
            tags=[tag],
            parameters=list(parameters),
            responses=_responses({200: shape}, {400: Problem, 404: Problem}),
        )
    )


_path_id = OpenApiParameter("id", OpenApiTypes.STR, OpenApiParameter.PATH)
_walk = (
    _path_id,
    OpenApiParameter("medium", str, description="Only along connections of this medium"),
    OpenApiParameter(
        "depth",
        _DEPTH,
        description="At most so many connections away; 0 for any",
    ),
)

JobsView = _single(
    "jobs_list", "Bulk calls in the background, newest first; their results without ids", "jobs", JobList, *paging()
)(views.JobsView)
JobView = _single("jobs_read", "How far a bulk call is", "jobs", Job, _path_id)(views.JobView)
JobCancelView = extend_schema_view(
    post=extend_schema(
        operation_id="jobs_cancel",
        summary="End a bulk call in the background; what it has changed stays",
        tags=["jobs"],
        parameters=[_path_id],
        request=None,
        responses=_responses({200: Job}, {404: Problem, 409: Problem}),
    )
)(views.JobCancelView)
UpstreamView = _single("assets_upstream", "Assets that feed this one, nearest first", "assets", ReachedList, *_walk)(
    views.UpstreamView
)
DownstreamView = _single(
    "assets_downstream", "Assets that this one feeds, nearest first", "assets", ReachedList, *_walk
)(views.DownstreamView)
UnitsView = _single("units_list", "Common units", "units", UnitList, _query("q"))(views.UnitsView)
