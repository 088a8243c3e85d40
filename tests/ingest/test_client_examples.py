"""The examples of the guide for InfluxDB's clients, each run as it stands against a running installation."""

from __future__ import annotations

import os
import re
import secrets
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.ingest.station import Station
from tests.ingest.telegraf import TELEGRAF
from tests.installation import Platform
from tests.isolation import ROOT

CLIENTS = ROOT / "tests/ingest/clients"
GUIDE = (ROOT / "docs/api/clients.md").read_text()
EXAMPLES = re.findall(r"^## ([^\n]+)\n(?:(?!^## ).)*?```(sh|python|js|go)\n(.*?)```", GUIDE, re.M | re.S)


@pytest.fixture(scope="module")
def installation(platform: Platform) -> Platform:
    platform.ensure_tenant("clients")
    platform.ensure_person("clients-engineer", "clients")
    return platform


def test_the_guide_has_examples() -> None:
    assert [language for _, language, _ in EXAMPLES] == ["sh", "python", "python", "js", "js", "go", "go"]


@pytest.mark.parametrize(("language", "text"), [each[1:] for each in EXAMPLES], ids=[each[0] for each in EXAMPLES])
def test_an_example_writes_its_sample(installation: Platform, tmp_path: Path, language: str, text: str) -> None:
    site = f"site-{secrets.token_hex(4)}"
    installation.ensure_sensor("clients-engineer", site, "TT-101")
    station = Station(installation, site)
    url = urlsplit(installation.url)
    environment = {
        **os.environ,
        "PATH": f"{TELEGRAF.parent}:{os.environ['PATH']}",
        "PLANTRACE_URL": installation.url,
        "PLANTRACE_HOST": str(url.hostname),
        "PLANTRACE_PORT": str(url.port),
        "PLANTRACE_TOKEN": station.token,
    }
    program = text.replace("harbour", site)
    match language:
        case "sh":
            command = ["sh", "-c", program]
        case "python":
            command = [sys.executable, "-c", program]
        case "js":
            command = ["node", "--input-type=module", "-e", program]
        case _:
            file = tmp_path / "main.go"
            file.write_text(program)
            command = ["go", "run", str(file)]
    folder = CLIENTS / ("go" if language == "go" else "node")
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert station.stored(1) == {0: 6.7}
