"""Python in an installation's Django, in one process that stays: each `manage.py` would import everything again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass, field
from typing import IO

from tests.isolation import ROOT

PROGRAM = """
import contextlib, io, json, sys, traceback
import django
django.setup()
from django.db import connections
for line in sys.stdin:
    said, error = io.StringIO(), ""
    try:
        with contextlib.redirect_stdout(said):
            exec(compile(json.loads(line), "<console>", "exec"), {})
    except BaseException:
        error = traceback.format_exc()
    connections.close_all()
    print(json.dumps([said.getvalue(), error]), flush=True)
"""


@dataclass
class Console:
    environment: dict[str, str]
    process: subprocess.Popen[str] | None = field(default=None, init=False)
    errors: IO[str] = field(default_factory=lambda: tempfile.TemporaryFile("w+"), init=False)  # noqa: SIM115
    lock: threading.Lock = field(default_factory=threading.Lock, init=False)  # tests ask from threads too

    def run(self, code: str) -> str:
        """What the code prints."""
        with self.lock:
            answer = self._run(code)
        assert answer, f"the console ended while it ran:\n{code}\n{self._last_output()}"
        output, error = json.loads(answer)
        assert not error, f"{code}\nfailed:\n{output}\n{error}"
        return str(output)

    def _run(self, code: str) -> str:
        if self.process is None or self.process.poll() is not None:
            self.process = self._start()
        assert self.process.stdin and self.process.stdout
        try:
            self.process.stdin.write(json.dumps(code) + "\n")
            self.process.stdin.flush()
            return self.process.stdout.readline()
        except BaseException:  # its answer would be taken for the next one's
            self.process.kill()
            self.process.communicate()
            self.process = None
            raise

    def close(self) -> None:
        """Fine if it never ran."""
        if self.process is None:
            return
        try:
            self.process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
        self.process = None

    def _last_output(self) -> str:
        self.errors.seek(0)
        return self.errors.read()[-2000:]

    def _start(self) -> subprocess.Popen[str]:
        paths = os.pathsep.join(map(str, (ROOT / "platform", ROOT)))
        environment = {**self.environment, "PYTHONPATH": paths, "DJANGO_SETTINGS_MODULE": "config.settings"}
        return subprocess.Popen(
            [sys.executable, "-c", PROGRAM], env=environment, cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors,
        )  # fmt: skip
