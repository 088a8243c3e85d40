"""`manage.py demo` from a newcomer's view: a whole installation, started twice."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
import requests

from demo.notification import URGENT
from demo.plant.clock import DAY, MINUTE
from runtime.home import Home
from runtime.supervisor import Supervisor
from tests.isolation import ROOT
from tests.waiting import wait_until

DAYS = 10  # of history: three years would be written beside all tests
READY_S = 300.0  # the promise is 60; a test machine may be busy with other things


@dataclass
class Demo:
    path: Path
    process: subprocess.Popen[str]
    output: Path
    about: dict[str, Any]

    def get(self, path: str, person: str = "viewer", **params: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.about[person]['token']}"}
        return requests.get(self.about["url"] + path, params=params, headers=headers, timeout=30)

    def values(self, *tags: str) -> dict[str, Any]:
        ids = {s["tag"]: s["id"] for s in self.get("/api/v1/sensors", limit=1000).json()["results"]}
        answer = self.get("/api/v1/values", sensors=",".join(ids[tag] for tag in tags)).json()["values"]
        tag_of = {id: tag for tag, id in ids.items()}
        return {tag_of[each["sensor"]]: each for each in answer}


def environment_of(home: Path) -> dict[str, str]:
    return {**os.environ, "PLANTRACE_HOME": str(home), "DEMO_HISTORY_DAYS": str(DAYS)}


def manage(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = environment_of(home)
    command = [sys.executable, str(ROOT / "manage.py"), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True)


def start(home: Path, output: Path) -> Demo:
    environment = {**environment_of(home), "PYTHONUNBUFFERED": "1"}
    with output.open("w") as file:
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), "demo"], env=environment, stdout=file, stderr=file, text=True
        )
    deadline = time.monotonic() + READY_S
    while "Ready after" not in output.read_text():
        assert process.poll() is None and time.monotonic() < deadline, output.read_text()
        time.sleep(0.1)
    return Demo(home, process, output, json.loads(manage(home, "demo", "--json").stdout))


def end(demo: Demo) -> None:
    demo.process.send_signal(signal.SIGINT)
    assert demo.process.wait(90) == 0, demo.output.read_text()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder = tmp_path_factory.mktemp("demo")
    running = start(folder / "home", folder / "first.txt")
    try:
        yield running
    finally:
        Supervisor(Home(folder / "home")).stop()
        running.process.wait(90)


def test_the_demo_prints_its_address_and_logins(demo: Demo) -> None:
    assert demo.about["tenant"] == "demo"
    output = demo.output.read_text()
    assert demo.about["url"] in output and "make stop" in output
    for person in ("operator", "engineer", "viewer", "outsider"):
        login = demo.about[person]
        assert login["username"] in output and login["password"] in output
        response = requests.post(
            f"{demo.about['url']}/api/v1/login",
            json={"username": login["username"], "password": login["password"]},
            timeout=30,
        )
        assert response.status_code == 200, response.text
    mode = (demo.path / "demo.json").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_seven_days_are_there_when_it_opens(demo: Demo) -> None:
    now = int(time.time() * 1000)
    load = next(s for s in demo.get("/api/v1/sensors", q="PLANT-LOAD").json()["results"])
    answer = demo.get(
        f"/api/v1/sensors/{load['id']}/samples", start=now - 7 * DAY + 5 * MINUTE, end=now - 5 * MINUTE, points=1000
    ).json()
    assert answer["gaps"] == []
    assert answer["t"][0] < now - 7 * DAY + 30 * MINUTE and answer["t"][-1] > now - 35 * MINUTE
    assert 200 < min(answer["v"]) < 700 < max(answer["v"])


def test_alarms_that_need_somebody_are_mailed_and_the_mails_can_be_read(demo: Demo) -> None:
    folder = Path(demo.about["mails"])
    assert str(folder) in demo.output.read_text()

    def told() -> dict[str, str]:
        """The delivery's id, by alarm."""
        found = demo.get("/api/v1/notification/deliveries", "engineer").json()["results"]
        return {each["key"]: each["id"] for each in found if each["route_name"] == URGENT and each["state"] == "sent"}

    def urgent() -> set[str]:
        return {each["key"] for each in demo.get("/api/v1/alarms").json()["alarms"] if each["priority"] <= 2}

    assert urgent()
    wait_until(lambda: told().keys() == urgent(), told=lambda: (told(), urgent()))
    mails = [message_from_bytes(each.read_bytes(), policy=policy.default) for each in folder.glob("*.eml")]
    for id in told().values():
        [text] = [each.get_body(("plain",)) for each in mails if id in str(each["Message-ID"])]
        assert text is not None and f"{demo.about['url']}/t/demo/alarms?" in text.get_content()


