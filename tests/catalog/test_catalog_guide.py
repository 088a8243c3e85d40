"""The commands in docs/api/catalog.md, run in order, work as described."""

from __future__ import annotations

import itertools
import json
import re
import shlex
from pathlib import Path
from typing import Any

from django.test import Client

GUIDE = Path(__file__).parents[2] / "docs/api/catalog.md"
TEXT = GUIDE.read_text()
BLOCKS = re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL)


def test_the_commands_of_the_guide_work_one_after_the_other(engineer: Client) -> None:
    names: dict[str, str] = {"URL": ""}
    responses = []
    for block in BLOCKS:
        expected = None
        for line in block.splitlines():
            if line.startswith("# "):
                expected = int(line[2:])
                continue
            for name, value in names.items():
                line = line.replace(f"${name}", value)
            response = run(engineer, line)
            assert response.status_code == expected if expected else response.status_code < 300, (
                line,
                response.content,
            )
            expected = None
            responses.append(response)
            if line.startswith("curl -X POST") and "bulk" not in line:
                names["ASSET" if "/assets" in line else "SENSOR"] = response.json()["id"]
    assert len(responses) == 17
    messages = [response.json()["detail"] for response in responses if response.status_code >= 400]
    for detail in messages:
        assert json.dumps(detail, ensure_ascii=False) in TEXT, "the guide shows the very words"


def run(client: Client, command: str) -> Any:
    _, *words = shlex.split(command)
    options = dict(itertools.pairwise(words))
    [url] = [word for word in words if word.startswith("/")]
    return client.generic(options.get("-X", "GET"), url, options.get("-d", ""), content_type="application/json")


def test_the_guide_lists_every_problem_of_the_catalog() -> None:
    files = (GUIDE.parents[2] / "platform/catalog").rglob("*.py")
    code = "\n".join(path.read_text() for path in files if path.parent.name != "expressions")  # see calculated series
    parameters = {"bad-revision", "bad-flag", "bad-depth", "too-many-items"}  # their sentence says it all
    slugs = set(re.findall(r'slug(?:=|, title = )"([a-z-]+)"', code))
    assert "already-exists" in slugs
    assert [slug for slug in sorted(slugs - parameters) if f"`/problems/{slug}`" not in TEXT] == []
