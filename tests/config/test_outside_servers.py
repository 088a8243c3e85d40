"""External servers named in the environment are used, and embedded ones are not started."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from runtime.home import Home
from runtime.supervisor import Supervisor
from tests.isolation import ROOT


def manage(path: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PLANTRACE_HOME": str(path), **variables}
    command = [sys.executable, str(ROOT / "manage.py"), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True)


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "elsewhere"
    Supervisor(Home(tmp_path / "elsewhere")).stop()


def test_external_redis_and_document_servers_are_used(elsewhere: Path, home: Home, servers: Supervisor) -> None:
    outside = {"REDIS_URL": home.redis_url[:-1] + "7", "MONGODB_URI": home.documents_uri}
    started = manage(elsewhere, "up", **outside)
    assert started.returncode == 0, started.stderr
    names = {status.name for status in Supervisor(Home(elsewhere)).statuses()}
    assert names >= {"web", "worker", "writer"}
    assert names.isdisjoint({"redis", "documents"})
    parts = requests.get(f"http://127.0.0.1:{Home(elsewhere).port('web')}/readyz", timeout=10).json()["parts"]
    assert {part["name"]: part["state"] for part in parts if part["needed"]} == {
        "database": "up",
        "redis": "up",
        "documents": "up",
    }


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("MONGODB_URI", "localhost:27017"),
        ("REDIS_URL", "localhost"),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY_FALLBACKS", "short"),
        ("FERNET_KEYS", "no"),
    ],
)
def test_an_invalid_setting_is_reported_before_anything_starts(elsewhere: Path, variable: str, value: str) -> None:
    answer = manage(elsewhere, "up", **{variable: value})
    assert answer.returncode != 0
    assert variable in answer.stderr
    assert not Supervisor(Home(elsewhere)).is_up()
