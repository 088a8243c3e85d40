"""Both charts compared with the previous release: immutable fields are unchanged."""

from __future__ import annotations

import tarfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.charts.rendering import CHARTS, NAMES, Manifest, Values, matrix, render, rendered
from tests.isolation import ROOT

PREVIOUS = ROOT / "tests" / "charts" / "previous"
EVERY = pytest.mark.parametrize("key", sorted(matrix()), ids=" / ".join)


def previous(chart: str) -> Path:
    [archive] = PREVIOUS.glob(f"{chart}-*.tgz")
    return archive


@pytest.mark.parametrize("chart", NAMES)
def test_a_chart_has_a_newer_version_than_the_one_before(chart: str) -> None:
    version = yaml.safe_load((CHARTS / chart / "Chart.yaml").read_text())["version"]
    before = previous(chart).name.removesuffix(".tgz").removeprefix(f"{chart}-")
    assert _numbers(version) > _numbers(before)


@EVERY
def test_an_upgrade_changes_no_immutable_field(key: tuple[str, str]) -> None:
    chart, values = key[0], matrix()[key]
    before = _fixed(render(chart, _known(values, chart), previous(chart)))
    now = _fixed(rendered()[key])
    both = before.keys() & now.keys()
    assert both
    assert {name: now[name] for name in both} == {name: before[name] for name in both}


def _known(values: Values, chart: str) -> Values:
    """Without what only the new version has."""
    with tarfile.open(previous(chart)) as archive:
        file = archive.extractfile(f"{chart}/values.yaml")
        assert file is not None
        known = yaml.safe_load(file)
    return _without_unknown(values, {**known, "tenant": {}, "disk": {}})


def _without_unknown(values: Values, known: Values) -> Values:
    """An empty mapping among the known values takes any names."""
    return {
        name: _without_unknown(value, known[name]) if isinstance(value, dict) and known[name] else value
        for name, value in values.items()
        if name in known
    }


def _fixed(manifests: list[Manifest]) -> dict[str, Any]:
    """By kind and name: selectors, and of claims all but the size."""
    found: dict[str, Any] = {}
    for each in manifests:
        name, spec = f"{each['kind']}/{each['metadata']['name']}", each.get("spec", {})
        if each["kind"] in ("Deployment", "StatefulSet"):
            found[name] = [spec["selector"], spec.get("serviceName"), _claims(spec)]
        elif each["kind"] == "PersistentVolumeClaim":
            found[name] = {key: value for key, value in spec.items() if key != "resources"}
        elif each["kind"] == "Service":
            found[name] = spec.get("clusterIP")
    return found


def _claims(spec: Manifest) -> list[Any]:
    return [[each["metadata"], each["spec"]] for each in spec.get("volumeClaimTemplates", [])]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
