"""Telegraf with the configurations of its guide, at the addresses of a test."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.isolation import ROOT

TELEGRAF = Path.home() / ".cache/plantrace/bin/telegraf"
GUIDE = ROOT / "docs/api/telegraf.md"
SNIPPETS = ROOT / "frontend/src/operators/onboarding/snippets.ts"
_PRINT_SNIPPETS = """
import { readFileSync } from "node:fs";
import ts from "typescript";
const [file, sending] = process.argv.slice(1);
const options = { compilerOptions: { module: ts.ModuleKind.ESNext } };
const code = ts.transpileModule(readFileSync(file, "utf8"), options).outputText;
const { snippets } = await import("data:text/javascript," + encodeURIComponent(code));
console.log(JSON.stringify(snippets(JSON.parse(sending))));
"""


def guide() -> dict[str, str]:
    """The configurations of the guide by their first plugin: `inputs.modbus`, and a second one as `inputs.modbus 2`."""
    found: dict[str, str] = {}
    for text in re.findall(r"```toml\n(.*?)```", GUIDE.read_text(), re.DOTALL):
        (name, *_) = re.findall(r"^\[\[((?:in|out)puts\.\w+)\]\]", text, re.MULTILINE)
        number = sum(known.split()[0] == name for known in found) + 1
        found[name if number == 1 else f"{name} {number}"] = text
    return found


def shown_to_newcomers(url: str, token: str, site: str, tag: str) -> dict[str, str]:
    """The ways of sending that the web UI shows after a tenant was created, by name."""
    sending = json.dumps({"url": url, "token": token, "site": site, "tag": tag})
    command = ["node", "--input-type=module", "-e", _PRINT_SNIPPETS, str(SNIPPETS), sending]
    printed = subprocess.run(command, cwd=ROOT / "frontend", capture_output=True, text=True, check=True).stdout
    return {each["name"]: each["text"] for each in json.loads(printed)}


def at(text: str, **replaced: str) -> str:
    """The configuration with other values of these settings: each must be there."""
    for setting, value in replaced.items():
        text, count = re.subn(rf"^(\s*{setting} = ).*$", rf"\g<1>{value}", text, flags=re.MULTILINE)
        assert count, f"the guide has no {setting}"
    return text


@dataclass(frozen=True)
class Telegraf:
    log: Path

    def said(self) -> str:
        return self.log.read_text()


@contextmanager
def running_telegraf(folder: Path, configuration: str, token: str) -> Iterator[Telegraf]:
    file, log = folder / "telegraf.conf", folder / "telegraf.log"
    file.write_text(configuration)
    with log.open("w") as out:
        process = subprocess.Popen(
            [str(TELEGRAF), "--config", str(file)], env={"PLANTRACE_TOKEN": token, "HOME": str(folder)},
            stdout=out, stderr=out,
        )  # fmt: skip
    try:
        yield Telegraf(log)
    finally:
        process.terminate()
        process.wait()
