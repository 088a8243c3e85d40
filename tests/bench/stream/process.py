"""The process of the viewers, and what CPU time processes have used."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from tests.installation import Platform
from tests.isolation import ROOT


class Viewers:
    """All of them in a process of their own."""

    def __init__(self, platform: Platform, viewers: list[tuple[str, str]]) -> None:
        """`viewers`: the token and the query of each."""
        url = f"http://127.0.0.1:{platform.home.port('stream')}/api/v1/stream"
        command = [sys.executable, "-m", "tests.bench.stream.viewers"]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._say(json.dumps({"url": url, "viewers": viewers}))
        assert self._process.stdout is not None
        assert self._process.stdout.readline().strip() == "open"

    @property
    def pid(self) -> int:
        return self._process.pid

    def end(self) -> Any:
        self._say("")
        assert self._process.stdout is not None
        seen = json.loads(self._process.stdout.readline())
        self._process.wait(30)
        return seen

    def _say(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