def test_live_samples_arrive_through_the_write_endpoint(demo: Demo) -> None:
    deadline, seen = time.monotonic() + 90, set()
    while len(seen) < 3:
        assert time.monotonic() < deadline, seen
        value = demo.values("CHWS-T")["CHWS-T"]
        if value["t"] % MINUTE:  # history has whole minutes only
            seen.add(value["t"])
        time.sleep(0.5)
    assert all(t % 5_000 == 0 for t in seen)


def test_its_devices_are_heard(demo: Demo) -> None:
    deadline = time.monotonic() + 90
    while (found := demo.get("/api/v1/devices").json())["counts"]["online"] < 3:
        assert time.monotonic() < deadline, found
        time.sleep(0.5)
    assert {each["name"] for each in found["results"]} == {"Plant gateway", "CH-1 controller", "CH-2 controller"}
    assert all(each["asset"] and each["firmware"] for each in found["results"])


def test_each_tenant_has_a_drawing_that_the_other_cannot_see(demo: Demo) -> None:
    ours = {each["name"]: each["id"] for each in demo.get("/api/v1/schematics").json()["results"]}
    theirs = demo.get("/api/v1/schematics", "outsider").json()["results"]
    assert "Chilled water" in ours and len(theirs) == 1
    assert demo.get(f"/api/v1/schematics/{ours['Chilled water']}").status_code == 200
    assert demo.get(f"/api/v1/schematics/{ours['Chilled water']}", "outsider").status_code == 404
    for kind in ("sensors", "assets", "connections"):
        assert demo.get(f"/api/v1/{kind}", "outsider").json()["results"], kind
    assert demo.get("/api/v1/tenants", "operator").status_code == 200


def test_a_second_demo_reports_that_one_is_running(demo: Demo) -> None:
    again = manage(demo.path, "demo")
    assert again.returncode == 0 and "already running" in again.stdout and demo.about["url"] in again.stdout
    assert demo.process.poll() is None


def test_the_history_in_the_background_is_shown_as_an_import(demo: Demo) -> None:
    (shown,) = [each for each in demo.get("/api/v1/imports").json()["results"] if each["source"] == "simulator"]
    assert shown["state"] in ("running", "done") and shown["progress"]["samples"] > 500_000


def test_the_simulator_restarts_and_fills_the_gap(demo: Demo) -> None:
    supervisor = Supervisor(Home(demo.path))
    before = demo.values("OA-T")["OA-T"]["t"]
    supervisor.kill("simulator")
    deadline = time.monotonic() + 90
    while demo.values("OA-T")["OA-T"]["t"] <= before + 10_000:
        assert time.monotonic() < deadline
        time.sleep(0.5)


def test_the_next_demo_takes_over_from_a_killed_one(demo: Demo) -> None:
    demo.process.kill()
    demo.process.wait(90)
    again = start(demo.path, demo.output.with_name("taken-over.txt"))
    assert again.about["url"] == demo.about["url"]
    demo.process, demo.output = again.process, again.output


def test_ctrl_c_ends_it_and_the_next_start_has_yesterdays_data(demo: Demo) -> None:
    before = demo.values("PLANT-ENE")["PLANT-ENE"]
    end(demo)
    assert Supervisor(Home(demo.path)).leftovers() == []
    refused = manage(demo.path, "demo", "--json")
    assert refused.returncode == 1 and "No demo is running" in refused.stderr
    again = start(demo.path, demo.output.with_name("second.txt"))
    try:
        assert again.about["engineer"] == demo.about["engineer"]
        load = next(s for s in again.get("/api/v1/sensors", q="PLANT-ENE").json()["results"])
        span = {"start": before["t"] - DAY, "end": before["t"] + MINUTE, "points": 10_000}
        assert len(again.get(f"/api/v1/sensors/{load['id']}/samples", **span).json()["t"]) >= 1440
        # `make stop` elsewhere stops it as well.
        assert manage(demo.path, "down").returncode == 0
        assert again.process.wait(90) == 0
        assert "stopped by another process" in again.output.read_text()
    finally:
        Supervisor(Home(demo.path)).stop()
        again.process.wait(90)
