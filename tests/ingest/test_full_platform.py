"""A running installation whose Redis fills up: the writer is stopped, and devices keep sending."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import redis
import requests

from tests.installation import Platform

T = 1_770_000_000
LINES = 400


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    platform = Platform(tmp_path_factory.mktemp("full") / "home", environment={"REDIS_MAX_MEMORY_MIB": "16"})
    platform.start()
    platform.ensure_tenant("plant")
    platform.ensure_person("engineer", "plant")
    platform.ensure_sensor("engineer")
    yield platform
    platform.stop()


def write(platform: Platform, second: int) -> requests.Response:
    """`LINES` samples, each a second after the other."""
    lines = "\n".join(f"works,sensor=TT-1 value={k} {second + k}" for k in range(LINES))
    return platform.call("POST", "/write?precision=s", "engineer", data=lines)


def sensor(platform: Platform) -> dict[str, Any]:
    return dict(platform.get("/api/v1/sensors", "engineer").json()["results"][0])


def stored(platform: Platform, until: int) -> int:
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
        for start in range(T, until, 8_000)
    )


def wait_for(condition: Callable[[], Any], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.2)


def test_a_full_redis_refuses_writes_answers_reads_and_recovers_by_itself(small: Platform) -> None:
    assert write(small, T).status_code == 204
    wait_for(lambda: stored(small, T + LINES) == LINES)
    writer = small.supervisor.status("writer")
    assert writer is not None and writer.pid
    os.kill(writer.pid, signal.SIGSTOP)
    server = redis.Redis.from_url(small.home.redis_url)
    try:
        second = T + LINES
        while (answer := write(small, second)).status_code == 204:
            second += LINES
        assert_refused(answer, "backlog-full")
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
        os.kill(writer.pid, signal.SIGCONT)
    wait_for(lambda: stored(small, second) == second - T)  # drained while Redis was full
    server.config_set("maxmemory", 16 * 2**20)
    for key in server.scan_iter("pt:filler:*", count=1000):
        server.unlink(key)
    wait_for(lambda: write(small, second).status_code == 204, 30)
    wait_for(lambda: stored(small, second + LINES) == second + LINES - T)
    parts = lambda: requests.get(f"{small.url}/readyz", timeout=5).json()["parts"]  # noqa: E731
    wait_for(lambda: {part["state"] for part in parts()} == {"up"})


def assert_refused(response: requests.Response, slug: str) -> None:
    assert response.status_code == 503, response.text
    assert response.headers["Content-Type"] == "application/problem+json"
    assert int(response.headers["Retry-After"]) > 0
    assert response.json()["type"] == f"/problems/{slug}"
