"""Values for every tenant's chart are checked before anything starts; mistakes are reported with their key."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import environment
from tests.isolation import ROOT

CHART = str(ROOT / "charts" / "tenantstack")


def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> object:
    file = tmp_path / "values.yaml"
    file.write_text(text)
    monkeypatch.setenv("TENANT_VALUES", str(file))
    return environment.tenant_values(CHART)


def test_valid_values_are_accepted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "disk: {storageClass: fast}\ningress: {enabled: true, className: nginx}\nimagePullSecrets: ['1e3']\n"
    assert read(tmp_path, monkeypatch, text) == {
        "disk": {"storageClass": "fast"},
        "ingress": {"enabled": True, "className": "nginx"},
        "imagePullSecrets": ["1e3"],
    }
    assert read(tmp_path, monkeypatch, "") == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ingres: {enabled: true}", "ingres"),
        ("ingress: {enabled: 'yes'}", "`ingress.enabled`"),
        ("disk: {storageClass: 1e3}", "`disk.storageClass`"),
        ("images: {plantrace: {tag: 0x10}}", "`images.plantrace.tag`"),
        ("imagePullSecrets: [Registry!]", "`imagePullSecrets.0`"),
        ("tenant: {slug: harbour}", "`tenant`"),
        ("disk: {id: d7x2m9q4xwa}", "`disk.id`"),
        ("restore: {enabled: true}", "`restore`"),
        ("- a list", "holds no mapping"),
    ],
)
def test_a_mistake_is_reported_with_its_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, message: str
) -> None:
    with pytest.raises(ImproperlyConfigured, match="TENANT_VALUES") as refused:
        read(tmp_path, monkeypatch, text)
    assert message in str(refused.value)


def test_nothing_starts_with_such_a_file(tmp_path: Path) -> None:
    file = tmp_path / "values.yaml"
    file.write_text("ingress: {enabeld: true}")
    done = subprocess.run(
        [sys.executable, "manage.py", "check"], cwd=ROOT, env={**os.environ, "TENANT_VALUES": str(file)},
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode != 0 and "TENANT_VALUES" in done.stderr and "enabeld" in done.stderr
