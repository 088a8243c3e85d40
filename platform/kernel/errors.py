"""The errors that every part may raise. The web layer turns them into `application/problem+json` (RFC 9457)."""

from __future__ import annotations

from typing import Any, ClassVar

MAX_DETAIL = 2_000  # characters: what was sent may be quoted, but is not sent back whole


def shortened(text: str, limit: int = MAX_DETAIL) -> str:
    """The text, or its beginning and end."""
    if len(text) <= limit:
        return text
    return f"{text[: limit * 3 // 4]} … {text[-limit // 4 + 3 :]}"


class PlantraceError(Exception):
    """What went wrong, in a sentence for the caller. `extra` becomes members of the problem document."""

    status: ClassVar[int] = 500
    slug: ClassVar[str] = "internal-error"
    title: ClassVar[str] = "Internal error"

    def __init__(self, detail: str, *, slug: str | None = None, **extra: Any) -> None:
        self.detail = shortened(detail)
        super().__init__(self.detail)
        self.problem = slug or self.slug
        self.extra = extra


class BadRequest(PlantraceError):
    status, slug, title = 400, "bad-request", "Bad request"


class Unauthorized(PlantraceError):
    status, slug, title = 401, "unauthorized", "Authentication required"


class Forbidden(PlantraceError):
    status, slug, title = 403, "forbidden", "Not allowed"


class NotFound(PlantraceError):
    status, slug, title = 404, "not-found", "Not found"


class MethodNotAllowed(PlantraceError):
    status, slug, title = 405, "method-not-allowed", "Method not allowed"


class Conflict(PlantraceError):
    status, slug, title = 409, "conflict", "Conflict"


class LengthRequired(PlantraceError):
    status, slug, title = 411, "length-required", "Length required"


class TooLarge(PlantraceError):
    status, slug, title = 413, "too-large", "Too large"


class TooManyRequests(PlantraceError):
    """`retry_after` in `extra` (seconds) also becomes the header `Retry-After`."""

    status, slug, title = 429, "too-many-requests", "Too many requests"


class Unavailable(PlantraceError):
    """A store that the answer needs is down or too slow; the caller should try again later."""

    status, slug, title = 503, "unavailable", "Service unavailable"
