"""How many writers run, and what scales them."""

from __future__ import annotations

from tests.charts.rendering import Manifest, Values, merged, of_kind, refusal, render
from tests.charts.rendering import given as values_of


def rendered(writer: Values) -> list[Manifest]:
    return render("plantrace", merged(values_of("plantrace")["minimal"], {"writer": writer}))


def test_the_number_of_writers_is_a_value() -> None:
    writer = of_kind(rendered({"replicas": 3}), "Deployment")["plantrace-writer"]
    assert writer["spec"]["replicas"] == 3 and "strategy" not in writer["spec"]


def test_the_autoscaler_alone_decides_how_many_writers_run() -> None:
    scaling = {"enabled": True, "maxReplicas": 7, "waitingSamplesPerWriter": 5_000_000, "selector": {"site": "north"}}
    manifests = rendered({"autoscaling": scaling})
    assert "replicas" not in of_kind(manifests, "Deployment")["plantrace-writer"]["spec"]
    spec = of_kind(manifests, "HorizontalPodAutoscaler")["plantrace-writer"]["spec"]
    assert spec["scaleTargetRef"]["name"] == "plantrace-writer"
    assert (spec["minReplicas"], spec["maxReplicas"]) == (1, 7)
    selector = {"matchLabels": {"site": "north"}}
    assert [each["external"] for each in spec["metrics"]] == [
        {
            "metric": {"name": "plantrace_ingest_waiting_samples", "selector": selector},
            "target": {"type": "AverageValue", "averageValue": "5000000"},
        },
        {
            "metric": {"name": "plantrace_ingest_lag_seconds", "selector": selector},
            "target": {"type": "Value", "value": "10"},
        },
    ]


def test_no_writers_are_refused() -> None:
    values = merged(values_of("plantrace")["minimal"], {"writer": {"replicas": 0}})
    assert "replicas" in refusal("plantrace", values)
