"""The OpenAPI operations of the tenants' views."""

from __future__ import annotations

from typing import Any

from tenants.lifecycle import Ring, State
from tenants.operations import Changes, NewTenant
from tenants.queries import PINNED, Counts, DiskView, ManifestView, Options, TenantView
from web.openapi import PROBLEM, describe, inlined, json_body, path_parameter, query_parameter, response_schema
from web.paging import CURSOR_SCHEMA, LIMIT_SCHEMA


def schema_of(kind: type) -> dict[str, Any]:
    """The JSON schema of a struct, without references."""
    return inlined(kind, in_response=False)


def page_schema(of: dict[str, Any], **more: dict[str, Any]) -> dict[str, Any]:
    """The response schema of a list; `more`: further members."""
    properties = {"results": {"type": "array", "items": of}, "next": {"type": ["string", "null"]}, **more}
    return {"type": "object", "required": list(properties), "properties": properties}


_TENANT = schema_of(TenantView)
_LIST = {
    "type": "object",
    "required": ["results", "next", "previous", "before", "total", "counts", "kept_disks"],
    "properties": {
        "results": {"type": "array", "items": _TENANT},
        "next": {"type": ["string", "null"]},
        "previous": {"type": ["string", "null"]},
        "before": {"type": "integer", "description": "Number of matches before this page"},
        "total": {"type": "integer", "description": "Number of matches"},
        "counts": schema_of(Counts),
        "kept_disks": {"type": "array", "items": schema_of(DiskView)},
    },
}
_MANIFESTS = {
    "type": "object",
    "required": ["manifests"],
    "properties": {"manifests": {"type": "array", "items": schema_of(ManifestView)}},
}
SLUG = path_parameter("slug", "The tenant's slug")
LIMIT = query_parameter("limit", "Page size", LIMIT_SCHEMA)
CURSOR = query_parameter("cursor", "The `next` of the previous page", CURSOR_SCHEMA)
_TEXT = {"type": "string", "minLength": 1}
PROBLEMS = {"400": PROBLEM, "401": PROBLEM, "403": PROBLEM}
PROBLEMS_OF_ONE = {**PROBLEMS, "404": PROBLEM, "409": PROBLEM}


def describe_tenants(path: str, method: str, name: str, summary: str, responses: dict[str, Any], **rest: Any) -> None:
    describe(
        path, method, {"operationId": name, "tags": ["tenants"], "summary": summary, "responses": responses, **rest}
    )


describe_tenants(
    "/api/v1/tenants", "get", "tenants_list", "Tenants, by slug",
    {"200": response_schema("A page of tenants, and all kept disks", _LIST), **PROBLEMS},
    parameters=[
        query_parameter("q", "Searched for in slug, name, release and cluster", {"type": "string"}),
        query_parameter("state", "Only tenants in this state", {**_TEXT, "enum": [str(s) for s in State]}),
        query_parameter("driver", "Only tenants of this driver", {"type": "string"}),
        query_parameter("ring", "Only tenants of this ring", {**_TEXT, "enum": [*map(str, Ring), PINNED]}),
        LIMIT,
        CURSOR,
    ],
)  # fmt: skip
describe_tenants(
    "/api/v1/tenants", "post", "tenants_create", "Request a tenant; watch its `steps` until its `state` is `ready`",
    {"202": response_schema("Requested", _TENANT), **PROBLEMS_OF_ONE},
    requestBody=json_body(schema_of(NewTenant)),
)  # fmt: skip
describe_tenants(
    "/api/v1/tenants/{slug}", "get", "tenant_read", "One tenant, with the steps of what is under way",
    {"200": response_schema("The tenant", _TENANT), **PROBLEMS_OF_ONE}, parameters=[SLUG],
)  # fmt: skip
describe_tenants(
    "/api/v1/tenants/{slug}", "patch", "tenant_change",
    "Change name, limits, ring, size, release, pinned; suspend, resume",
    {"200": response_schema("The tenant", _TENANT), **PROBLEMS_OF_ONE},
    parameters=[SLUG], requestBody=json_body(schema_of(Changes)),
)  # fmt: skip
describe_tenants(
    "/api/v1/tenants/{slug}", "delete", "tenant_delete", "Delete a tenant with all its data, unless its disk is kept",
    {"202": response_schema("Being deleted; 404 once it is gone", _TENANT), **PROBLEMS_OF_ONE},
    parameters=[
        SLUG,
        query_parameter("confirm", "Repeat the slug", _TEXT, required=True),
        query_parameter("keep_disk", "Keep volume and documents for a later tenant to adopt", {"type": "boolean"}),
    ],
)  # fmt: skip
describe_tenants(
    "/api/v1/tenants/{slug}/retry", "post", "tenant_retry", "Retry what failed",
    {"202": response_schema("The tenant", _TENANT), **PROBLEMS_OF_ONE}, parameters=[SLUG],
)  # fmt: skip
describe_tenants(
    "/api/v1/tenants/{slug}/manifest", "get", "tenant_manifest", "The manifests of the tenant's server",
    {"200": response_schema("In the order in which they are applied, without secrets", _MANIFESTS), **PROBLEMS_OF_ONE},
    parameters=[SLUG],
)  # fmt: skip
describe_tenants(
    "/api/v1/tenants/options", "get", "tenants_options", "Choices and defaults for a new tenant",
    {"200": response_schema("Drivers, clusters, and default values", schema_of(Options)), **PROBLEMS},
)  # fmt: skip
describe_tenants(
    "/api/v1/tenants/preview", "post", "tenants_preview", "The manifests of a tenant that is not created yet",
    {"200": response_schema("As `manifest` will return it, except for its ids", _MANIFESTS), **PROBLEMS_OF_ONE},
    requestBody=json_body(schema_of(NewTenant)),
)  # fmt: skip
describe_tenants(
    "/api/v1/disks", "get", "disks_list", "Kept disks of deleted tenants",
    {
        "200": response_schema("A page of disks, by id", page_schema(schema_of(DiskView))),
        **PROBLEMS,
    },
    parameters=[LIMIT, CURSOR],
)  # fmt: skip
describe_tenants(
    "/api/v1/disks/{id}", "delete", "disk_delete", "Remove a kept disk and its documents permanently",
    {"202": {"description": "Being removed"}, **PROBLEMS, "404": PROBLEM},
    parameters=[
        path_parameter("id", "The disk's id"),
        query_parameter("confirm", "Repeat the id", _TEXT, required=True),
    ],
)  # fmt: skip
