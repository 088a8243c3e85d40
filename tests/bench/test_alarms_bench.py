"""Budgets of alarms: how many recorded points a second the evaluator alone takes, how soon an alarm is raised.

BENCH_SCALE shortens the measurement (0.1: a dry run); only a full run rewrites docs/benchmarks.md.
"""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from alarms.evaluation.stored_rules import StoredRules
from alarms.evaluation.tenant import TenantEvaluator
from alarms.journal.drain import drain
from catalog.operations import ensure_indexes
from catalog.snapshot import snapshot_of
from kernel.ids import TENANT, new_id
from kernel.tenancy import Limits, TenantConnection
from tests.bench.alarms.latency import CrossingDevice, RaisedAlarms, make_plant, raised_in_journal
from tests.bench.alarms.recorded import SENSORS, append, make_rules, make_sensors, read_signals, recorded_seconds
from tests.bench.ingest.senders import platform_target, send_all
from tests.bench.publishing import publish
from tests.bench.query.bars import Bar, at_most
from tests.bench.query.report import bars
from tests.installation import Platform
from web.clock import now_ms
from web.stores import documents, streams

pytestmark = [pytest.mark.bench, pytest.mark.timeout(1800)]
SCALE = float(os.environ.get("BENCH_SCALE", "1"))
POINTS_PER_S = 58_000
LINGER_S = 0.2  # what the evaluator takes in one turn at that rate
POINTS = int(2_000_000 * SCALE)
PLANT, RATE, LATENCY_S, ALARM_MS = 1_000, 10_000, 120 * SCALE, 2_000


@pytest.fixture
def tenant(acme: TenantConnection) -> TenantConnection:
    made = replace(acme, id=new_id(TENANT), disk="", limits=Limits(samples_per_s=10_000_000))
    ensure_indexes(documents(made))
    return made


def test_recorded_points_a_second(tenant: TenantConnection, shared_data: Path) -> None:
    signals = read_signals(shared_data)
    sensors = make_sensors(tenant)
    rules = make_rules(tenant, sensors, signals)
    [site] = snapshot_of(tenant).sites
    evaluator = TenantEvaluator(tenant, StoredRules(tenant), now_ms)
    began = time.perf_counter()
    evaluator.run_once()
    compiled_s = time.perf_counter() - began
    seconds = recorded_seconds(sensors, signals, site, now_ms() - POINTS // SENSORS * 1000)
    in_turn = max(1, round(POINTS_PER_S * LINGER_S / SENSORS))
    took, used, points, changes = 0.0, 0.0, 0, 0
    while points < POINTS:
        for _ in range(in_turn):
            append(tenant, next(seconds), SENSORS)
        began, cpu = time.perf_counter(), time.process_time()
        while evaluator.run_once().more:
            pass
        took, used = took + time.perf_counter() - began, used + time.process_time() - cpu
        points += in_turn * SENSORS
        streams().commit(tenant.prefix, streams().read(tenant.prefix, 200))
        if not points // SENSORS % 100:
            changes += drain(tenant)
    changes += drain(tenant)
    rate = points / took
    judged = [Bar("recorded points a second on one core", f">= {POINTS_PER_S:,}", f"{rate:,.0f}", rate >= POINTS_PER_S)]
    summary = (
        f"{rules:,} rules at {len(sensors):,} sensors, which repeat recorded signals: {points:,} points in turns of"
        f" {in_turn * SENSORS:,} took {took:.1f} s, of which {used:.1f} s of the processor; {changes:,} alarms were"
        f" raised or returned. The rules were compiled in {compiled_s:.1f} s."
    )
    publish({"alarms-evaluation": f"{summary}\n\n{bars(judged)}"}, SCALE)
    assert np.isfinite(rate) and all(bar.reached for bar in judged)


def test_from_acknowledgement_to_alarm(platform: Platform) -> None:
    """At 10,000 points a second through web process, queue, writer and evaluator, with 10,000 alarms."""
    tenant = "watched"
    make_plant(platform, tenant, PLANT)
    prefix = platform.shell(_RULES.format(tenant=tenant, sensors=PLANT)).split("prefix=")[-1].strip()
    target = platform_target(platform, tenant)
    time.sleep(10)  # until the evaluator has the rules
    with RaisedAlarms(platform.home.redis_url, prefix) as raised:
        sender = CrossingDevice(target, PLANT, RATE, LATENCY_S)
        took = send_all([sender])
        time.sleep(5)
    late = np.array([max(0.0, raised.at[key] - at) for key, at in sender.acknowledged.items() if key in raised.at])
    missing = len(sender.acknowledged.keys() - raised_in_journal(platform, tenant))
    p50, p99 = (float(value) for value in np.percentile(late, [50, 99])) if len(late) else (np.inf, np.inf)
    judged = [
        at_most("from acknowledgement to alarm, p99", round(p99), ALARM_MS, "ms"),
        Bar("alarms that are not in the journal", "none", str(missing), not missing),
    ]
    summary = (
        f"{sender.points / took:,.0f} points a second in requests of {RATE // sender.REQUESTS_PER_S},"
        f" {len(late):,} alarms: p50 {p50:.0f} ms, p99 {p99:.0f} ms, the worst {late.max():.0f} ms after the"
        " acknowledgement of their sample."
    )
    publish({"alarms-latency": f"{summary}\n\n{bars(judged)}"}, SCALE)
    assert all(bar.reached for bar in judged)


_RULES = """
from alarms.rules import repository
from alarms.rules.models import Applies, Limit, RuleContent
from catalog.snapshot import snapshot_of
from web.directory import directory
tenant = directory().by_slug({tenant!r})
[site] = snapshot_of(tenant).sites.values()
tags = [f"TT-{{k}}" for k in range({sensors})]
for k in range(10_000 // {sensors}):
    trigger = Limit(side="high", limit=80.0 if k == 0 else 1000.0 + k)
    applies = Applies(site=site.slug, sensors=tags)
    content = RuleContent(name=f"Rule {{k}}", applies=applies, trigger=trigger, enabled=True)
    repository.put(tenant, None, content, None, author="bench", now=0)
print("prefix=" + tenant.prefix)
"""
