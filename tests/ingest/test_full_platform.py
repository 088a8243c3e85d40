"""A running installation whose Redis fills up, then whose disk does: devices keep sending, and nothing is lost."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
import requests

from tests.disks import fill, mounted_disk
from tests.installation import Platform
from tests.stopping import resume, stop
from tests.waiting import wait_until

T = 1_770_000_000
T_DISK = T - 10_000_000  # of samples sent while the disk is full
LINES = 400
DISK_MIB = 400
PATHS = ("/healthz", "/readyz", "/api/v1/me", "/api/v1/sites", "/api/v1/sensors", "/api/v1/imports", "/nowhere", "/")


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path | None]:
    with mounted_disk(tmp_path_factory.mktemp("disk"), DISK_MIB) as disk:
        yield disk


@pytest.fixture(scope="module")
def small(disk: Path | None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    folder = disk or tmp_path_factory.mktemp("full")
    platform = Platform(folder / "home", environment={"REDIS_MAX_MEMORY_MIB": "16"})
    try:
        platform.start()
        platform.ensure_tenant("plant")
        platform.ensure_person("engineer", "plant")
        platform.ensure_sensor("engineer")
        yield platform
    finally:
        platform.stop()


def write(platform: Platform, second: int, count: int = LINES) -> requests.Response:
    """`count` samples, each a second after the other."""
    lines = "\n".join(f"works,sensor=TT-1 value={k} {second + k}" for k in range(count))
    return platform.call("POST", "/write?precision=s", "engineer", data=lines)


def sensor(platform: Platform) -> dict[str, Any]:
    return dict(platform.get("/api/v1/sensors", "engineer").json()["results"][0])


def stored(platform: Platform, until: int, since: int = T) -> int:
    """Number of samples in the database, counted range by range."""
    return sum(
        len(
            platform.get(
                f"/api/v1/sensors/{sensor(platform)['id']}/samples",
                "engineer",
                start=start * 1000,
                end=min(start + 8_000, until) * 1000,
                method="raw",
                points=10_000,
            ).json()["t"]
        )
        for start in range(since, until, 8_000)
    )


def all_is_up(platform: Platform) -> bool:
    parts = requests.get(f"{platform.url}/readyz", timeout=5).json()["parts"]
    return {part["state"] for part in parts} == {"up"}


def test_a_full_redis_refuses_writes_answers_reads_and_recovers_by_itself(small: Platform) -> None:
    assert write(small, T).status_code == 204
    wait_until(lambda: stored(small, T + LINES) == LINES)
    writer = small.supervisor.status("writer")
    assert writer is not None and writer.pid
    stop(writer.pid)
    server = redis.Redis.from_url(small.home.redis_url)
    try:
        second = T + LINES
        while (answer := write(small, second)).status_code == 204:
            second += LINES
        assert_refused(answer, "samples of all tenants are waiting")
        # Whatever else fills it up to its very limit: samples are refused then too, and nothing else breaks.
        for k in range(100_000):
            try:
                server.set(f"pt:filler:{k}", b"x" * 1_000, ex=600)
            except redis.exceptions.OutOfMemoryError:
                break
        server.config_set("maxmemory", server.info("memory")["used_memory"] - 2**20)
        for path in ("/api/v1/me", "/api/v1/sites", "/api/v1/sensors", f"/api/v1/sensors/{sensor(small)['id']}"):
            assert small.get(path, "engineer").status_code == 200, path
        assert stored(small, T + LINES) == LINES
        assert write(small, second).status_code == 503
        signed_in = requests.post(
            f"{small.url}/api/v1/login",
            json={"username": "engineer", "password": small.people["engineer"]["password"]},
            timeout=10,
        )
        assert signed_in.status_code == 200, signed_in.text
        time.sleep(12)  # the scheduler and the workers meet it several times
    finally:
        resume(writer.pid)
    wait_until(lambda: stored(small, second) == second - T)  # drained while Redis was full
    server.config_set("maxmemory", 16 * 2**20)
    for key in server.scan_iter("pt:filler:*", count=1000):
        server.unlink(key)
    wait_until(lambda: write(small, second).status_code == 204)
    wait_until(lambda: stored(small, second + LINES) == second + LINES - T)
    wait_until(lambda: all_is_up(small))


def assert_refused(response: requests.Response, words: str) -> None:
    assert response.status_code == 503, response.text
    assert int(response.headers["Retry-After"]) > 0
    assert words in response.json()["error"]


def test_a_full_disk_is_told_to_clients_and_the_web_process_stays(small: Platform, disk: Path | None) -> None:
    if disk is None:
        pytest.skip("mounting a file system is not permitted here")
    assert write(small, T_DISK, 1).status_code == 204
    accepted = 1
    filler = fill(disk)
    wait_until(lambda: write(small, T_DISK + 1_000, 1).status_code == 503)
    for second in range(T_DISK + 2_000, T_DISK + 2_060):
        response = write(small, second, 1)
        assert response.status_code in (204, 503), response.text
        accepted += response.status_code == 204
        for path in PATHS:  # each address has counters of its own
            assert small.get(path, "engineer").status_code in (200, 404, 503), path
    assert requests.post(f"{small.url}/api/v1/login", json={}, timeout=10).status_code == 400
    filler.unlink()
    wait_until(lambda: write(small, T_DISK + 5_000, 1).status_code == 204)
    wait_until(lambda: stored(small, T_DISK + 9_000, T_DISK - 1) >= accepted + 1)
    wait_until(lambda: all_is_up(small))
    assert "SIGBUS" not in small.supervisor.log("web").read_text()
    assert "Unexpected exit from worker" not in small.supervisor.log("web").read_text()
