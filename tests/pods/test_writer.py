"""A tenant's own ingest writer, which has access to its tenant only."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.installation import Platform
from tests.pods.pod import PLATFORM_KEYS, Pod, environment_of
from tests.waiting import wait_until

T = 1_770_000_000
START_S = 90.0  # of a web process on a busy machine


def write(platform: Platform, second: int, value: float) -> None:
    response = platform.call(
        "POST", "/write?precision=s", "engineer-podded", data=f"works,sensor=TT-1 value={value} {second}"
    )
    assert response.status_code == 204, response.text


def stored(platform: Platform, person: str = "engineer-podded") -> dict[int, float]:
    """By seconds after T; nothing while the platform is not all up again."""
    sensors = platform.get("/api/v1/sensors", person)
    if sensors.status_code == 503:
        return {}
    samples = platform.get(
        f"/api/v1/sensors/{sensors.json()['results'][0]['id']}/samples", person,
        start=T * 1000, end=(T + 1000) * 1000, method="raw", points=10_000,
    )  # fmt: skip
    if samples.status_code == 503:
        return {}
    answer: dict[str, Any] = samples.json()
    return {(t // 1000) - T: value for t, value in zip(answer["t"], answer["v"], strict=True)}


WAITING = """
from web.directory import directory
from web.stores import streams
print(streams().backlogs([directory().by_slug("podded").prefix])[0])
"""


@pytest.fixture(scope="module")
def alone(plants: Platform) -> Any:
    """Without the writer of all tenants, so that what is stored is the pod's doing."""
    plants.supervisor.stop_program("writer")
    yield plants
    plants.supervisor.start_program("writer")


def test_it_stores_accepted_samples_while_the_control_plane_is_down(alone: Platform, pod: Pod) -> None:
    write(alone, T + 1, 1.0)
    with pod.writer() as process:
        wait_until(lambda: stored(alone).get(1) == 1.0)
        assert not PLATFORM_KEYS & environment_of(process.pid).keys()
        write(alone, T + 2, 2.0)
        alone.supervisor.stop_program("web")
        try:
            time.sleep(6)  # longer than what was said last is fresh
            alone.shell(
                f"""
from ingest.sources.influxdb.operations import take_lines
from web.directory import directory
import time
take_lines(directory().by_slug("podded"), b"works,sensor=TT-1 value=3 {T + 3}000000000", 1, time.time_ns())
"""
            )
            wait_until(lambda: alone.shell(WAITING).strip() == "0")
        finally:
            alone.supervisor.start_program("web")
        wait_until(lambda: web_answers(alone))
        wait_until(lambda: stored(alone))
        assert stored(alone).items() >= {1: 1.0, 2: 2.0, 3: 3.0}.items(), "the third came and went meanwhile"


def web_answers(platform: Platform) -> bool:
    import requests

    try:
        return requests.get(f"{platform.url}/healthz", timeout=2).ok
    except requests.RequestException:
        return False


def test_a_writer_started_while_the_control_plane_is_down_waits_without_loss(alone: Platform, pod: Pod) -> None:
    write(alone, T + 10, 10.0)
    alone.supervisor.stop_program("web")
    try:
        with pod.writer() as process:
            time.sleep(8)
            assert process.poll() is None
            alone.supervisor.start_program("web")
            wait_until(lambda: web_answers(alone))
            wait_until(lambda: stored(alone).get(10) == 10.0)
    finally:
        alone.supervisor.start_program("web")


@pytest.mark.parametrize("name", sorted(PLATFORM_KEYS))
def test_a_pod_that_finds_a_key_of_the_platform_s_refuses_to_start(pod: Pod, name: str) -> None:
    answer = pod.manage("ingest_writer", "--tenant", "podded", **{name: "x" * 40})
    assert answer.returncode != 0 and f"must not have {name}" in answer.stderr


@pytest.mark.parametrize("name", ["CONTROL_TOKEN", "REDIS_URL", "MONGODB_URI", "INFLUXDB_READER_PASSWORD"])
def test_what_it_lacks_is_named(pod: Pod, name: str) -> None:
    answer = pod.manage("ingest_writer", "--tenant", "podded", **{name: ""})
    assert answer.returncode != 0 and f"needs {name}" in answer.stderr


def test_the_relational_database_fails_loudly(pod: Pod) -> None:
    answer = pod.manage(
        "shell", "--no-imports", "-c", "from tenants.models import Tenant; print(Tenant.objects.count())"
    )
    assert answer.returncode != 0 and "ImproperlyConfigured" in answer.stderr
