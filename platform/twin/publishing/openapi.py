"""The OpenAPI operations of publishing."""

from __future__ import annotations

from typing import Any

from twin.bodies import Previewing, Publishing
from twin.models import Drawing
from twin.openapi import ID, IF_MATCH, body_schema, make_operation, schema_of, version_schema
from twin.publishing.models import Conflicting, ModelChange, Published
from web.openapi import PROBLEM, describe

MEDIA = "application/problem+json"


def describe_all() -> None:
    one = "/api/v1/schematics/{id}"
    published = schema_of(Published)
    published["properties"]["schematic"] = version_schema()
    publish = make_operation(
        "schematics_publish", "Publish a draft or a drawing", published, [ID, IF_MATCH], 404, 409,
        body=body_schema(Publishing), errors=True,
    )  # fmt: skip
    publish["responses"]["409"] = _published_since()
    publish["description"] = (
        "Adds a version that is valid from `valid_from` (now by default; a new schematic's always) and brings the "
        "catalog's assets and connections in line with it, as the preview shows. 409 `published-since` lists what "
        "somebody else has changed since the version that the drawing was made from."
    )
    describe(one + "/publish", "post", publish)
    describe(one + "/preview", "post", make_operation(
        "schematics_preview", "What publishing would change in the catalog", schema_of(ModelChange), [ID], 404, 409,
        body=body_schema(Previewing), errors=True,
    ))  # fmt: skip


def _published_since() -> dict[str, Any]:
    schema = PROBLEM["content"][MEDIA]["schema"]  # type: ignore[index]
    members = {**schema_of(Conflicting)["properties"], "drawing": schema_of(Drawing)}
    return {**PROBLEM, "content": {MEDIA: {"schema": {**schema, "properties": {**schema["properties"], **members}}}}}
