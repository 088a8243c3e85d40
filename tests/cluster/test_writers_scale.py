"""Kubernetes' own autoscaler with the object of our chart: writers follow the queue's depth and its lag."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.charts.rendering import given, merged, of_kind, render
from tests.cluster.external_metrics import external_metrics
from tests.cluster.kube import Kube, make_container, make_pod
from tests.testbed.node import PAUSE

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(400)]
WAITING, LAG = "plantrace_ingest_waiting_samples", "plantrace_ingest_lag_seconds"
SCALING = {"enabled": True, "maxReplicas": 4, "waitingSamplesPerWriter": 100_000, "scaleDownAfterSeconds": 0}


def test_writers_follow_what_waits_and_for_how_long(kube: Kube, namespace: str, tmp_path: Path) -> None:
    values = merged(given("plantrace")["minimal"], {"writer": {"autoscaling": SCALING}})
    manifests = render("plantrace", values, namespace=namespace)
    writer = of_kind(manifests, "Deployment")["plantrace-writer"]
    pods = make_pod("writer", 10001, [make_container("writer", PAUSE)], [])["spec"]  # what they do is not asked here
    writer["spec"]["template"]["spec"] = pods
    with external_metrics(kube, namespace, tmp_path) as figures:
        figures |= {WAITING: 0, LAG: 0}
        kube.apply(writer, of_kind(manifests, "HorizontalPodAutoscaler")["plantrace-writer"], namespace=namespace)

        def await_writers(number: int) -> None:
            def wanted() -> int:
                return int((kube.get("deployment", "plantrace-writer", namespace) or {})["spec"]["replicas"])

            try:
                kube.await_true(lambda: wanted() == number, f"{number} writers", 90)
            except AssertionError as error:
                raise AssertionError(f"{error}\n{kube('--namespace', namespace, 'describe', 'hpa')}") from None

        await_writers(1)
        kube("--namespace", namespace, "rollout", "status", "deployment/plantrace-writer", "--timeout=60s")
        figures |= {WAITING: 250_000, LAG: 5}
        await_writers(3)
        figures |= {WAITING: 10_000_000, LAG: 5}
        await_writers(4)
        figures |= {WAITING: 0, LAG: 1}
        await_writers(1)
        figures |= {WAITING: 0, LAG: 40}
        await_writers(4)
