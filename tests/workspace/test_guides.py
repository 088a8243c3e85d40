"""docs/api/annotations.md and docs/api/dashboards.md are correct."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.workspace.conftest import Works

DOCS = Path(__file__).parents[2] / "docs/api"


def commands(document: str) -> list[list[str]]:
    blocks = re.findall(r"```sh\n(.*?)```", (DOCS / document).read_text(), re.DOTALL)
    return [shlex.split(line) for block in blocks for line in block.strip().splitlines()]


def run(client: Client, words: list[str], names: dict[str, str]) -> Any:
    def filled(text: str) -> str:
        for name, value in names.items():
            text = text.replace(f"${name}", value)
        return text

    path = filled(next(word for word in words if word.startswith("$URL")).removeprefix("$URL"))
    if "--data-binary" in words:
        return client.post(path, b"%PDF-1.7", content_type="application/pdf")
    if "-d" not in words:
        return client.get(path)
    body = json.loads(filled(words[words.index("-d") + 1]))
    return client.post(path, body, content_type="application/json")


def test_the_commands_about_annotations_work(engineer: Client, works: Works, place: str) -> None:
    making, listing, adding = commands("annotations.md")
    names = {"SENSOR": works.sensors["FT-1"]}
    made = run(engineer, making, names)
    assert made.status_code == 201, made.content
    assert [each["text"] for each in run(engineer, listing, names).json()["results"]] == ["Calibrated"]
    added = run(engineer, adding, {"ANNOTATION": made.json()["id"]})
    assert added.status_code == 201 and added.json()["files"][0]["name"] == "report.pdf"


@pytest.mark.parametrize("number", [0, 1])
def test_the_commands_about_views_and_dashboards_work(engineer: Client, works: Works, number: int) -> None:
    view, board, listing = commands("dashboards.md")
    names = {"SENSOR": works.sensors["FT-1"], "SITE": "works"}
    made = run(engineer, [view, board][number], names)
    assert made.status_code == 201, made.content
    assert [each["name"] for each in run(engineer, listing, names).json()["results"]] == ["Shift"] * number
