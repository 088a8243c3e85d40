"""The OpenAPI operations of the views of clusters."""

from __future__ import annotations

from tenants.clusters.views import ClusterView, ClusterWish
from tenants.openapi import CURSOR, LIMIT, PROBLEMS, PROBLEMS_OF_ONE, describe_tenants, page_schema, schema_of
from web.openapi import json_answer, json_body, path_parameter

_CLUSTER = schema_of(ClusterView)
_NAME = path_parameter("name", "The cluster's name: lower-case letters, digits, hyphens")

describe_tenants(
    "/api/v1/clusters", "get", "clusters_list", "Clusters that tenants may have of their own",
    {"200": json_answer("All of them, by name", page_schema(_CLUSTER)), **PROBLEMS},
    parameters=[LIMIT, CURSOR],
)  # fmt: skip
describe_tenants(
    "/api/v1/clusters/{name}", "put", "cluster_save", "Know a cluster, or reach it otherwise from now on",
    {
        "200": json_answer("It is reached so", _CLUSTER),
        "201": json_answer("It is known", _CLUSTER),
        **PROBLEMS_OF_ONE,
    },
    parameters=[_NAME], requestBody=json_body(schema_of(ClusterWish)),
)  # fmt: skip
describe_tenants(
    "/api/v1/clusters/{name}", "delete", "cluster_remove", "Forget a cluster in which no tenant lives",
    {"204": {"description": "Forgotten"}, **PROBLEMS_OF_ONE}, parameters=[_NAME],
)  # fmt: skip
