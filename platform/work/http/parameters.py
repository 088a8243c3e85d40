"""Query parameters of lists of work."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse

from catalog.snapshot import Snapshot
from kernel.errors import BadRequest, NotFound
from kernel.suggest import did_you_mean
from kernel.tenancy import TenantConnection
from web import query
from web.caller import caller_of
from work.assets import AssetTree
from work.cases.listing import NOBODY, Filters
from work.cases.models import KINDS, MAX_KEY, STATES
from work.seams import seams

FORMATS = ("json", "csv")
MAX_WORDS, MAX_SEARCH = 20, 200
STRANGER = "-"  # no member's id
NEXT_PAGE = "X-Next-Page"  # of CSV, which has no place for it


def filters_of(request: HttpRequest, tenant: TenantConnection, snapshot: Snapshot, overdue: bool) -> Filters:
    """Raises BadRequest, NotFound (no such site or asset)."""
    asset, site, nowhere = asset_of(request, snapshot), site_of(request, snapshot), query.flag(request, "without_site")
    if nowhere and site:
        raise BadRequest(
            "Ask either for a site, or for what belongs to none.", slug="bad-filter", parameter="without_site"
        )
    return Filters(
        words=_words(request),
        states=frozenset(_choices(request, "state", STATES)),
        kinds=frozenset(_choices(request, "kind", KINDS)),
        site=None if nowhere else site,
        assets=frozenset(AssetTree(snapshot.assets.values()).inside(asset)) if asset else None,
        sensor=_short(request, "sensor"),
        device=_short(request, "device"),
        alarm=_short(request, "alarm"),
        plan=_short(request, "plan"),
        campaign=_short(request, "campaign"),
        assigned=_assigned(request, tenant),
        overdue=overdue,
    )


def past_moment(request: HttpRequest, now: int) -> int | None:
    """`at` in epoch ms; None: now. Raises BadRequest."""
    at = query.moment(request, "at")
    return None if at is not None and at >= now else at


def site_of(request: HttpRequest, snapshot: Snapshot) -> str:
    """The site's id; empty for all sites. Raises NotFound."""
    named = request.GET.get("site")
    if named is None:
        return ""
    site = snapshot.site(named)
    if site is None:
        hint = did_you_mean(named, [other.slug for other in snapshot.sites.values()])
        raise NotFound(f"There is no site “{named[:80]}”.{hint}", parameter="site")
    return site.id


def asset_of(request: HttpRequest, snapshot: Snapshot) -> str:
    """The asset's id; empty for all. Raises NotFound."""
    id = request.GET.get("asset")
    if id is None:
        return ""
    if id not in snapshot.assets:
        raise NotFound(f"There is no asset “{id[:80]}”.", parameter="asset")
    return id


def csv_file(text: str, name: str, more: str | None = None) -> HttpResponse:
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    if more:
        response[NEXT_PAGE] = more
    return response


def _words(request: HttpRequest) -> tuple[str, ...]:
    words = tuple(dict.fromkeys(request.GET.get("q", "").casefold().split()))
    if len(words) > MAX_WORDS:
        raise BadRequest(f"q has {len(words)} words; at most {MAX_WORDS} are searched for.", slug="bad-filter")
    return words


def _choices(request: HttpRequest, name: str, choices: Sequence[str]) -> list[Any]:
    """Those that are named, separated by commas; none: all."""
    text = request.GET.get(name)
    if text is None:
        return []
    wanted = list(dict.fromkeys(text.split(",")))
    for each in wanted:
        if each not in choices:
            raise BadRequest(
                f"{name}={each[:40]} is not one of {', '.join(choices)}.", slug="bad-parameter", parameter=name
            )
    return wanted


def _short(request: HttpRequest, name: str) -> str:
    """What it names may be gone, and its cases are still there."""
    text = request.GET.get(name, "")
    if len(text) > MAX_KEY:
        raise BadRequest(
            f"{name} has {len(text)} characters; {MAX_KEY} are allowed.", slug="bad-parameter", parameter=name
        )
    return text


def _assigned(request: HttpRequest, tenant: TenantConnection) -> str | None:
    """`me`, `none`, or the id of a member, who may have left."""
    text = request.GET.get("assigned")
    if text is None:
        return None
    if text == "me":
        return seams().people.id_of_user(tenant, caller_of(request).user_id) or STRANGER
    return NOBODY if text == "none" else _short(request, "assigned")
