"""How a plan stands at one of its assets: what is due, by the calendar, run-hours or events."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

from catalog.models import Asset, Sensor
from catalog.snapshot import snapshot_of
from kernel.errors import Conflict, PlantraceError
from kernel.tenancy import TenantConnection
from kernel.times import DAY, TimeRange
from work.assets import AssetTree
from work.cases.models import Case
from work.cases.repository import all_as_of, all_of
from work.cases.subjects import plant_object
from work.plans.calendar import due_after
from work.plans.models import Due, EventsDue, MaintenancePlan, PlanStanding, RunHoursDue
from work.plans.targets import hours_sensor
from work.seams import DeviceRecord, seams

MAX_COUNTED_MS = 5 * 366 * DAY  # of hours and events


class Surroundings:
    """What the standing of a tenant's plans at `at` (None: now) follows from, read once for all of them. Assets,
    sensors and devices are those of now.
    """

    def __init__(self, tenant: TenantConnection, now: int, at: int | None = None) -> None:
        self.tenant, self.snapshot = tenant, snapshot_of(tenant)
        self.now, self.moment = now, now if at is None else at
        self._cases: dict[tuple[str, str], list[Case]] = defaultdict(list)
        for case in all_of(tenant).values() if at is None else all_as_of(tenant, at):
            if case.plan is not None and case.asset is not None:
                self._cases[case.plan, case.asset.id].append(case)

    @cached_property
    def tree(self) -> AssetTree:
        return AssetTree(self.snapshot.assets.values())

    @cached_property
    def sensors(self) -> Mapping[str, Sequence[Sensor]]:
        """By asset."""
        found: dict[str, list[Sensor]] = defaultdict(list)
        for sensor in self.snapshot.sensors.values():
            if sensor.asset:
                found[sensor.asset].append(sensor)
        return found

    @cached_property
    def devices(self) -> Mapping[str, Sequence[DeviceRecord]]:
        """By asset."""
        found: dict[str, list[DeviceRecord]] = defaultdict(list)
        for device in seams().fleet.devices(self.tenant):
            if device.asset:
                found[device.asset].append(device)
        return found

    def cases(self, plan: str, asset: str) -> Sequence[Case]:
        return self._cases.get((plan, asset), ())

    def zone(self, asset: Asset) -> ZoneInfo:
        return ZoneInfo(self.snapshot.sites[asset.site].timezone)


@dataclass(frozen=True, slots=True)
class Since:
    """When a plan was done last at an asset, from when it counts (epoch ms), and its case that is not closed yet."""

    last_done: int | None
    counts_from: int
    open_case: Case | None


def since(plan: MaintenancePlan, asset: str, cases: Iterable[Case]) -> Since:
    """The newest closed case counts, also one that was cancelled; before there is one, what the plan says."""
    told = [each.at for each in plan.last_done if each.asset == asset]
    done, closed, open_case = list(told), list(told), None
    for case in cases:
        if case.is_open:
            open_case = case
        elif case.ended is not None:
            closed.append(case.ended)
            done += [case.ended] if case.state == "done" else []
    return Since(max(done, default=None), max(closed, default=plan.begins), open_case)


def standing(around: Surroundings, plan: MaintenancePlan, asset: Asset) -> PlanStanding:
    """What cannot be counted is said in `problem`, and the rest counts nevertheless."""
    at, every, problems = since(plan, asset.id, around.cases(plan.id, asset.id)), plan.every, list[str]()
    moment = around.moment
    span = TimeRange(max(at.counts_from, moment - MAX_COUNTED_MS), max(moment, at.counts_from))

    def told(count: Callable[[], float]) -> float | None:
        try:
            return count()
        except PlantraceError as error:
            problems.append(error.detail)
            return None

    due = None if every.calendar is None else due_after(at.counts_from, every.calendar, around.zone(asset))
    hours = events = None
    if (wanted := every.run_hours) is not None:
        hours = told(lambda: _hours(around, asset.id, wanted, span))
    if (counted := every.events) is not None:
        events = told(lambda: _events(around, asset.id, counted, span))
    reached: list[Due] = []
    if due is not None and due - plan.lead_s * 1000 <= moment:
        reached.append("time")
    if every.run_hours is not None and hours is not None and hours >= every.run_hours.hours:
        reached.append("run_hours")
    if every.events is not None and events is not None and events >= every.events.count:
        reached.append("events")
    return PlanStanding(
        asset=plant_object(asset),
        last_done=at.last_done,
        due=due,
        run_hours=hours,
        events=None if events is None else int(events),
        reached=reached,
        open_case=at.open_case.id if at.open_case else None,
        problem=" ".join(problems) or None,
    )


def _hours(around: Surroundings, asset: str, wanted: RunHoursDue, span: TimeRange) -> float:
    usage, tenant, now = seams().usage, around.tenant, around.now
    if wanted.run is not None:
        return usage.run_hours(tenant, wanted.run, span, now)
    sensor = hours_sensor(around.sensors.get(asset, ()), wanted)
    if sensor is None:
        kind = "discrete sensor" if wanted.states else "counter"
        raise Conflict(f"The asset has no {kind} that fits {wanted.sensor}.")
    if wanted.states:
        return usage.state_hours(tenant, sensor, wanted.states, span, now)
    return usage.counted_hours(tenant, sensor, span, now)


def _events(around: Surroundings, asset: str, wanted: EventsDue, span: TimeRange) -> int:
    devices = [device.name for each in around.tree.inside(asset) for device in around.devices.get(each, ())]
    return seams().usage.events(around.tenant, wanted.type, sorted(devices), span, wanted.count, around.now)
