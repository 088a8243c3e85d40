"""The work that the demo's faults have led to, and two maintenance plans of its plant."""

from __future__ import annotations

from alarms.rules import repository as rules
from catalog.snapshot import snapshot_of
from demo.alarms import AUTHOR, CONDENSER_FOULED, PUMP_TRIPPED, RETURN_DRIFTS, VALVE_STUCK
from demo.catalog import HARBOUR, RUNNING, SEED
from demo.plant import faults_between
from demo.plant.faults import DRIFTING, FOULED, STUCK, TRIPPED, Fault
from kernel.tenancy import TenantConnection
from kernel.times import DAY, HOUR, MINUTE
from work.cases import notes
from work.cases.models import CaseAlarm, GivenDowntime, NewCase
from work.cases.operations import create
from work.cases.repository import all_of
from work.fields import Person, Priority
from work.plans.models import (
    CalendarDue,
    GivenLastDone,
    MaintenancePlanContent,
    PlanTarget,
    PlanTriggers,
    RunHoursDue,
)
from work.plans.opening import open_due
from work.plans.operations import create as create_plan
from work.plans.repository import PLANS
from work.seams import seams

PAST_MS, RECENT_MS = 365 * DAY, 28 * DAY
REPAIR_INTERVAL = 56 * DAY  # of an asset; other faults pass without a case
NOTICED_AFTER = 20 * MINUTE
ENGINEER = "engineer"
_RULES = {TRIPPED: PUMP_TRIPPED, STUCK: VALVE_STUCK, FOULED: CONDENSER_FOULED, DRIFTING: RETURN_DRIFTS}
_PRIORITIES: dict[str, Priority] = {TRIPPED: 1, STUCK: 3, FOULED: 3, DRIFTING: 4}
_DONE = {
    TRIPPED: "Motor protection reset after the winding was measured. Terminals tightened.",
    STUCK: "Actuator's coupling was loose: tightened, and the valve exercised over its whole stroke.",
    FOULED: "Tubes brushed. Approach is back to 1.5 K at full load.",
    DRIFTING: "Sensor replaced, and compared with the chillers' own.",
}
_NOTES = {
    FOULED: "Contractor comes with the brushes as soon as the other chiller can take the load.",
    DRIFTING: "Reads more than the chillers at the same flow. A calibrated sensor is ordered.",
}


def ensure_work(tenant: TenantConnection, now: int) -> bool:
    """Whether it was added: not where there are cases or plans already, which are people's."""
    if all_of(tenant) or PLANS.find(tenant):
        return False
    for fault in repaired_faults(now):
        _repaired(tenant, fault, now)
    faults = faults_between(now - RECENT_MS, now, SEED)
    engineer = next((each for each in seams().people.active(tenant) if each.name == ENGINEER), None)
    for kind in (FOULED, DRIFTING):
        _under_way(tenant, [fault for fault in faults if fault.kind == kind][-1], engineer, now)
    _plan(tenant, engineer, now)
    open_due(tenant, now)
    return True


