"""The commands in docs/api/samples.md work as described."""

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
from django.urls import reverse

from historian.http.requests import METHODS
from kernel.tenancy import TenantConnection
from kernel.times import parse_time
from tests.historian.plant import add_sensors, every_minute, write

GUIDE = Path(__file__).parents[2] / "docs/api/samples.md"
COMMANDS = re.findall(r"^curl .*$", GUIDE.read_text(), re.MULTILINE)
KINDS = re.findall(r"\n```json\n(.*?)```", GUIDE.read_text(), re.DOTALL)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_guide_works(command: str, client_for: Callable[..., Client], acme: TenantConnection) -> None:
    one, other = add_sensors(acme, {"tag": "TT-101"}, {"tag": "P-1", "kind": "discrete"})
    write(acme, one, every_minute([6.5] * 2_000, parse_time("2026-03-01T00:00:00Z", "start")))
    for name, value in {"URL": "", "SENSOR": one.id, "OTHER": other.id}.items():
        command = command.replace(f"${name}", value)
    response = run(client_for("viewer", acme), command)
    assert response.status_code == 200
    assert "6.5" in (b"".join(response.streaming_content) if response.streaming else response.content).decode()


def run(client: Client, command: str) -> Any:
    _, *words = shlex.split(command)
    options = dict(itertools.pairwise(words))
    [url] = [word for word in words if word.startswith("/")]
    if "-d" in options:
        return client.post(url, json.loads(options["-d"]), content_type="application/json")
    return client.get(url)


def test_the_guide_names_every_method_and_every_call() -> None:
    text = GUIDE.read_text()
    assert len(COMMANDS) == 9
    for method in METHODS:
        assert f"| `{method}` |" in text
    for name in ("samples-query", "values", "retention", "ladder"):
        assert reverse(name) in text


def test_the_guides_answers_have_the_fields_of_real_ones() -> None:
    from historian.asof.values import AsOf
    from historian.shape.series import Line

    view, values = (json.loads(text.replace(", …", "")) for text in KINDS)
    assert view.keys() == set(Line.__struct_fields__) - {"reason"}  # only where there is nothing
    assert values["values"][0].keys() == set(AsOf.__struct_fields__)
