"""How the number of a tenant's series develops."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from catalog.snapshot import Snapshot, snapshot_of
from ingest.series.counting import ALL, DAY_S, RULE, SITE, SOURCE, counts_of
from ingest.series.models import Creator, SeriesGrowth, SiteSeries
from ingest.series.trend import days_until, slope
from kernel.tenancy import TenantConnection
from web.stores import streams

DAYS = 90  # shown
TREND_DAYS, GROWN_DAYS = 30, 7
MAX_GROUPS = 20
WARN_SHARE, WARN_DAYS = 0.8, 30
MAX_FORECAST_DAYS = 3_650
_ACT = "Delete sensors that are not needed, let rules create fewer, or ask an operator for more."

Days = Sequence[Mapping[str, int]]


def series_growth(tenant: TenantConnection, now_ms: int) -> SeriesGrowth:
    """Today's numbers are those of the catalog as it is. Raises Unavailable."""
    today = now_ms // 1000 // DAY_S
    span = range(today - DAYS + 1, today + 1)
    snapshot, points = snapshot_of(tenant), streams().series_points
    known = [*points.known(tenant.prefix, span)[:-1], counts_of(snapshot)]
    created = points.created(tenant.prefix, span)
    total = [day.get(ALL) for day in known]
    now, limit = len(snapshot.sensors), tenant.limits.sensors
    recent = [(day, number) for day, number in enumerate(total) if number is not None and day >= DAYS - TREND_DAYS]
    per_day = slope(recent)
    left = days_until(limit, now, per_day)
    return SeriesGrowth(
        at=now_ms,
        start=span[0] * DAY_S * 1000,
        known=now,
        limit=limit,
        days=total,
        per_day=per_day,
        limit_at=now_ms + round(left * DAY_S * 1000) if left is not None and left <= MAX_FORECAST_DAYS else None,
        warning=warning_of(now, limit, left),
        sites=_sites(snapshot, known),
        sources=_creators(created, SOURCE),
        rules=_creators(created, RULE),
    )


def warning_of(known: int, limit: int, days_left: float | None) -> str:
    if known >= limit:
        return f"All {limit:,} series that the limit allows exist: no sensor can be created. {_ACT}"
    if days_left is not None and days_left <= WARN_DAYS:
        days = max(1, round(days_left))
        when = "a day" if days == 1 else f"{days} days"
        return f"{known:,} of {limit:,} series exist, and at the present rate the limit is reached in {when}. {_ACT}"
    if known >= WARN_SHARE * limit:
        return f"{known:,} of {limit:,} series exist. {_ACT}"
    return ""


def _sites(snapshot: Snapshot, known: Days) -> list[SiteSeries]:
    """Of the largest. A site has none on a day on which others were counted and it was not."""
    found = []
    for site in snapshot.sites.values():
        if SITE + site.id not in known[-1]:
            continue
        days = [day.get(SITE + site.id, 0) if day else None for day in known]
        now = days[-1] or 0
        before = next((number for number in days[-1 - GROWN_DAYS :] if number is not None), now)
        found.append(SiteSeries(site.id, site.slug, now, now - before, days))
    return sorted(found, key=lambda each: (-each.grown, -each.known, each.slug))[:MAX_GROUPS]


def _creators(created: Days, kind: str) -> list[Creator]:
    names = {name for day in created for name in day if name.startswith(kind)}
    found = []
    for name in names:
        days = [day.get(name, 0) for day in created]
        found.append(Creator(name.removeprefix(kind), sum(days[-GROWN_DAYS:]), days))
    return sorted(found, key=lambda each: (-each.grown, -sum(each.days), each.name))[:MAX_GROUPS]
