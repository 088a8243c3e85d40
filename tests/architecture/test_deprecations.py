"""Deprecated names are removed in the release that their comments and descriptions name."""

from __future__ import annotations

import re
import subprocess

import yaml

from tests.isolation import ROOT

REMOVAL = re.compile(r"removed in (\d+)\.(\d+)\b")
FOLDERS = ("platform", "tenants", "charts", "demo")


def test_no_deprecated_name_outlives_its_release() -> None:
    found = subprocess.check_output(["git", "grep", "-nI", "removed in [0-9]", "--", *FOLDERS], cwd=ROOT, text=True)
    lines = [(line, match) for line in found.splitlines() if (match := REMOVAL.search(line))]
    version = yaml.safe_load((ROOT / "charts/plantrace/Chart.yaml").read_text())["version"]
    current = tuple(map(int, version.split(".")[:2]))
    assert lines, "nothing was looked at"
    assert [line for line, match in lines if tuple(map(int, match.groups())) <= current] == []