def repaired_faults(now: int) -> list[Fault]:
    """Those of the last year that have a case: of each asset the first one in eight weeks."""
    began = (now - PAST_MS) // REPAIR_INTERVAL * REPAIR_INTERVAL
    first = dict[tuple[str, int], Fault]()
    for fault in faults_between(began, now, SEED):
        if fault.kind in (TRIPPED, STUCK) and fault.start >= began:
            first.setdefault((fault.asset, fault.start // REPAIR_INTERVAL), fault)
    return [fault for fault in first.values() if fault.start > now - PAST_MS and fault.end < now]


def _repaired(tenant: TenantConnection, fault: Fault, now: int) -> None:
    opened = min(fault.start + NOTICED_AFTER, fault.end)
    content = NewCase(
        title=fault.title,
        priority=_PRIORITIES[fault.kind],
        asset=_asset(tenant, fault.asset),
        alarm=_alarm(tenant, fault),
        failure=True,
        downtime=GivenDowntime(start=fault.start, end=fault.end),
        what_was_done=_DONE[fault.kind],
        state="done",
        opened=opened,
        began=min(opened + HOUR, fault.end),
        ended=fault.end,
    )
    create(tenant, content, author=AUTHOR, now=now)


def _under_way(tenant: TenantConnection, fault: Fault, engineer: Person | None, now: int) -> None:
    opened = min(fault.start + HOUR, now)
    content = NewCase(
        title=fault.title,
        priority=_PRIORITIES[fault.kind],
        asset=_asset(tenant, fault.asset),
        alarm=_alarm(tenant, fault),
        assigned=engineer.id if engineer is not None else None,
        due=fault.start + (10 if fault.kind == FOULED else 3) * DAY,
        failure=True,
        state="in_progress" if fault.kind == FOULED else "open",
        opened=opened,
        began=opened if fault.kind == FOULED else None,
    )
    case = create(tenant, content, author=AUTHOR, now=now)
    notes.add(tenant, case.id, _NOTES[fault.kind], author=AUTHOR, now=now)


def _plan(tenant: TenantConnection, engineer: Person | None, now: int) -> None:
    chillers = ("CH-1", "CH-2")
    brushing = MaintenancePlanContent(
        name="Brush condenser tubes",
        target=PlanTarget(asset_type="chiller", site=HARBOUR.slug),
        every=PlanTriggers(
            calendar=CalendarDue(count=6, unit="months"),
            run_hours=RunHoursDue(hours=2_000, sensor="CH*-STS", states=[str(RUNNING.index("Running"))]),
        ),
        lead_s=14 * DAY // 1000,
        instruction="Isolate and drain the condenser.\nBrush all tubes, flush, and close with new gaskets.\n"
        "Note the approach before and after.",
        begins=now - 100 * DAY,
        last_done=[GivenLastDone(asset=_asset(tenant, tag), at=now - 100 * DAY) for tag in chillers],
    )
    pumps = {"CHP-1": 88, "CHP-2": 30, "CHP-3": 30, "CWP-1": 45, "CWP-2": 45}  # days since they were greased
    greasing = MaintenancePlanContent(
        name="Grease pump bearings",
        target=PlanTarget(asset_type="pump", site=HARBOUR.slug),
        every=PlanTriggers(calendar=CalendarDue(count=3, unit="months")),
        lead_s=7 * DAY // 1000,
        priority=4,
        assigned=engineer.id if engineer is not None else None,
        instruction="Two strokes of NLGI 2 grease at each bearing while the pump turns slowly.",
        last_done=[GivenLastDone(asset=_asset(tenant, tag), at=now - days * DAY) for tag, days in pumps.items()],
    )
    for content in (brushing, greasing):
        create_plan(tenant, content, author=AUTHOR, now=now)


def _asset(tenant: TenantConnection, tag: str) -> str:
    snapshot = snapshot_of(tenant)
    site = snapshot.site(HARBOUR.slug)
    asset = snapshot.asset(site.id, tag) if site is not None else None
    if asset is None:
        raise LookupError(f"the demo's plant has no asset {tag}")
    return asset.id


def _alarm(tenant: TenantConnection, fault: Fault) -> CaseAlarm | None:
    """Of the demo's rule at the fault's first sign; None if somebody has deleted the rule."""
    snapshot = snapshot_of(tenant)
    site = snapshot.site(HARBOUR.slug)
    rule = next((each for each in rules.find(tenant) if each.name == _RULES[fault.kind]), None)
    sensor = snapshot.sensor(site.id, fault.signs[0]) if site is not None else None
    if rule is None or sensor is None:
        return None
    key = f"{rule.id}:{sensor.id}"
    return CaseAlarm(key=key) if seams().alarms.find(tenant, key) is not None else None
