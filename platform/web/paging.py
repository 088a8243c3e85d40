"""Lists return `{"results": […], "next": url or null}`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.db.models import Model, QuerySet
from django.http import HttpRequest

from kernel.errors import BadRequest
from web import query

DEFAULT_LIMIT, MAX_LIMIT = 100, 1000
LIMIT_SCHEMA = {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}  # of `limit_of`
CURSOR_SCHEMA = {"type": "string", "minLength": 1}
T = TypeVar("T")
Row = TypeVar("Row", bound=Model)


def limit_of(request: HttpRequest, default: int = DEFAULT_LIMIT, maximum: int = MAX_LIMIT) -> int:
    """`?limit=`, checked."""
    return query.whole_number(request, "limit", default, 1, maximum)


def next_url(request: HttpRequest, cursor: str) -> str:
    """This request's own address with another cursor; without one for the first page."""
    query = request.GET.copy()
    query.pop("cursor", None)
    if cursor:
        query["cursor"] = cursor
    return f"{request.path}?{urlencode(list(query.items()))}"


def bad_cursor() -> BadRequest:
    return BadRequest(
        "`cursor` is not one of this list: take it from `next` of the page before, or leave it out.",
        slug="bad-cursor",
        parameter="cursor",
    )


def parse_newest_first(cursor: str) -> tuple[int, str]:
    """What `newest_first` was given. BadRequest for another cursor."""
    head, _, id = cursor.partition(" ")
    if not (head.isascii() and head.isdecimal() and len(head) == 16 and id):
        raise bad_cursor()
    return 10**15 - int(head), id


def newest_first(created: int, id: str) -> str:
    """A key for `page_of` that puts what was created last (epoch ms) first."""
    return f"{10**15 - created:016d} {id}"


def page_of(
    request: HttpRequest, items: Sequence[T], key: Callable[[T], str], present: Callable[[T], Any] = lambda item: item
) -> dict[str, Any]:
    """The page of `items` (sorted by `key`, unique) that follows `?cursor=`, the key of the last item seen.

    A cursor names an item, not a position, so that a page stays right while others add and remove items.
    """
    limit, cursor = limit_of(request), request.GET.get("cursor")
    rest = [item for item in items if key(item) > cursor] if cursor is not None else list(items)
    page = rest[:limit]
    more = len(rest) > limit
    return {
        "results": [present(item) for item in page],
        "next": next_url(request, key(page[-1])) if more else None,
    }


def cut(request: HttpRequest, rest: QuerySet[Row], cursor_of: Callable[[Any], str]) -> tuple[list[Row], str | None]:
    """The first page of `rest`, and the address of the next one, which starts after its last row."""
    limit = limit_of(request)
    page = list(rest[: limit + 1])
    more = len(page) > limit
    return page[:limit], next_url(request, cursor_of(page[limit - 1])) if more else None
