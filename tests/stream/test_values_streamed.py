"""Values arrive as they are stored, through the real processes; a stream that broke goes on where it was."""

from __future__ import annotations

import os
import signal
import time

import redis
import requests

from stores.redis.live_scripts import MAX_ENTRIES
from tests.stopping import resume, stop
from tests.stream.conftest import SITE, Listen, Plant, id_of
from tests.waiting import wait_until


def test_a_value_arrives_after_it_was_acknowledged(plant: Plant, listen: Listen) -> None:
    sensor = plant.sensors["TT-0"]
    listener = listen(sensors=sensor)
    assert listener.status == 200
    assert listener.headers["Content-Type"].startswith("text/event-stream")
    assert listener.headers["X-Accel-Buffering"] == "no"
    listener.wait_for(lambda it: it.named("values"))
    plant.write(**{"TT-0": 1.0})  # the first one also starts the writer's connection
    listener.wait_for(lambda it: it.values().get(sensor, {}).get("v") == 1.0)
    plant.write(**{"TT-0": 2.5})
    listener.wait_for(lambda it: it.values()[sensor]["v"] == 2.5)


def test_the_first_event_has_the_values_that_the_api_answers(plant: Plant, listen: Listen) -> None:
    plant.write(**{"TT-0": 3.0, "TT-1": -1e-9, "FT": 12.0})
    listener = listen(site=plant.site)
    wanted = {plant.sensors["TT-0"]: 3.0, plant.sensors["TT-1"]: -1e-9, plant.sensors["FT"]: 12.0}
    listener.wait_for(lambda it: {id: value["v"] for id, value in it.values().items() if id in wanted} == wanted)
    shown = plant.values()
    for id, value in listener.values().items():
        assert (value["t"], value["v"], value.get("q", 0)) == (shown[id]["t"], shown[id]["v"], shown[id]["q"])
    catalog = plant.platform.get("/api/v1/values", plant.engineer, sensors=plant.sensors["FT"]).json()["catalog"]
    assert listener.named("values")[-1].data["catalog"] == catalog


def test_only_the_sensors_that_were_asked_for_arrive(plant: Plant, listen: Listen) -> None:
    one, both = (
        listen(sensors=plant.sensors["TT-0"]),
        listen(sensors=f"{plant.sensors['TT-0']},{plant.sensors['TT-1']}"),
    )
    plant.write(**{"TT-0": 5.0, "TT-1": 6.0, "TT-2": 7.0})
    both.wait_for(lambda it: {value["v"] for value in it.values().values()} == {5.0, 6.0})
    one.wait_for(lambda it: it.values()[plant.sensors["TT-0"]]["v"] == 5.0)
    assert set(one.values()) == {plant.sensors["TT-0"]}
    assert set(both.values()) == {plant.sensors["TT-0"], plant.sensors["TT-1"]}


def test_a_late_sample_does_not_replace_a_newer_value(plant: Plant, listen: Listen) -> None:
    sensor, now = plant.sensors["TT-1"], time.time_ns()
    listener = listen(sensors=sensor)
    plant.write_at(now, **{"TT-1": 20.0})
    listener.wait_for(lambda it: it.values().get(sensor, {}).get("v") == 20.0)
    plant.write_at(now - 10**9, **{"TT-1": 19.0})
    plant.write_at(now + 1, **{"TT-1": 21.0})
    listener.wait_for(lambda it: it.values()[sensor]["v"] == 21.0)
    shown = [value["v"] for event in listener.named("values") for value in event.data["values"]]
    assert 19.0 not in shown


def test_a_sample_from_a_clock_that_is_ahead_is_shown_once_its_time_has_come(plant: Plant, listen: Listen) -> None:
    sensor = plant.sensors["TT-2"]
    plant.write(**{"TT-2": 1.0})
    listener = listen(sensors=sensor)
    listener.wait_for(lambda it: it.values().get(sensor, {}).get("v") == 1.0)
    start = time.time_ns()
    for step in range(4):
        plant.write_at(start + (3 + step) * 10**9, **{"TT-2": 30.0 + step})
        time.sleep(0.5)  # what arrives within one turn of the stream is one value
    listener.wait_for(lambda it: it.values()[sensor]["v"] == 33.0)
    steps = [(event, value) for event in listener.named("values") for value in event.data["values"] if value["v"] >= 30]
    assert [value["v"] for _, value in steps] == sorted({value["v"] for _, value in steps})
    assert all(event.data["at"] >= value["t"] for event, value in steps)


def test_the_server_says_when_a_value_becomes_stale(plant: Plant, listen: Listen) -> None:
    sensor = plant.sensors["FT"]
    listener = listen(sensors=sensor)
    plant.write(FT=1.0)
    fresh = listener.wait_for(lambda it: (now := it.values().get(sensor)) and now["v"] == 1.0 and now)
    assert "stale" not in fresh
    stale = listener.wait_for(lambda it: (now := it.values()[sensor]).get("stale") and now)
    assert (stale["t"], stale["v"]) == (fresh["t"], fresh["v"])
    assert plant.values()[sensor]["stale"] is True


def test_a_deleted_sample_is_taken_back(plant: Plant, listen: Listen) -> None:
    sensor, now = plant.sensors["TT-0"], time.time_ns() // 10**6
    plant.write_at((now - 2000) * 10**6, **{"TT-0": 1.0})
    plant.write_at((now - 1000) * 10**6, **{"TT-0": 99.0})
    listener = listen(sensors=sensor)
    listener.wait_for(lambda it: it.values().get(sensor, {}).get("v") == 99.0)
    delete = {"sensors": [sensor], "start": now - 1500, "end": now - 500, "action": "delete"}
    response = plant.platform.call("POST", "/api/v1/corrections", plant.engineer, json=delete)
    assert response.status_code == 202, response.text
    listener.wait_for(lambda it: it.values()[sensor]["v"] == 1.0)


