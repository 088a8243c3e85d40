"""The commands of docs/api/notification.md work as they are written, and its tables name what there is."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.test import Client

from alarms.notification.channels import KINDS
from alarms.notification.models import DELIVERY_STATES, RouteContent
from catalog.snapshot import snapshot_of
from tests.alarms.notification.world import World
from tests.historian.plant import add_sensors

ClientFor = Callable[..., Client]
GUIDE = (Path(__file__).parents[3] / "docs/api/notification.md").read_text()


def commands() -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


def run(client: Client, command: str) -> Any:
    words = shlex.split(command)
    path = next(word for word in words if "/api/v1/" in word).removeprefix("$URL")
    if "POST" not in words:
        return client.get(path)
    return client.post(path, words[words.index("-d") + 1] if "-d" in words else "", "application/json")


def test_the_commands_work_one_after_the_other(world: World, client_for: ClientFor) -> None:
    [sensor] = add_sensors(world.tenant, {"unit": "°C"})
    site = snapshot_of(world.tenant).sites[sensor.site].slug
    admin, channel = client_for("admin", world.tenant), ""
    for command in commands():
        said = command.replace("'$CHANNEL'", channel).replace("$CHANNEL", channel).replace('"north"', f'"{site}"')
        response = run(admin, said)
        assert response.status_code in (200, 201), f"{said}: {response.content!r}"
        channel = channel or response.json()["id"]
        if "preview" in said:
            assert [each["recipient"] for each in response.json()["results"]] == ["ops@example.com"]
    assert len(commands()) == 5


def test_the_tables_have_each_kind_state_and_member_of_a_route() -> None:
    for name in (*KINDS, *DELIVERY_STATES, *RouteContent.__struct_fields__):
        if name not in ("name", "enabled"):
            assert f"`{name}`" in GUIDE, name
