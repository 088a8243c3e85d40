"""The web UI's own unit tests, so that all tests have one summary and share the machine."""

from __future__ import annotations

import subprocess

from tests.isolation import ROOT

TIMEOUT_MS = 30_000  # of each: other tests run beside them


def test_the_unit_tests_of_the_web_ui_pass() -> None:
    command = ["npm", "run", "--silent", "test", "--", f"--testTimeout={TIMEOUT_MS}"]
    done = subprocess.run(command, cwd=ROOT / "frontend", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    print(done.stdout)
    assert done.returncode == 0, done.stdout[-6_000:]
