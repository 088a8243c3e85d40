"""The OpenAPI operations of mapping."""

from __future__ import annotations

from catalog.responses import Invalid
from ingest.mapping.models import Mapping, MappingDraft
from ingest.mapping_admin.models import MappingChange, MappingConflict, Replayed, SavedMapping, SuggestionList, Trial
from web.openapi import describe, header_parameter, operation, path_parameter

_BASE, _TAG = "/api/v1/mapping", "mapping"
_IF_MATCH = header_parameter("If-Match", "The revision in quotes, as `ETag` returned it, instead of `revision`")


def describe_all() -> None:
    describe(_BASE, "get", operation(
        "mappingRead", "The rules by which arrivals become samples of sensors", _TAG, responses={200: Mapping},
    ))  # fmt: skip
    describe(_BASE, "put", operation(
        "mappingSave", "Replace the rules, in their order, and the settings", _TAG, _IF_MATCH,
        body=MappingChange, responses={200: SavedMapping, 400: Invalid, 409: MappingConflict},
        description=(
            "The first rule that matches applies. `site,sensor=TAG value=…` of a sensor that exists needs no rule, and "
            "no rule changes it. Dead letters that a rule matches now are replayed. 409: it was changed in the "
            "meantime; `current` has the mapping as it is."
        ),
    ))  # fmt: skip
    describe(f"{_BASE}/test", "post", operation(
        "mappingTest", "Try rules on the last hundred arrivals of each source", _TAG,
        body=MappingDraft, responses={200: Trial, 400: Invalid},
        description="Nothing is stored or created. Only arrivals that need a rule are tried, a few of each batch.",
    ))  # fmt: skip
    describe(f"{_BASE}/replay", "post", operation(
        "mappingReplay", "Store the dead letters that rules match by now", _TAG, responses={200: Replayed},
        description="Saving a mapping does it too; this finishes what takes longer than ten seconds.",
    ))  # fmt: skip
    describe("/api/v1/sensors/{id}/suggestions", "get", operation(
        "sensorSuggestions", "Sensors that are like an unmapped one, by name and by the shape of its values", "sensors",
        path_parameter("id", "Id"), responses={200: SuggestionList},
    ))  # fmt: skip
