"""Formats the results of the tenants benchmark."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import numpy as np
from django.conf import settings

from tests.bench.query.bars import Bar, at_most
from tests.bench.query.measure import Figures
from tests.bench.query.report import table
from tests.bench.tenants.control import CONCURRENCY, GATE, Memory, Phase
from tests.bench.tenants.local import Beside

PAGE_MS, CLUSTER_S, LOCAL_S = 200, 60, 5
HOURS = 3600


def simulated(
    created: Phase,
    rolled: Phase,
    pages: Mapping[str, Figures],
    memory: Memory,
    cluster_mb: Mapping[str, int],
    at_rest: Mapping[str, float],
    wanted: int,
) -> str:
    scale = "" if created.count == wanted else f" (**not {wanted:,}**: that is `BENCH_SCALE=1`)"
    lines = [
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores for everything, Kubernetes included:"
        f" {created.count:,} tenants{scale}, driver `helm`, one reconciler process that works on"
        f" {settings.TENANTS_CONCURRENCY} concurrently, {CONCURRENCY} requested at a time,"
        " each a namespace with its own release of `charts/tenantstack` on nodes that KWOK simulates. Their pods hold"
        " no database, so `TENANTS_SIMULATED` skips the steps that need one (users, database, verification), and a"
        " roll-out's health gate checks only that the pod is ready.",
        _phases({"created": created, "rolled out": rolled}),
        f"Rings canary, early, all: 2, 10 and 88 %; gate {GATE}; the new release restarts every InfluxDB."
        f" Steps of creating one, median s: {_listed(_nonzero(created.steps), '.2f')}.",
        _requests({"created": created, "rolled out": rolled}),
        f"Peak memory, MB: reconciler {memory.peaks['reconciler']}, its Helm process {memory.helm};"
        f" {_listed({name: mb for name, mb in memory.peaks.items() if name != 'reconciler'}, '')}."
        f" Kubernetes' components: {_listed(cluster_mb, '')}.",
        f"With {created.count:,} idle tenants, percent of one core: "
        f"{_listed(_nonzero({name: 100 * part for name, part in at_rest.items()}), '.1f')}.",
        table(
            [f"request, with {created.count:,} tenants", "median, ms", "p95, ms"],
            [[name, f"{each.median:.1f}", f"{each.p95:.1f}"] for name, each in pages.items()],
        ),
    ]
    return "\n\n".join(lines)


def _phases(phases: Mapping[str, Phase]) -> str:
    rows = [
        [name, f"{phase.count:,}", f"{phase.seconds:,.0f}", f"{60 * phase.count / phase.seconds:.1f}"]
        + [f"{np.percentile(phase.each, part):.1f}" for part in (50, 95, 100)]
        for name, phase in phases.items()
    ]
    return table(["tenants", "count", "total, s", "per minute", "p50, s", "p95, s", "max, s"], rows)


def _requests(phases: Mapping[str, Phase]) -> str:
    rows = []
    for name, phase in phases.items():
        often = {kind: count / phase.count for kind, count in phase.requests.by_kind.most_common(8)}
        ours, total = phase.requests.ours / phase.count, phase.requests.all / phase.count
        rows.append([name, f"{ours:.1f}", f"{total:.1f}", _listed(often, ".1f")])
    return table(["requests per tenant", "control plane", "total", "most frequent"], rows)


def local(beside: Sequence[Beside]) -> str:
    firsts = [each.ready_s + each.sample_s for each in beside]
    rows = [
        ["from request to ready, s", *spread([each.ready_s for each in beside], ".2f")],
        ["from sending a sample to reading it back, s", *spread([each.sample_s for each in beside], ".2f")],
        ["from request to first sample read back, s", *spread(firsts, ".2f")],
        ["memory of its influxd, MB", *spread([each.influxd_mb for each in beside], ".0f")],
    ]
    whole = sum(each.influxd_mb for each in beside)
    title = f"{len(beside)} tenants of driver `local`, created one after the other and kept running"
    return f"{title}; {whole} MB in total.\n\n{table(['', 'min', 'median', 'max'], rows)}"


def judge(created: Phase, pages: Mapping[str, Figures], beside: Sequence[Beside]) -> list[Bar]:
    slow = [name for name in pages if name != "metrics"]
    worst = max(slow, key=lambda name: pages[name].p95)
    return [
        at_most(f"slowest page of {created.count:,} tenants ({worst}): p95", pages[worst].p95, PAGE_MS, "ms"),
        at_most(
            "a tenant in a cluster: control-plane time, p95", float(np.percentile(created.each, 95)), CLUSTER_S, "s"
        ),
        at_most(
            f"one of {len(beside)} local tenants: slowest first sample",
            max(each.ready_s + each.sample_s for each in beside),
            LOCAL_S,
            "s",
        ),
    ]


def spread(values: Sequence[float], form: str) -> list[str]:
    """Minimum, median and maximum."""
    return [format(value, form) for value in (min(values), float(np.median(values)), max(values))]


def _nonzero(values: Mapping[str, float]) -> dict[str, float]:
    """Values that are distinguishable from zero."""
    return {name: value for name, value in values.items() if value >= 0.01}


def _listed(values: Mapping[str, float], form: str) -> str:
    return ", ".join(f"{name} {format(value, form)}" for name, value in values.items())
