"""The OpenAPI operation of the data flow."""

from __future__ import annotations

from ingest.flow.models import Flow
from ingest.flow.queries import SPANS
from web.openapi import describe, operation, query_parameter


def describe_all() -> None:
    span = {"type": "string", "enum": list(SPANS), "default": "15m"}
    describe("/api/v1/flow", "get", operation(
        "flow", "How samples flow in: sources, queue, writer, with rates over time", "flow",
        query_parameter("span", "In steps of 10 seconds, 10 minutes or 6 hours", span),
        responses={200: Flow},
        description="Samples of imports and corrections do not pass the queue, and are not counted here.",
    ))  # fmt: skip
