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
from work.fields import PlantObject
from work.plans.calendar import due_after
from work.plans.models import Due, EventsDue, MaintenancePlan, PlanStanding, RunHoursDue
from work.plans.targets import Target, assets_of, hours_sensor
from work.seams import DeviceRecord, seams

MAX_COUNTED_MS = 5 * 366 * DAY  # of hours and events


class Surroundings:
    """What the standing of a tenant's plans at `at` (None: now) follows from, read once for all of them. The catalog
    and the devices are those of now.
    """

    def __init__(self, tenant: TenantConnection, now: int, at: int | None = None) -> None:
        self.tenant, self.snapshot = tenant, snapshot_of(tenant)
        self.now, self.at, self.moment = now, at, now if at is None else at

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

    @cached_property
    def _cases(self) -> Mapping[tuple[str, str], Sequence[Case]]:
        found: dict[tuple[str, str], list[Case]] = defaultdict(list)
        for case in all_of(self.tenant).values() if self.at is None else all_as_of(self.tenant, self.at):
            if case.plan is not None and case.asset is not None:
                found[case.plan, case.asset.id].append(case)
        return found

    def cases(self, plan: str, asset: str) -> Sequence[Case]:
        return self._cases.get((plan, asset), ())

    def zone(self, site: str) -> ZoneInfo:
        return ZoneInfo(self.snapshot.sites[site].timezone)

    def target(self, plan: MaintenancePlan, asset: Asset) -> Target:
        """As it is now. Raises Unavailable."""
        hours, counter, devices = plan.every.run_hours, None, list[PlantObject]()
        if hours is not None and hours.sensor is not None:
            sensor = hours_sensor(self.sensors.get(asset.id, ()), hours)
            counter = PlantObject(id=sensor.id, tag=sensor.tag, name=sensor.name) if sensor else None
        if plan.every.events is not None:
            found = (device for id in self.tree.inside(asset.id) for device in self.devices.get(id, ()))
            devices = [PlantObject(id=device.id, name=device.name) for device in found]
        return Target(plant_object(asset), asset.site, counter, devices)

    def targets(self, plan: MaintenancePlan) -> list[Target]:
        """As they are now, by tag. Raises Unavailable."""
        return [self.target(plan, asset) for asset in assets_of(self.snapshot, plan)]


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


def standing(around: Surroundings, plan: MaintenancePlan, target: Target) -> PlanStanding:
    """What cannot be counted is said in `problem`, and the rest counts nevertheless."""
    at, every, problems = since(plan, target.asset.id, around.cases(plan.id, target.asset.id)), plan.every, list[str]()
    moment = around.moment
    span = TimeRange(max(at.counts_from, moment - MAX_COUNTED_MS), max(moment, at.counts_from))

    def told(count: Callable[[], float]) -> float | None:
        try:
            return count()
        except PlantraceError as error:
            problems.append(error.detail)
            return None

    due = None if every.calendar is None else due_after(at.counts_from, every.calendar, around.zone(target.site))
    hours = events = None
    if (wanted := every.run_hours) is not None:
        hours = told(lambda: _hours(around, target, wanted, span))
    if (counted := every.events) is not None:
        events = told(lambda: _events(around, target, counted, span))
    reached: list[Due] = []
    if due is not None and due - plan.lead_s * 1000 <= moment:
        reached.append("time")
    if every.run_hours is not None and hours is not None and hours >= every.run_hours.hours:
        reached.append("run_hours")
    if every.events is not None and events is not None and events >= every.events.count:
        reached.append("events")
    return PlanStanding(
        asset=target.asset,
        last_done=at.last_done,
        due=due,
        run_hours=hours,
        events=None if events is None else int(events),
        reached=reached,
        open_case=at.open_case.id if at.open_case else None,
        problem=" ".join(problems) or None,
    )


def _hours(around: Surroundings, target: Target, wanted: RunHoursDue, span: TimeRange) -> float:
    usage, tenant, now = seams().usage, around.tenant, around.now
    if wanted.run is not None:
        return usage.run_hours(tenant, wanted.run, span, now)
    if target.sensor is None:
        kind = "discrete sensor" if wanted.states else "counter"
        raise Conflict(f"The asset has no {kind} that fits {wanted.sensor}.")
    sensor = around.snapshot.sensors.get(target.sensor.id)
    if sensor is None:
        raise Conflict(f"The sensor {target.sensor.tag}, which counted the hours, was deleted.")
    if wanted.states:
        return usage.state_hours(tenant, sensor, wanted.states, span, now)
    return usage.counted_hours(tenant, sensor, span, now)


def _events(around: Surroundings, target: Target, wanted: EventsDue, span: TimeRange) -> int:
    devices = sorted(device.name for device in target.devices)
    return seams().usage.events(around.tenant, wanted.type, devices, span, wanted.count, around.now)
