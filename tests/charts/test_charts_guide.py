"""The charts accept the values in the operator's guide, and everything it names exists."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from tests.charts.rendering import given, matrix, merged, of_kind, pods, render, rendered
from tests.isolation import ROOT

GUIDE = (ROOT / "docs" / "operator" / "charts.md").read_text()
EXAMPLES = [(chart, yaml.safe_load(text)) for chart, text in re.findall(r"```yaml chart=(\w+)\n(.*?)```", GUIDE, re.S)]


@pytest.mark.parametrize(("chart", "values"), EXAMPLES)
def test_an_example_of_the_guide_is_valid(chart: str, values: dict[str, Any]) -> None:
    assert render(chart, merged(given(chart)["minimal"], values))


def test_every_value_in_the_guide_exists() -> None:
    section = GUIDE.split("### Important values")[1].split("###")[0]
    known = yaml.safe_load((ROOT / "charts" / "plantrace" / "values.yaml").read_text())
    paths = [path for row in re.findall(r"^\| (`.+?) \|", section, re.M) for path in re.findall(r"`([\w.]+)`", row)]
    assert len(paths) > 8
    for path in paths:
        part: Any = known
        for name in path.split("."):
            assert name in part, path
            part = part[name]


def test_the_guides_secret_has_every_key_that_the_bundled_installation_needs() -> None:
    generated = set(re.findall(r"^(\w+)=\$\(openssl", GUIDE, re.M))
    referenced = set()
    for template in pods(rendered()["plantrace", "minimal"]).values():
        referenced |= set(re.findall(r"'secretKeyRef': {'name': 'plantrace-settings', 'key': '(\w+)'}", str(template)))
    assert referenced == generated


def test_the_guides_table_of_a_stack_names_every_kind_of_object() -> None:
    table = GUIDE.split("## What a tenant's stack contains")[1].split("###")[0].lower()
    unsaid = {"ConfigMap", "ServiceAccount", "PodDisruptionBudget", "PersistentVolumeClaim"}
    kinds = {each["kind"] for key in matrix() if key[0] == "tenantstack" for each in rendered()[key]}
    assert {kind for kind in kinds - unsaid if kind.lower() not in table} - {"NetworkPolicy"} == set()
    assert "networkpolicies" in table
    assert of_kind(rendered()["tenantstack", "full"], "CronJob")["backup"]
