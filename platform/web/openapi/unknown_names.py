"""Names in a request that its operation does not declare."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.http import HttpRequest

from kernel.errors import BadRequest
from kernel.suggest import closest, limit_searches
from web.openapi.declared import declared

MAX_UNKNOWN_NAMES = 20  # per body; the rest is not reported
NAME_CHARS = 80  # of an unknown name in a message


def unknown_parameter(name: str, known: Collection[str]) -> BadRequest:
    found = closest(name, sorted(known), 1)
    hint = f"Did you mean {found[0]}=?" if found else f"Known parameters: {', '.join(sorted(known))}."
    return BadRequest(
        f"Unknown parameter {name[:NAME_CHARS]}. {hint}",
        slug="unknown-parameter",
        errors=[{"field": name[:NAME_CHARS], "message": hint}],
    )


def check_members(request: HttpRequest, value: Any) -> None:
    """Raises BadRequest for members of a JSON body that the operation does not declare."""
    operation = declared(request)
    if operation is None or operation.body is None:
        return
    errors = []
    with limit_searches(MAX_UNKNOWN_NAMES):
        for pointer, name, among in operation.body.strangers(value):
            found = closest(name, sorted(among.named or ()), 1)
            hint = f"is unknown. Did you mean “{found[0]}”?" if found else "is unknown."
            errors.append({"field": f"{pointer}.{name[:NAME_CHARS]}".removeprefix("."), "message": hint})
            if len(errors) == MAX_UNKNOWN_NAMES:
                break
    if errors:
        raise BadRequest(
            " ".join(f"{error['field']}: {error['message']}" for error in errors), slug="invalid-body", errors=errors
        )
