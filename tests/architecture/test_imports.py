"""The direction of imports, proved by import-linter; and where one library may be imported at all."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_imports_run_one_way() -> None:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    result = subprocess.run(
        command, cwd=ROOT, env={"PYTHONPATH": f"{ROOT / 'platform'}:{ROOT}"}, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert "Imports run one way KEPT" in result.stdout


def test_only_the_settings_read_the_environment() -> None:
    """Elsewhere an environment variable would be a setting nobody checks."""
    allowed = {"platform/runtime", "platform/config", "tests"}
    offenders = [
        str(path.relative_to(ROOT))
        for root in ("platform", "tenants", "demo")
        for path in (ROOT / root).rglob("*.py")
        if "os.environ" in path.read_text()
        and not any(str(path.relative_to(ROOT)).startswith(each) for each in allowed)
    ]
    assert offenders == []
