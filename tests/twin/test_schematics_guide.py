"""The commands in docs/api/schematics.md do what it says."""

from __future__ import annotations

import itertools
import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path

from django.test import Client

from historian.asof.values import AsOf
from kernel.tenancy import TenantConnection
from tests.twin.conftest import Plant
from twin.models import VersionInfo
from twin.own_symbols import repository as own_symbols
from twin.queries import Frame
from twin.scans import repository as scans
from twin.symbols import library

GUIDE = (Path(__file__).parents[2] / "docs/api/schematics.md").read_text()
COMMANDS = re.findall(r"^curl .*$", GUIDE, re.MULTILINE)


def test_the_commands_of_the_guide_work_one_after_the_other(
    client_for: Callable[..., Client], acme: TenantConnection, plant: Plant
) -> None:
    client, schematic = client_for("engineer", acme), ""
    assert len(COMMANDS) == 19
    for command in COMMANDS:
        names = {"URL": "", "SITE": "works", "ASSET": plant.assets["P-1"], "SENSOR": plant.sensors["FT-1"]}
        for name, value in {**names, "SCHEMATIC": schematic}.items():
            command = command.replace(f"${name}", value)
        response = run(client, command)
        assert response.status_code in (200, 201), (command, response.content)
        schematic = schematic or response.json()["id"]
    scans.delete(acme, [scan.id for scan in scans.find(acme)])
    for stored in own_symbols.find(acme):
        own_symbols.delete(acme, stored.id, None)


def run(client: Client, command: str):  # type: ignore[no-untyped-def]
    _, *words = shlex.split(command)
    [url] = [word for word in words if word.startswith("/")]
    options = dict(itertools.pairwise(words))
    body = json.loads(options.get("-d", "null"))
    if options.get("-X") == "POST":
        return client.post(url, body, content_type="application/json")
    if options.get("-X") == "PUT":
        return client.put(url, body, content_type="application/json")
    return client.get(url)


def test_the_guides_frame_has_the_fields_of_real_ones() -> None:
    [text] = re.findall(r"\n```json\n(.*?)```", GUIDE, re.DOTALL)
    frame = json.loads(text)
    assert frame.keys() == set(Frame.__struct_fields__) - {"drawing", "alarms", "predictions"}
    assert frame["version"].keys() == set(VersionInfo.__struct_fields__)
    assert frame["values"][0].keys() == set(AsOf.__struct_fields__)


def test_the_guide_names_every_slot() -> None:
    slots = {slot for symbol in library().symbols.values() for slot in symbol.slots}
    assert all(f"`{slot}`" in GUIDE for slot in slots), slots
