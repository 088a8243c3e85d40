"""What a trend shows: the state that the web UI has in its address."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated

from msgspec import Meta, Struct

from catalog.snapshot import Snapshot
from historian.http.other_series import describe
from kernel.errors import NotFound
from kernel.tenancy import TenantConnection
from workspace.fields import (
    MAX_OPTIONS,
    MAX_TRACES,
    Duration,
    OptionName,
    OptionValue,
    SensorId,
    Time,
    checked_time,
    wrong,
)

RESERVED = frozenset({"sensors", "range", "start", "end", "site", "at", "tz", "tenant", "view", "dashboard", "kiosk"})


class GivenTrend(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`sensors`: by colour, null for one that nobody uses. A range that ends now has `range`, a fixed one `start` and
    `end`. `options`: the page's other settings (axes, tools), as its address has them.
    """

    sensors: Annotated[list[SensorId | None], Meta(max_length=MAX_TRACES)] = []
    range: Duration | None = None
    start: Time | None = None
    end: Time | None = None
    options: Annotated[dict[OptionName, OptionValue], Meta(max_length=MAX_OPTIONS)] = {}

    @property
    def used(self) -> list[str]:
        return list(dict.fromkeys(sensor for sensor in self.sensors if sensor is not None))


class Trend(GivenTrend, frozen=True, kw_only=True):
    """As it is kept and returned: with every member."""


def check_trend(
    trend: GivenTrend, tenant: TenantConnection, snapshot: Snapshot, known: Collection[str], field: str
) -> None:
    """Raises BadRequest. `known`: sensors that it showed before; they may be gone meanwhile."""
    check_sensors(trend.used, tenant, snapshot, known, f"{field}.sensors")
    if (trend.start is None) != (trend.end is None):
        raise wrong(f"{field}.end", "A fixed range has both `start` and `end`.")
    if trend.start is not None and trend.end is not None:
        checked_time(trend.start, f"{field}.start")
        checked_time(trend.end, f"{field}.end")
        if trend.end <= trend.start:
            raise wrong(f"{field}.end", "`end` must be after `start`.")
        if trend.range is not None:
            raise wrong(f"{field}.range", "Send either `range`, or `start` and `end`.")
    for name in trend.options:
        if name in RESERVED:
            raise wrong(
                f"{field}.options.{name}", f"`{name}` is not an option: it has a member of its own, or is not stored."
            )


def check_sensors(
    sensors: Collection[str], tenant: TenantConnection, snapshot: Snapshot, known: Collection[str], field: str
) -> None:
    """Raises BadRequest for one that there is not, neither as a sensor nor as a calculated series."""
    for sensor in sensors:
        if sensor in known:
            continue
        try:
            describe(tenant, snapshot, sensor)
        except NotFound:
            raise wrong(field, f"There is no sensor {sensor}.") from None
