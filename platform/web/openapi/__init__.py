"""The OpenAPI schema: what views declare, and requests held against it."""

from web.openapi.plain import (
    PROBLEM,
    TIME,
    describe,
    json_answer,
    json_body,
    path_parameter,
    query_parameter,
)

__all__ = ["PROBLEM", "TIME", "describe", "json_answer", "json_body", "path_parameter", "query_parameter"]
