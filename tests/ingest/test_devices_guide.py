"""The commands of docs/api/devices.md, run one after another against a running installation."""

from __future__ import annotations

import json
import os
import re
import subprocess
from typing import Any

import pytest
import requests

from tests.installation import PASSWORD, Platform
from tests.isolation import ROOT

COMMANDS = re.findall(r"```sh\n(.*?)```", (ROOT / "docs/api/devices.md").read_text(), re.DOTALL)
PERSON = "devices-engineer"


@pytest.fixture
def environment(platform: Platform) -> dict[str, str]:
    platform.ensure_tenant("fleet-guide")
    person = platform.ensure_person(PERSON, "fleet-guide")
    login = requests.post(
        f"{platform.url}/api/v1/login", json={"username": PERSON, "password": PASSWORD}, timeout=30
    ).json()
    return {"PLANTRACE": platform.url, "TOKEN": person["token"], "LOGIN": login["token"]}


def run(command: str, environment: dict[str, str]) -> Any:
    done = subprocess.run(["sh", "-c", command], env={**os.environ, **environment}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_commands_of_the_guide_work_one_after_another(environment: dict[str, str]) -> None:
    register, token, heartbeat, send, take, acknowledge, facts = COMMANDS
    device = run(register, environment)
    assert device["state"] == "unseen"
    environment["DEVICE"] = device["id"]
    environment["DEVICE_TOKEN"] = run(token, environment)["token"]
    assert run(heartbeat, environment)["state"] == "online"
    sent = run(send, environment)
    assert run(heartbeat, environment)["commands"] == 1
    [taken] = run(take, environment)["results"]
    assert taken["id"] == sent["id"]
    environment["COMMAND"] = taken["id"]
    assert run(acknowledge, environment)["state"] == "acknowledged"
    assert run(facts, environment).keys() == {"sensors", "arrivals"}
