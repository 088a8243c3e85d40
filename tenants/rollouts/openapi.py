"""The OpenAPI operations of the views of releases and roll-outs."""

from __future__ import annotations

from tenants.openapi import CURSOR, LIMIT, PROBLEMS, PROBLEMS_OF_ONE, describe_tenants, page_schema, schema_of
from tenants.rollouts.machine import MemberState
from tenants.rollouts.operations import NewRollout, RollBack
from tenants.rollouts.queries import EventView, MemberView, ReleaseView, RolloutView
from tenants.rollouts.releases import NewRelease
from web.openapi import PROBLEM, json_body, path_parameter, query_parameter, response_schema

_RELEASE, _ROLLOUT = schema_of(ReleaseView), schema_of(RolloutView)
_NAME = path_parameter("name", "The release's name")
_ID = path_parameter("id", "The roll-out's id")
_TOTAL = {"total": {"type": "integer", "description": "Number of matches"}}


describe_tenants(
    "/api/v1/releases", "get", "releases_list", "Releases, newest first, with the number of tenants on each",
    {"200": response_schema("All releases", page_schema(_RELEASE)), **PROBLEMS},
    parameters=[LIMIT, CURSOR],
)  # fmt: skip
describe_tenants(
    "/api/v1/releases", "post", "releases_create", "Add a release; it never changes afterwards",
    {"201": response_schema("The release", _RELEASE), **PROBLEMS, "409": PROBLEM},
    requestBody=json_body(schema_of(NewRelease)),
)  # fmt: skip
describe_tenants(
    "/api/v1/releases/{name}", "get", "release_read", "One release",
    {"200": response_schema("The release", _RELEASE), **PROBLEMS_OF_ONE}, parameters=[_NAME],
)  # fmt: skip
describe_tenants(
    "/api/v1/releases/{name}", "delete", "release_delete", "Remove a release that no tenant has or had",
    {"204": {"description": "Removed"}, **PROBLEMS_OF_ONE}, parameters=[_NAME],
)  # fmt: skip
describe_tenants(
    "/api/v1/rollouts", "get", "rollouts_list", "Roll-outs, newest first, with their rings' counts",
    {"200": response_schema("A page of roll-outs", page_schema(_ROLLOUT)), **PROBLEMS}, parameters=[LIMIT, CURSOR],
)  # fmt: skip
describe_tenants(
    "/api/v1/rollouts", "post", "rollouts_start", "Roll a release out: canary, then early, then all",
    {"201": response_schema("The roll-out", _ROLLOUT), **PROBLEMS_OF_ONE}, requestBody=json_body(schema_of(NewRollout)),
)  # fmt: skip
describe_tenants(
    "/api/v1/rollouts/{id}", "get", "rollout_read", "One roll-out, with its rings' counts",
    {"200": response_schema("The roll-out", _ROLLOUT), **PROBLEMS_OF_ONE}, parameters=[_ID],
)  # fmt: skip
describe_tenants(
    "/api/v1/rollouts/{id}/members", "get", "rollout_members", "Its tenants, those that need attention first",
    {"200": response_schema("A page of tenants", page_schema(schema_of(MemberView), **_TOTAL)), **PROBLEMS_OF_ONE},
    parameters=[
        _ID,
        query_parameter("q", "Searched for in slugs", {"type": "string"}),
        query_parameter("state", f"In these states (comma-separated): {', '.join(MemberState)}", {"type": "string"}),
        LIMIT,
        CURSOR,
    ],
)  # fmt: skip
describe_tenants(
    "/api/v1/rollouts/{id}/events", "get", "rollout_events", "What happened in it and who did it, newest first",
    {"200": response_schema("A page of its history", page_schema(schema_of(EventView), **_TOTAL)), **PROBLEMS_OF_ONE},
    parameters=[_ID, LIMIT, CURSOR],
)  # fmt: skip
describe_tenants(
    "/api/v1/rollouts/{id}/pause", "post", "rollout_pause", "Start no further upgrade",
    {"200": response_schema("The roll-out", _ROLLOUT), **PROBLEMS_OF_ONE}, parameters=[_ID],
)  # fmt: skip
describe_tenants(
    "/api/v1/rollouts/{id}/resume", "post", "rollout_resume", "Continue; failed tenants are tried again",
    {"200": response_schema("The roll-out", _ROLLOUT), **PROBLEMS_OF_ONE}, parameters=[_ID],
)  # fmt: skip
describe_tenants(
    "/api/v1/rollouts/{id}/rollback", "post", "rollout_rollback", "Roll back one tenant, one ring or all",
    {"202": response_schema("The roll-out", _ROLLOUT), **PROBLEMS_OF_ONE},
    parameters=[_ID], requestBody=json_body(schema_of(RollBack)),
)  # fmt: skip
