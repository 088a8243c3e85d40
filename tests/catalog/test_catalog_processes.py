"""The catalog with all processes running: jobs by the real worker, kills of real processes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.installation import Platform
from tests.waiting import wait_until

PERSON = "cataloguer"


@pytest.fixture
def plant(platform: Platform) -> Iterator[Platform]:
    """A tenant with a site of 1,500 sensors, at rest."""
    platform.ensure_tenant("catalogued")
    platform.ensure_person(PERSON, "catalogued")
    site = {"name": "Works", "slug": "works", "timezone": "UTC"}
    assert platform.call("POST", "/api/v1/sites", PERSON, json=site).status_code in (201, 409)
    response = load(platform, name="first")
    assert response.status_code in (200, 202)
    if response.status_code == 202:  # the job would take turns with the test's own changes
        wait_done(platform, response.json()["job"])
    yield platform
    platform.call("DELETE", "/api/v1/sites/works?cascade=true", PERSON)


def load(platform: Platform, **fields: Any) -> Any:
    items = [{"site": "works", "tag": f"TT-{n}", "unit": "°C", **fields} for n in range(1500)]
    return platform.call("POST", "/api/v1/sensors/bulk", PERSON, json={"items": items})


def wait_done(platform: Platform, id: str) -> dict[str, Any]:
    def job() -> dict[str, Any]:
        found: dict[str, Any] = platform.get(f"/api/v1/jobs/{id}", PERSON).json()
        return found

    wait_until(lambda: job()["finished"] is not None, told=job)
    return job()


def names(platform: Platform) -> dict[str, int]:
    found: dict[str, int] = {}
    address: str | None = "/api/v1/sensors?limit=1000"
    while address:
        page = platform.get(address, PERSON).json()
        for sensor in page["results"]:
            found[sensor["name"]] = found.get(sensor["name"], 0) + 1
        address = page["next"]
    return found


def test_the_worker_changes_thousands_and_the_web_process_sees_them_at_once(plant: Platform) -> None:
    response = load(plant, name="second")
    assert response.status_code == 202, response.text
    began = time.monotonic()
    job = wait_done(plant, response.json()["job"])
    print(f"1,500 sensors changed by a job in {time.monotonic() - began:.1f} s")
    assert (job["state"], job["result"]["updated"]) == ("done", 1500)
    assert names(plant) == {"second": 1500}


def test_a_job_survives_the_kill_of_its_worker(plant: Platform) -> None:
    id = load(plant, name="third").json()["job"]
    deadline = time.monotonic() + 90
    while plant.get(f"/api/v1/jobs/{id}", PERSON).json()["progress"]["done"] == 0:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    plant.supervisor.kill("worker")
    job = wait_done(plant, id)
    assert (job["state"], job["progress"]["done"]) == ("done", 1500)
    assert names(plant) == {"third": 1500}


def test_the_document_server_may_be_killed_and_nothing_acknowledged_is_lost(plant: Platform) -> None:
    acknowledged: list[str] = []
    for n in range(30):
        if n == 10:
            plant.supervisor.kill("documents")
        response = plant.call(
            "POST", "/api/v1/sensors", PERSON, json={"site": "works", "tag": f"NEW-{n}", "name": "new"}
        )
        assert response.status_code in (201, 503), response.text
        if response.status_code == 201:
            acknowledged.append(response.json()["tag"])
        else:
            assert response.headers["Content-Type"] == "application/problem+json"
            time.sleep(0.3)
    assert len(acknowledged) > 15
    page = plant.get("/api/v1/sensors?q=NEW-", PERSON).json()
    assert set(acknowledged) <= {sensor["tag"] for sensor in page["results"]}


def test_of_four_people_who_change_the_same_sensor_one_wins_each_time(plant: Platform) -> None:
    sensor = plant.get("/api/v1/sensors?limit=1", PERSON).json()["results"][0]
    path = f"/api/v1/sensors/{sensor['id']}"
    with ThreadPoolExecutor(4) as people:
        for round_ in range(100):
            revision = sensor["revision"] + round_

            def change(person: int, revision: int = revision) -> Any:
                body = {"name": f"{revision}/{person}", "revision": revision}
                deadline = time.monotonic() + 90
                while True:
                    response = plant.call("PATCH", path, PERSON, json=body)
                    # Who waits beside two others is told to come again, as when the first change reads a cold catalog.
                    if response.status_code != 503 or time.monotonic() > deadline:
                        return response
                    time.sleep(float(response.headers["Retry-After"]))

            responses = list(people.map(change, range(4)))
            [won] = [response.json() for response in responses if response.status_code == 200]
            lost = [response.json() for response in responses if response.status_code == 409]
            assert len(lost) == 3, [response.text for response in responses]
            assert all(response["current"] == won for response in lost)
            assert plant.get(path, PERSON).json() == won
