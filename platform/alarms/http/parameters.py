"""Query parameters that alarms, their journal and their rules have in common."""

from __future__ import annotations

from django.http import HttpRequest

from catalog.dependents import below
from catalog.snapshot import Snapshot
from kernel.errors import BadRequest, NotFound
from kernel.suggest import did_you_mean

MAX_WORDS = 20


def site_of(request: HttpRequest, catalog: Snapshot) -> str:
    """The site's id; empty for all sites. Raises NotFound."""
    named = request.GET.get("site")
    if named is None:
        return ""
    site = catalog.site(named)
    if site is None:
        hint = did_you_mean(named, [other.slug for other in catalog.sites.values()])
        raise NotFound(f"There is no site “{named[:80]}”.{hint}", parameter="site")
    return site.id


def assets_of(request: HttpRequest, catalog: Snapshot) -> frozenset[str]:
    """The ids of the asset and of all that it contains; empty for all. Raises NotFound."""
    id = request.GET.get("asset")
    if id is None:
        return frozenset()
    if id not in catalog.assets:
        raise NotFound(f"There is no asset “{id[:80]}”.", parameter="asset")
    return frozenset(below(catalog, "assets", {id}))


def priorities_of(request: HttpRequest) -> frozenset[int]:
    """Empty: all."""
    text = request.GET.get("priority")
    if text is None:
        return frozenset()
    words = text.split(",")
    if len(words) > 4 or not all(word in ("1", "2", "3", "4") for word in words):
        raise BadRequest(
            f"priority={text[:40]} is not one or more of 1, 2, 3 and 4, separated by commas.",
            slug="bad-priority",
            parameter="priority",
        )
    return frozenset(map(int, words))


def words_of(request: HttpRequest) -> tuple[str, ...]:
    """The distinct words of `q`, in lower case."""
    words = tuple(dict.fromkeys(request.GET.get("q", "").casefold().split()))
    if len(words) > MAX_WORDS:
        raise BadRequest(f"q has {len(words)} words; at most {MAX_WORDS} are searched for.", slug="bad-filter")
    return words
