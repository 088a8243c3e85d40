"""How much a browser loads for the first page and for the drawing editor."""

from __future__ import annotations

import subprocess

from tests.isolation import ROOT


def test_the_first_page_and_the_editor_are_within_their_budgets() -> None:
    done = subprocess.run(["node", "scripts/size.mjs"], cwd=ROOT / "frontend", capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
