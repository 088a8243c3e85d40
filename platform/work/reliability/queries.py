"""Reliability of an asset, of all of a type, or of everything that has cases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from catalog.models import Asset
from catalog.snapshot import Snapshot, snapshot_of
from kernel.errors import BadRequest
from kernel.tenancy import TenantConnection
from kernel.times import TimeRange
from work.assets import AssetTree
from work.cases.models import Case
from work.cases.repository import all_of
from work.fields import PlantObject
from work.reliability.failures import Failure, failure_of, within
from work.reliability.figures import figures_of, trend_of
from work.reliability.models import MAX_MONTHS, Reliability, ReliabilityMonth, ReliabilityRow
from work.reliability.months import months_of
from work.reliability.operating import RunHours, meters_of, operating, run_hours_of, total

MAX_ROWS = 100
UTC_ZONE = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Scope:
    """Ids; empty: any. Either `asset`, with what it contains, or `type`, at one site or at all."""

    asset: str = ""
    type: str = ""
    site: str = ""


def reliability(tenant: TenantConnection, scope: Scope, span: TimeRange, now: int) -> Reliability:
    """Raises BadRequest if the span is too long."""
    snapshot, cases = snapshot_of(tenant), list(all_of(tenant).values())
    months = list(months_of(span, _zone(snapshot, scope)))
    if len(months) > MAX_MONTHS:
        raise BadRequest(
            f"The range has {len(months)} months; {MAX_MONTHS} are allowed.", slug="range-too-long", parameter="from"
        )
    wanted, count = _assets(snapshot, scope, cases)
    failures = [each for case in cases if (each := failure_of(case, now)) is not None and each.asset in wanted]
    counted = run_hours_of(tenant, meters_of(tenant, snapshot, wanted), months, now)
    ids, owners = ({scope.asset}, dict.fromkeys(wanted, scope.asset)) if scope.asset else (wanted, {})
    by_month = operating(failures, ids, months, counted, owners)
    return Reliability(
        **figures_of(failures, count, span, total(by_month)),
        start=span.start,
        end=span.end,
        assets=count,
        trend=trend_of(failures, span),
        months=[
            ReliabilityMonth(**figures_of(failures, count, month, ran), start=month.start, end=month.end)
            for month, ran in zip(months, by_month, strict=True)
        ],
        rows=_rows(failures, snapshot.assets, span, months, counted),
    )


def _assets(snapshot: Snapshot, scope: Scope, cases: Iterable[Case]) -> tuple[frozenset[str], int]:
    """Whose failures count, and how many assets that are: one with what it contains is one."""
    if scope.asset:
        return frozenset(AssetTree(snapshot.assets.values()).inside(scope.asset)), 1
    of_site = [asset for asset in snapshot.assets.values() if scope.site in ("", asset.site)]
    if scope.type:
        found = frozenset(asset.id for asset in of_site if asset.type == scope.type)
    else:
        with_cases = {case.asset.id for case in cases if case.asset is not None}
        found = frozenset(asset.id for asset in of_site if asset.id in with_cases)
    return found, len(found)


def _zone(snapshot: Snapshot, scope: Scope) -> ZoneInfo:
    """Of the only site that it is about; else UTC."""
    asset = snapshot.assets.get(scope.asset)
    sites = {asset.site} if asset is not None else {scope.site} if scope.site else set(snapshot.sites)
    return ZoneInfo(snapshot.sites[sites.pop()].timezone) if len(sites) == 1 else UTC_ZONE


def _rows(
    failures: Sequence[Failure],
    assets: Mapping[str, Asset],
    span: TimeRange,
    months: Sequence[TimeRange],
    counted: Mapping[str, RunHours],
) -> list[ReliabilityRow]:
    by_asset: dict[str, list[Failure]] = defaultdict(list)
    for failure in failures:
        by_asset[failure.asset].append(failure)
    ranked = [(len(within(own, span)), id) for id, own in by_asset.items()]
    shown = sorted(((n, id) for n, id in ranked if n), key=lambda each: (-each[0], assets[each[1]].tag, each[1]))
    return [
        ReliabilityRow(
            **figures_of(by_asset[id], 1, span, total(operating(by_asset[id], {id}, months, counted))),
            asset=PlantObject(id=id, tag=assets[id].tag, name=assets[id].name),
            type=assets[id].type,
            counted_by=counted[id].counted_by if id in counted else None,
            trend=trend_of(by_asset[id], span),
        )
        for _, id in shown[:MAX_ROWS]
    ]