def test_a_stream_goes_on_after_the_last_event_that_was_received(plant: Plant, listen: Listen) -> None:
    both = f"{plant.sensors['TT-0']},{plant.sensors['TT-1']}"
    plant.write(**{"TT-0": 40.0, "TT-1": 41.0})
    first = listen(sensors=both)
    first.wait_for(lambda it: {value["v"] for value in it.values().values()} == {40.0, 41.0})
    first.wait_for(lambda it: it.comments >= 2)  # of the second at least the id is later than both
    last = first.last_id
    first.close()
    plant.write(**{"TT-1": 42.0})
    second = listen({**plant.headers(), "Last-Event-ID": last}, sensors=both)
    second.wait_for(lambda it: it.values().get(plant.sensors["TT-1"], {}).get("v") == 42.0)
    assert plant.sensors["TT-0"] not in second.values()
    assert not second.named("reload")


def test_it_also_goes_on_after_the_process_was_killed(plant: Plant, listen: Listen) -> None:
    both = f"{plant.sensors['TT-0']},{plant.sensors['TT-1']}"
    plant.write(**{"TT-0": 50.0, "TT-1": 51.0})
    first = listen(sensors=both)
    first.wait_for(lambda it: {value["v"] for value in it.values().values()} == {50.0, 51.0})
    first.wait_for(lambda it: it.comments >= 2)
    before = plant.platform.supervisor.status("stream")
    assert before is not None
    os.kill(before.pid, signal.SIGKILL)
    assert first.ended.wait(60)
    plant.write(**{"TT-1": 52.0})
    wait_until_up(plant)
    second = listen({**plant.headers(), "Last-Event-ID": first.last_id}, sensors=both)
    second.wait_for(lambda it: it.values().get(plant.sensors["TT-1"], {}).get("v") == 52.0)
    assert plant.sensors["TT-0"] not in second.values()
    assert not second.named("reload")


def test_after_a_gap_that_is_too_long_everything_is_sent_again(plant: Plant, listen: Listen) -> None:
    plant.write(**{"TT-0": 60.0})
    listen(sensors=plant.sensors["TT-0"]).wait_for(
        lambda it: it.values().get(plant.sensors["TT-0"], {}).get("v") == 60.0
    )
    for unknown in ("1-1", f"{time.time_ns()}-0"):
        again = listen({**plant.headers(), "Last-Event-ID": unknown}, sensors=plant.sensors["TT-0"])
        again.wait_for(lambda it: it.named("reload") and it.values())
        assert again.values()[plant.sensors["TT-0"]]["v"] == 60.0


def test_announcements_that_were_trimmed_before_they_were_read_are_noticed(plant: Plant, listen: Listen) -> None:
    sensor, other = plant.sensors["TT-0"], plant.sensors["TT-1"]
    plant.write(**{"TT-0": 70.0})
    listener = listen(sensors=sensor)
    listener.wait_for(lambda it: it.values().get(sensor, {}).get("v") == 70.0)
    running = plant.platform.supervisor.status("stream")
    assert running is not None
    client = redis.Redis.from_url(plant.platform.home.redis_url)
    live = f"pt:{id_of(plant)}:live"
    stop(running.pid)
    try:
        before = client.xlen(live)
        plant.write(**{"TT-0": 71.0})
        wait_until(lambda: client.xlen(live) > before)
        for _ in range(MAX_ENTRIES + 200):
            client.xadd(live, {"s": other}, maxlen=MAX_ENTRIES)
    finally:
        resume(running.pid)
    listener.wait_for(lambda it: it.values()[sensor]["v"] == 71.0)
    assert listener.named("reload")


def test_a_change_of_the_catalog_is_told_and_shown_in_new_streams(plant: Plant, listen: Listen) -> None:
    new = {"items": [{"site": SITE, "tag": "PT-1", "name": "PT-1", "unit": "bar", "interval_s": 60.0}]}
    sensor = plant.platform.call("POST", "/api/v1/sensors/bulk", plant.engineer, json=new).json()["ids"]["PT-1"]
    plant.write(**{"PT-1": 2.0})
    listener = listen(sensors=sensor)
    listener.wait_for(lambda it: it.values().get(sensor, {}).get("v") == 2.0)
    before = len(listener.named("values"))
    known = plant.platform.get(f"/api/v1/sensors/{sensor}", plant.engineer).json()
    change = {"unit": "mbar", "revision": known["revision"]}
    response = plant.platform.call("PATCH", f"/api/v1/sensors/{sensor}?history=convert", plant.engineer, json=change)
    assert response.status_code == 200, response.text
    listener.wait_for(lambda it: it.named("catalog"))
    old = listener.named("values")[-1].data["catalog"]
    plant.write(**{"PT-1": 3000.0})
    fresh = listen(sensors=sensor)
    fresh.wait_for(lambda it: it.values().get(sensor, {}).get("v") == 3000.0)
    assert fresh.named("values")[-1].data["catalog"] != old
    assert {value["v"] for event in listener.named("values")[before:] for value in event.data["values"]} <= {2.0, 3.0}


def test_nobody_is_kept_waiting_without_a_sign_of_life(plant: Plant, listen: Listen) -> None:
    listener = listen(sensors=plant.sensors["TT-1"])
    listener.wait_for(lambda it: it.comments >= 1)


def wait_until_up(plant: Plant) -> None:
    url = plant.url.replace("/api/v1/stream", "/healthz")
    wait_until(lambda: requests.get(url, timeout=5).ok, meanwhile=requests.RequestException)
