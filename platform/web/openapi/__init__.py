"""The OpenAPI schema: what views declare, and the check of requests against it."""

from web.openapi.plain import (
    PROBLEM,
    TIME,
    describe,
    header_parameter,
    json_body,
    operation,
    paging,
    path_parameter,
    query_parameter,
    response_schema,
)
from web.openapi.structs import inlined

__all__ = [
    "PROBLEM",
    "TIME",
    "describe",
    "header_parameter",
    "inlined",
    "json_body",
    "operation",
    "paging",
    "path_parameter",
    "query_parameter",
    "response_schema",
]  # fmt: skip
