"""The demo's plant has cases that fit its faults, and plans of which one is due."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from catalog.kinds import SITES
from catalog.operations import delete
from catalog.snapshot import snapshot_of
from demo.alarms import ensure_rules
from demo.catalog import HARBOUR, SEED
from demo.install import ensure_site
from demo.plant import faults_between
from demo.plant.clock import DAY, HOUR, MINUTE
from demo.plant.faults import STUCK, TRIPPED
from demo.work import PAST_MS, ensure_work, repaired_faults
from kernel.tenancy import TenantConnection
from kernel.times import TimeRange
from tests.demo.test_alarms import forget_rules
from tests.work.conftest import forget_work
from work.cases.repository import all_of
from work.plans.operations import find
from work.reliability.failures import Failure
from work.reliability.figures import trend_of
from work.reliability.queries import Scope, reliability

pytestmark = pytest.mark.django_db
NOW = 1_795_000_020_000 // MINUTE * MINUTE


@pytest.fixture
def site(acme: TenantConnection) -> Iterator[str]:
    forget_work(acme)
    installed, _ = ensure_site(acme, HARBOUR)
    ensure_rules(acme, NOW)
    yield installed.site
    forget_work(acme)
    forget_rules(acme)
    delete(acme, SITES, installed.site, cascade=True)


def test_past_faults_were_repaired_and_present_ones_are_worked_on(acme: TenantConnection, site: str) -> None:
    assert ensure_work(acme, NOW)
    cases = [case for case in all_of(acme).values() if case.kind == "service"]
    done = [case for case in cases if case.state == "done"]
    faults = {
        (fault.title, fault.end) for fault in faults_between(NOW - PAST_MS, NOW, SEED) if fault.kind in (TRIPPED, STUCK)
    }
    assert len(done) >= 20 and all((case.title, case.ended) in faults for case in done)
    assert sorted(case.state for case in cases if case.is_open) == ["in_progress", "open"]
    assert all(case.alarm is not None and case.site == site for case in cases)
    assert not any(case.suppress for case in cases), "the demo's alarms are shown"
    found = reliability(acme, Scope(type="pump"), TimeRange(NOW - PAST_MS, NOW), NOW)
    assert found.failures >= 15 and found.mtbf_h is not None and found.mttr_h is not None and 3 <= found.mttr_h <= 6


@pytest.mark.parametrize("days", range(0, 56, 7))
def test_failures_are_spread_over_the_year_whenever_the_demo_is_installed(days: int) -> None:
    now = NOW + days * DAY
    starts = [fault.start for fault in repaired_faults(now)]
    assert 20 <= len(starts) <= 30
    for quarter in range(4):
        begins = now - PAST_MS + quarter * PAST_MS // 4
        assert 3 <= sum(begins <= start < begins + PAST_MS // 4 for start in starts) <= 10
    span = TimeRange(now - PAST_MS, now)
    failures = [Failure(fault.asset, fault.start, fault.end, fault.end) for fault in repaired_faults(now)]
    for asset in {each.asset for each in failures}:
        assert trend_of([each for each in failures if each.asset == asset], span).verdict == "steady"
    present = [Failure(asset, now - DAY, None, None) for asset in ("CH-2", "CHWR")]
    assert trend_of([*failures, *present], span).verdict == "steady"


def test_one_pump_is_due_to_be_greased_and_the_chillers_are_not_due(acme: TenantConnection, site: str) -> None:
    ensure_work(acme, NOW)
    assert [plan.name for plan in find(acme)] == ["Brush condenser tubes", "Grease pump bearings"]
    [due] = [case for case in all_of(acme).values() if case.kind == "maintenance"]
    assert due.title == "Grease pump bearings: CHP-1" and due.due is not None and NOW - HOUR < due.due < NOW + 7 * DAY


def test_what_people_have_is_left_alone(acme: TenantConnection, site: str) -> None:
    assert ensure_work(acme, NOW) and not ensure_work(acme, NOW)
    assert snapshot_of(acme).sites[site]
