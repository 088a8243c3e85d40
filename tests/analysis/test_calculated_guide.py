"""The commands and expressions of docs/api/calculated.md do what it says."""

from __future__ import annotations

import itertools
import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from analysis.calculated.series import MAX_CELLS, MAX_EXACT, METHODS
from catalog.expressions.parse import MAX_CHARS, MAX_DEPTH, MAX_NODES, MAX_OPERANDS, parse
from kernel.tenancy import TenantConnection
from kernel.times import parse_time
from tests.historian.plant import add_sensors, every_minute, write

GUIDE = (Path(__file__).parents[2] / "docs/api/calculated.md").read_text()
COMMANDS = re.findall(r"^curl .*$", GUIDE, re.MULTILINE)


def test_the_commands_of_the_guide_work_one_after_the_other(
    client_for: Callable[..., Client], acme: TenantConnection
) -> None:
    sensors = add_sensors(
        acme, {"tag": "FT-1", "unit": "m³/h"}, {"tag": "TT-1", "unit": "°C"}, {"tag": "TT-2", "unit": "°C"}
    )
    start = parse_time("2026-03-01T00:00:00Z", "start")
    for sensor, value in zip(sensors, (36.0, 7.0, 12.0), strict=True):
        write(acme, sensor, every_minute([value] * 60, start))
    client, series, answers = client_for("engineer", acme), "", []
    for command in COMMANDS:
        for name, value in {"$URL": "", "$SERIES": series, "north": sensors[0].site}.items():
            command = command.replace(name, value)
        response = run(client, command)
        assert response.status_code in (200, 201), (command, response.content)
        answers.append(response.json())
        series = series or answers[0]["id"]
    created, checked, listed, samples = answers
    assert (created["unit"], checked["unit"]) == ("kW", "°C")
    assert [each["id"] for each in listed["results"]] == [series]
    assert len(samples["v"]) == 60 and samples["v"][0] == pytest.approx(209.08, abs=0.01)


def run(client: Client, command: str) -> Any:
    _, *words = shlex.split(command)
    [url] = [word for word in words if word.startswith("/")]
    options = dict(itertools.pairwise(words))
    if options.get("-X") == "POST":
        return client.post(url, json.loads(options["-d"]), content_type="application/json")
    return client.get(url)


def test_the_limits_of_the_guide_are_those_of_the_code() -> None:
    for number in (MAX_CHARS, MAX_NODES, MAX_OPERANDS, MAX_DEPTH, MAX_EXACT, MAX_CELLS):
        assert f"{number:,}" in GUIDE
    assert all(f"`{method}`" in GUIDE for method in METHODS)


def test_the_expressions_of_the_guide_are_understood() -> None:
    for text in re.findall(r"`(exp\(.*?\))`", GUIDE):
        parse(text)
