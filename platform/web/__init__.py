"""What all views are written with (ADR 0055): callers, query parameters, problems, paging, audit, OpenAPI."""
