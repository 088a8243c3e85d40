"""Jobs, and what operators wait for, are announced; so is everything again that may have been missed."""

from __future__ import annotations

import time

from tests.stream.conftest import Listen, Plant
from tests.waiting import wait_until


def test_each_step_of_a_job_is_announced_to_its_tenant_only(plant: Plant, rival: Plant, listen: Listen) -> None:
    ours, theirs = listen(topics="jobs"), listen(rival.headers(), topics="jobs")
    now = time.time_ns() // 10**6
    body = {"sensors": [plant.sensors["TT-0"]], "start": now - 10, "end": now, "action": "delete", "dry_run": True}
    response = plant.platform.call("POST", "/api/v1/corrections", plant.engineer, json=body)
    assert response.status_code in (201, 202), response.text
    id = response.json()["id"]
    ours.wait_for(lambda it: len([event for event in it.changes() if event.data["id"] == id]) >= 2)
    assert {event.data["kind"] for event in ours.changes()} == {"corrections"}
    wait_until(lambda: _correction_state(plant, id) == "done")
    assert theirs.changes() == []


def test_steps_of_a_tenant_s_creation_are_announced_to_operators(plant: Plant, listen: Listen) -> None:
    operator = plant.platform.ensure_person("operator")
    headers = {"Authorization": f"Bearer {operator['token']}"}
    listener = listen(headers, topics="tenants")
    plant.platform.ensure_tenant("stream-fresh")
    changes = listener.wait_for(
        lambda it: (of := [e for e in it.changes() if e.data["tenant"] == "stream-fresh"]) and len(of) > 4 and of,
        20,
    )
    assert {event.data["topic"] for event in changes} == {"tenants"}


def test_streams_end_while_redis_is_down_and_are_given_again_afterwards(plant: Plant, listen: Listen) -> None:
    sensor = plant.sensors["TT-0"]
    plant.write(**{"TT-0": 80.0})
    listener = listen(sensors=sensor)
    listener.wait_for(lambda it: it.values().get(sensor, {}).get("v") == 80.0)
    plant.platform.supervisor.stop_program("redis")
    try:
        assert listener.ended.wait(60), "an open stream is up to date"
    finally:
        plant.platform.supervisor.start_program("redis")
    wait_until(lambda: (again := listen(sensors=sensor)).status == 200 and again)
    again = listen({**plant.headers(), "Last-Event-ID": listener.last_id}, sensors=sensor)
    wait_until(lambda: _written(plant, 81.0))
    again.wait_for(lambda it: it.values().get(sensor, {}).get("v") == 81.0)


def _written(plant: Plant, value: float) -> bool:
    try:
        plant.write(**{"TT-0": value})
    except AssertionError:
        return False
    return True


def _correction_state(plant: Plant, id: str) -> str:
    state: str = plant.platform.get(f"/api/v1/corrections/{id}", plant.engineer).json()["state"]
    return state
