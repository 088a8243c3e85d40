"""The OpenAPI operations of templates."""

from __future__ import annotations

from twin.openapi import IF_MATCH, body_schema, make_operation, page_schema, schema_of
from twin.templates.models import NewTemplate, Template, TemplateChange
from web.openapi import describe, paging, path_parameter

_BASE = "/api/v1/schematic-templates"
_ID = path_parameter("id", "A template's id")


def describe_all() -> None:
    one, template = f"{_BASE}/{{id}}", schema_of(Template)
    describe(_BASE, "get", make_operation(
        "templates_list", "Parts of drawings to be placed again", page_schema(template), [*paging()],
    ))  # fmt: skip
    describe(_BASE, "post", make_operation(
        "templates_create", "Keep parts of a drawing as a template", template, [], 409,
        body=body_schema(NewTemplate), status="201", errors=True,
    ))  # fmt: skip
    describe(one, "get", make_operation("templates_read", "One template", template, [_ID], 404))
    describe(one, "put", make_operation(
        "templates_update", "Replace a template", template, [_ID, IF_MATCH], 404, 409,
        body=body_schema(TemplateChange), errors=True,
    ))  # fmt: skip
    describe(one, "delete", make_operation(
        "templates_delete", "Delete a template", None, [_ID, IF_MATCH], 404, 409, status="204",
    ))  # fmt: skip
