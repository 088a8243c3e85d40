"""The commands of docs/api/alarms.md work as they are written, and its tables name what there is."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

from django.test import Client

from alarms.journal.models import EVENTS
from alarms.performance.models import AlarmPerformance
from alarms.rules.models import Trigger
from catalog.snapshot import snapshot_of
from kernel.tenancy import TenantConnection
from kernel.times import MINUTE
from tests.alarms.alarm_world import about, forget_alarms, raise_alarm
from tests.historian.plant import add_sensors
from web.clock import now_ms

ClientFor = Callable[..., Client]
GUIDE = (Path(__file__).parents[3] / "docs/api/alarms.md").read_text()


def commands() -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


def run(client: Client, command: str, names: dict[str, str], file: bytes) -> Any:
    for name, value in names.items():
        command = command.replace(f"'${name}'", value).replace(f"${name}", value).replace("site=north", names["SITE"])
    words = shlex.split(command)
    path = next(word for word in words if "/api/v1/" in word).removeprefix("$URL")
    if "POST" not in words:
        return client.get(path)
    if "--data-binary" in words:
        return client.post(path, file, "application/yaml")
    return client.post(path, words[words.index("-d") + 1], "application/json")


def test_the_commands_work_one_after_the_other(client_for: ClientFor, acme: TenantConnection) -> None:
    forget_alarms(acme)
    engineer = client_for("engineer", acme)
    [sensor] = add_sensors(acme, {"unit": "°C"})
    key = raise_alarm(acme, about(sensor), now_ms() - MINUTE)
    slug = snapshot_of(acme).sites[sensor.site].slug
    names = {"ALARM": key, "SENSOR": sensor.id, "SITE": f"site={slug}"}
    file, seen = b"", list[str]()
    for command in commands():
        response = run(engineer, command, names, file)
        assert response.status_code in (200, 201), f"{command}: {response.content!r}"
        file = response.content if "rules/yaml" in command else file
        seen.append(command)
    assert len(seen) == 7


def test_the_tables_have_each_trigger_figure_and_transition() -> None:
    kinds = {kind.__struct_config__.tag for kind in get_args(Trigger)}
    assert {kind for kind in kinds if f"| `{kind}` |" in GUIDE} == kinds
    told = {"start", "end", "operators", "raised", "bucket_ms", "buckets", "truncated", "standing_count"}
    for figure in set(AlarmPerformance.__struct_fields__) - told:
        assert f"`{figure}`" in GUIDE, figure
    for what in EVENTS:
        assert f"`{what}`" in GUIDE, what
