"""The commands of docs/api/work.md work as they are written, and its tables name what there is."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.work.conftest import Works
from work.cases.models import Case
from work.reliability.models import Reliability

pytestmark = pytest.mark.django_db
GUIDE = (Path(__file__).parents[2] / "docs/api/work.md").read_text()


def run(client: Client, command: str, names: dict[str, str]) -> Any:
    for name, value in names.items():
        command = command.replace(f"${name}", value)
    words = shlex.split(command)
    path = next(word for word in words if "/api/v1/" in word).removeprefix("$URL")
    if "POST" not in words:
        return client.get(path)
    if "--data-binary" in words:
        return client.post(path, b"\xff\xd8\xff", "image/jpeg")
    return client.post(path, json.loads(words[words.index("-d") + 1]), "application/json")


def test_the_commands_work_one_after_the_other(engineer: Client, works: Works, place: str) -> None:
    names, seen = {"ASSET": works.assets["P-1"]}, 0
    for block in re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL):
        for command in block.splitlines():
            response = run(engineer, command, names)
            assert response.status_code in (200, 201), f"{command}: {response.content!r}"
            if "CASE" not in names:
                names["CASE"] = response.json()["id"]
            seen += 1
    assert seen == 10
    notes = engineer.get(f"/api/v1/cases/{names['CASE']}").json()["notes"]
    assert [note["text"] for note in notes] == ["Bearing ordered", ""]


def test_the_tables_have_each_member_and_figure() -> None:
    told = set(re.findall(r"`(\w+)`", GUIDE))
    left_out = {"id", "revision", "site", "asset_type", "opened_by", "changed", "changed_by"}
    assert set(Case.__struct_fields__) - left_out <= told
    plain = {"failures", "operating_h", "downtime_h", "restored", "start", "end", "assets"}
    assert set(Reliability.__struct_fields__) - plain <= told
