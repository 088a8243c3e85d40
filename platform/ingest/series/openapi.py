"""The OpenAPI operation of series."""

from __future__ import annotations

from ingest.series.models import SeriesGrowth
from web.openapi import describe, operation


def describe_all() -> None:
    describe("/api/v1/series", "get", operation(
        "series", "How many series there are and were, what creates them, and when the limit is reached", "flow",
        responses={200: SeriesGrowth},
        description="Of the last 90 days (UTC). Every sensor is one series of samples.",
    ))  # fmt: skip
