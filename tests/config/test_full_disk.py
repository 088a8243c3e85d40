"""A whole installation on a disk that is really full: it answers, loses nothing, and goes on once there is room."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.installation import Platform

T = 1_770_000_000
DISK_MIB = 400
PATHS = ("/healthz", "/readyz", "/api/v1/me", "/api/v1/sites", "/api/v1/sensors", "/api/v1/imports", "/nowhere", "/")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, in memory."""
    mounted = tmp_path / "disk"
    mounted.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MIB}m,mode=700", "plantrace-test", str(mounted)]
    if subprocess.run(command, capture_output=True).returncode:
        pytest.skip("mounting a file system is not permitted here")
    yield mounted
    subprocess.run(["umount", "-l", str(mounted)], check=True)


@pytest.fixture
def small(disk: Path) -> Iterator[Platform]:
    platform = Platform(disk / "home")
    try:
        platform.start()
        platform.ensure_tenant("plant")
        platform.ensure_person("engineer", "plant")
        platform.ensure_sensor("engineer")
        yield platform
    finally:
        platform.stop()


def test_a_full_disk_is_told_to_clients_and_the_web_process_stays(small: Platform, disk: Path) -> None:
    assert write(small, T).status_code == 204
    accepted = 1
    fill(disk)
    wait_for(lambda: write(small, T + 1_000).status_code == 503)
    for second in range(T + 2_000, T + 2_060):
        response = write(small, second)
        assert response.status_code in (204, 503), response.text
        accepted += response.status_code == 204
        for path in PATHS:  # each address has counters of its own
            assert small.get(path, "engineer").status_code in (200, 404, 503), path
    assert requests.post(f"{small.url}/api/v1/login", json={}, timeout=10).status_code == 400
    (disk / "filler").unlink()
    wait_for(lambda: write(small, T + 5_000).status_code == 204)
    wait_for(lambda: stored(small) >= accepted + 1)
    wait_for(
        lambda: {part["state"] for part in requests.get(f"{small.url}/readyz", timeout=5).json()["parts"]} == {"up"}
    )
    assert "SIGBUS" not in small.supervisor.log("web").read_text()
    assert "Unexpected exit from worker" not in small.supervisor.log("web").read_text()


def fill(disk: Path) -> None:
    with (disk / "filler").open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError:
                continue


def write(platform: Platform, second: int) -> requests.Response:
    return platform.call("POST", "/write?precision=s", "engineer", data=f"works,sensor=TT-1 value=1 {second}")


def stored(platform: Platform) -> int:
    sensor = platform.get("/api/v1/sensors", "engineer").json()["results"][0]["id"]
    span = {"start": (T - 1) * 1000, "end": (T + 9_000) * 1000}
    found = platform.get(f"/api/v1/sensors/{sensor}/samples", "engineer", **span, method="raw", points=10_000)
    return len(found.json()["t"])


def wait_for(condition: Callable[[], Any], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.2)
