"""The OpenAPI operations of the views of clusters."""

from __future__ import annotations

from tenants.clusters.views import ClusterSettings, ClusterView
from tenants.openapi import CURSOR, LIMIT, PROBLEMS, PROBLEMS_OF_ONE, describe_tenants, page_schema, schema_of
from web.openapi import json_body, path_parameter, response_schema

_CLUSTER = schema_of(ClusterView)
_NAME = path_parameter("name", "The cluster's name: lower-case letters, digits, hyphens")

describe_tenants(
    "/api/v1/clusters", "get", "clusters_list", "Dedicated clusters for tenants",
    {"200": response_schema("All of them, by name", page_schema(_CLUSTER)), **PROBLEMS},
    parameters=[LIMIT, CURSOR],
)  # fmt: skip
describe_tenants(
    "/api/v1/clusters/{name}", "put", "cluster_save", "Add a cluster, or change how it is reached",
    {
        "200": response_schema("Changed", _CLUSTER),
        "201": response_schema("Added", _CLUSTER),
        **PROBLEMS_OF_ONE,
    },
    parameters=[_NAME], requestBody=json_body(schema_of(ClusterSettings)),
)  # fmt: skip
describe_tenants(
    "/api/v1/clusters/{name}", "delete", "cluster_remove", "Remove a cluster that has no tenants",
    {"204": {"description": "Removed"}, **PROBLEMS_OF_ONE}, parameters=[_NAME],
)  # fmt: skip
