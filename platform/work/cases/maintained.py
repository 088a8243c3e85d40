"""Assets that are being worked on, so that their alarms are suppressed by design (ISA-18.2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from catalog.models import Asset
from catalog.snapshot import snapshot_of
from kernel.tenancy import TenantConnection
from stores.redis.epochs import Position
from work.assets import AssetTree
from work.cases.models import Case
from work.cases.repository import all_of, log_of

MAINTENANCE = "maintenance:"


def reason_of(case: Case) -> str:
    return f"{MAINTENANCE}{case.id}:{case.number}"


def position(tenant: TenantConnection) -> tuple[Position, Position]:
    """Of the cases and of the catalog: while it is the same, so is what `maintained` returns."""
    return log_of(tenant).position(), snapshot_of(tenant).position


def maintained(tenant: TenantConnection) -> dict[str, tuple[str, ...]]:
    """By asset the reasons, in order of the cases' numbers."""
    return reasons_by_asset(list(all_of(tenant).values()), snapshot_of(tenant).assets)


def reasons_by_asset(cases: Sequence[Case], assets: Mapping[str, Asset]) -> dict[str, tuple[str, ...]]:
    """Of each asset of a case in progress that suppresses, and of all that it contains."""
    working = [case for case in cases if case.suppress and case.state == "in_progress"]
    if not working:
        return {}
    tree, found = AssetTree(assets.values()), defaultdict[str, list[str]](list)
    for case in sorted(working, key=lambda case: case.number):
        for asset in tree.inside(case.asset.id) if case.asset is not None else ():
            found[asset].append(reason_of(case))
    return {asset: tuple(reasons) for asset, reasons in found.items()}
