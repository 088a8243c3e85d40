"""From which revision a change was made: optimistic locking over HTTP."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from kernel.errors import BadRequest
from kernel.numbers import parse_count


def revision_of(request: HttpRequest, given: Any = None) -> int | None:
    """`given` (`revision` in the body or the query), else `If-Match`; None where the request names no revision.

    BadRequest for either that is none, also for an `If-Match` beside `given`.
    """
    in_header = _parsed(request.headers.get("If-Match", "").removeprefix("W/").strip('"') or None, "If-Match")
    return _parsed(given, "revision") if given is not None else in_header


def _parsed(given: Any, named: str) -> int | None:
    if given is None or given == "*":
        return None
    revision = given if isinstance(given, int) else parse_count(str(given))
    if isinstance(given, bool) or revision is None or not 1 <= revision < 2**63:
        raise BadRequest(
            f"“{str(given)[:40]}” is not a revision: a whole number from 1.", slug="bad-revision", field=named
        )
    return revision


def required_revision(request: HttpRequest, given: Any = None) -> int:
    if (revision := revision_of(request, given)) is None:
        raise BadRequest(
            "Say which revision you changed: send the `revision` that you read, in the body or as `If-Match`.",
            slug="revision-missing",
        )
    return revision


def with_etag(response: HttpResponse, revision: int) -> HttpResponse:
    """The revision as `ETag`, which a client may send back as `If-Match`."""
    response["ETag"] = f'"{revision}"'
    return response
