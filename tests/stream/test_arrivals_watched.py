"""What arrives from a source, as it arrives: a few of each batch, to engineers of its tenant, while they watch."""

from __future__ import annotations

import time

from tests.stream.conftest import SITE, Listen, Plant
from tests.stream.events import Listener


def write(plant: Plant, *lines: str) -> None:
    plant.platform.call("POST", "/write", plant.engineer, data="\n".join(lines))


def texts(listener: Listener) -> list[str]:
    return [each["text"] for event in listener.named("arrivals") for each in event.data["arrivals"]]


def test_what_arrives_is_shown_as_it_was_sent_with_why_it_was_refused(plant: Plant, listen: Listen) -> None:
    listener = listen(watch="influxdb")
    listener.wait_for(lambda it: it.comments)
    good, bad = f"{SITE},sensor=TT-0 value=4 {time.time_ns()}", f"{SITE},sensor=TT-0 value=cold"

    def is_shown(it: Listener) -> bool:
        write(plant, *[good] * 20, bad)
        until = time.monotonic() + 3  # two calls within one turn of the stream would be counted together
        while not texts(it) and time.monotonic() < until:
            time.sleep(0.02)
        return bool(texts(it))

    listener.wait_for(is_shown)
    shown = listener.named("arrivals")[0].data
    assert (shown["topic"], shown["of"], shown["sender"]) == ("arrivals/influxdb", 21, plant.engineer)
    assert [each["text"] for each in shown["arrivals"]] == [good, good, good, good, bad]
    assert [bool(each["reason"]) for each in shown["arrivals"]] == [False, False, False, False, True]


def test_another_tenant_sees_nothing_of_it(plant: Plant, rival: Plant, listen: Listen) -> None:
    ours, theirs = listen(watch="influxdb"), listen(rival.headers(), watch="influxdb")
    ours.wait_for(lambda it: it.comments)
    theirs.wait_for(lambda it: it.comments)

    def both(it: Listener) -> bool:
        write(plant, f"{SITE},sensor=TT-0 value=1 {time.time_ns()}")
        write(rival, f"{SITE},sensor=TT-0 value=2 {time.time_ns()}")
        time.sleep(0.3)
        return bool(texts(ours)) and bool(texts(theirs))

    ours.wait_for(both)
    assert all("value=1" in text for text in texts(ours))
    assert all("value=2" in text for text in texts(theirs))


def test_a_source_must_exist_and_whoever_watches_must_be_an_engineer(
    plant: Plant, rival: Plant, listen: Listen
) -> None:
    body = {"name": "Gateway", "kind": "influxdb"}
    made = plant.platform.call("POST", "/api/v1/sources", plant.engineer, json=body).json()["id"]
    assert listen(watch=made).status == 200
    assert listen(watch="q222222222a").status == 404
    assert listen(rival.headers(), watch=made).status == 404
    plant.platform.ensure_person("onlooker", plant.tenant, "viewer")
    assert listen(plant.headers("onlooker"), watch="influxdb").status == 403
    assert listen(plant.headers("onlooker"), topics="jobs").status == 200
