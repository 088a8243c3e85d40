"""The OpenAPI operations of the views of backups."""

from __future__ import annotations

from tenants.backups.queries import BackupView
from tenants.openapi import CURSOR, LIMIT, PROBLEMS, PROBLEMS_OF_ONE, SLUG, describe_tenants, page_schema, schema_of
from web.openapi import path_parameter, response_schema

_BACKUP = schema_of(BackupView)
_PAGE = page_schema(_BACKUP, total={"type": "integer", "description": "Number of backups"})
_ID = path_parameter("id", "The backup's id")

describe_tenants(
    "/api/v1/tenants/{slug}/backups", "get", "tenant_backups_list", "Archives of the tenants that had this slug",
    {"200": response_schema("A page of backups, newest first", _PAGE), **PROBLEMS},
    parameters=[SLUG, LIMIT, CURSOR],
)  # fmt: skip
describe_tenants(
    "/api/v1/tenants/{slug}/backups", "post", "tenant_backup", "Take a backup; watch its `state` until it is `done`",
    {"202": response_schema("Requested", _BACKUP), **PROBLEMS_OF_ONE}, parameters=[SLUG],
)  # fmt: skip
describe_tenants(
    "/api/v1/tenants/{slug}/backups/{id}", "get", "tenant_backup_read", "One backup",
    {"200": response_schema("The backup", _BACKUP), **PROBLEMS_OF_ONE}, parameters=[SLUG, _ID],
)  # fmt: skip
describe_tenants(
    "/api/v1/tenants/{slug}/backups/{id}", "delete", "tenant_backup_delete", "Remove an archive permanently",
    {"204": {"description": "Removed"}, **PROBLEMS_OF_ONE}, parameters=[SLUG, _ID],
)  # fmt: skip
describe_tenants(
    "/api/v1/tenants/{slug}/backups/{id}/cancel", "post", "tenant_backup_cancel",
    "Cancel a requested or running backup; nothing of it is left",
    {"200": response_schema("The backup", _BACKUP), **PROBLEMS_OF_ONE}, parameters=[SLUG, _ID],
)  # fmt: skip
