"""The errors every part may raise; the web layer turns them into `application/problem+json` (RFC 9457)."""

from __future__ import annotations

from typing import Any, ClassVar


class PlantraceError(Exception):
    """What went wrong, in a sentence for the person who asked. `extra` becomes members of the problem document."""

    status: ClassVar[int] = 500
    slug: ClassVar[str] = "internal-error"
    title: ClassVar[str] = "Something went wrong on our side"

    def __init__(self, detail: str, *, slug: str | None = None, **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.problem = slug or self.slug
        self.extra = extra


class BadRequest(PlantraceError):
    status, slug, title = 400, "bad-request", "The request is not right"


class Unauthorized(PlantraceError):
    status, slug, title = 401, "unauthorized", "Sign in first"


class Forbidden(PlantraceError):
    status, slug, title = 403, "forbidden", "Not allowed"


class NotFound(PlantraceError):
    status, slug, title = 404, "not-found", "Not found"


class Conflict(PlantraceError):
    status, slug, title = 409, "conflict", "Somebody else was faster"


class LengthRequired(PlantraceError):
    status, slug, title = 411, "length-required", "Say how long it is"


class TooLarge(PlantraceError):
    status, slug, title = 413, "too-large", "Too large"


class TooManyRequests(PlantraceError):
    """`retry_after` (seconds) in `extra` also becomes the `Retry-After` header."""

    status, slug, title = 429, "too-many-requests", "Too many requests"


class Unavailable(PlantraceError):
    """A store that the answer needs is down or too slow; trying again later is right."""

    status, slug, title = 503, "unavailable", "A part of the platform is not available"
