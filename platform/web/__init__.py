"""Django glue without models: callers, problems, paging, audit, OpenAPI of plain views."""
