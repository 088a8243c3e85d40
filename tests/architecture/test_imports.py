"""The direction of imports, checked by import-linter, and where some libraries may be imported."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from runtime.home import Home

ROOT = Path(__file__).resolve().parents[2]


def test_imports_run_one_way() -> None:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    result = subprocess.run(
        command, cwd=ROOT, env={"PYTHONPATH": f"{ROOT / 'platform'}:{ROOT}"}, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert "Imports run one way KEPT" in result.stdout


def test_arrows_client_of_buckets_is_imported_by_one_module() -> None:
    """import-linter knows whole libraries only, and Arrow itself is used everywhere."""
    imports = re.compile(r"^\s*(import pyarrow\.fs|from pyarrow\.fs import|from pyarrow import .*\bfs\b)", re.MULTILINE)
    found = {
        str(path.relative_to(ROOT))
        for root in ("platform", "tenants", "demo", "tests/testbed")
        for path in (ROOT / root).rglob("*.py")
        if imports.search(path.read_text())
    }
    assert found == {"platform/stores/objects/client.py", "platform/stores/objects/connection.py"}


def test_the_s3_client_is_loaded_only_when_a_bucket_is_used(home: Home) -> None:
    assert not _loaded(home, "import config.wsgi, config.urls, tenants.tasks", "pyarrow.fs")


def test_processes_that_serve_no_requests_load_no_view(home: Home) -> None:
    """Views and their framework take a quarter of a process's start, and its memory."""
    commands = (
        "ingest.management.commands.ingest_writer, historian.management.commands.ladder_worker, "
        "alarms.management.commands.alarm_evaluator, alarms.management.commands.alarm_notifier"
    )
    code = f"from config.celery import app; app.loader.import_default_modules(); import {commands}"
    assert not _loaded(home, code, "config.urls", "rest_framework.views", "drf_spectacular.plumbing")


def test_only_the_settings_read_the_environment() -> None:
    """Elsewhere an environment variable would be an unchecked setting."""
    allowed = {"platform/runtime", "platform/config", "tests"}
    offenders = [
        str(path.relative_to(ROOT))
        for root in ("platform", "tenants", "demo")
        for path in (ROOT / root).rglob("*.py")
        if "os.environ" in path.read_text()
        and not any(str(path.relative_to(ROOT)).startswith(each) for each in allowed)
    ]
    assert offenders == []


def test_only_the_local_driver_knows_the_supervisor() -> None:
    knowing = _containing("tenants", r"\bruntime\.supervisor\b")
    assert knowing == {"tenants/drivers/local/driver.py"}


def test_no_step_of_a_tenant_sleeps() -> None:
    """Steps raise Waiting instead. Commands and jobs may sleep."""
    sleeping = _containing("tenants", r"\bsleep\(")
    assert "tenants/reconciler.py" in sleeping
    commands = {"tenants/drivers/blocking.py", "tenants/drivers/local/backup.py"}
    assert "tenants/steps.py" not in sleeping
    assert {each for each in sleeping if each.startswith("tenants/drivers/")} == commands


def test_enumerations_are_used_without_their_value() -> None:
    sources = {path: path.read_text() for root in ("platform", "tenants") for path in (ROOT / root).rglob("*.py")}
    names = {
        name for text in sources.values() for name in re.findall(r"class (\w+)\((?:StrEnum|models\.TextChoices)", text)
    }
    assert {"State", "Plan", "Ring"} <= names
    use = re.compile(rf"\b(?:{'|'.join(names)})\.\w+\.value\b")
    assert [str(path.relative_to(ROOT)) for path, text in sources.items() if use.search(text)] == []


def _loaded(home: Home, code: str, *modules: str) -> set[str]:
    """Which of the modules a new process that runs the code has then imported."""
    environment = {
        "PYTHONPATH": f"{ROOT / 'platform'}:{ROOT}", "PLANTRACE_HOME": str(home.path), "PATH": os.environ["PATH"]
    }  # fmt: skip
    command = [sys.executable, "-c", f"{code}; import sys; print(*sys.modules)"]
    output = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout
    return set(modules) & set(output.split())


def _containing(root: str, pattern: str) -> set[str]:
    return {str(path.relative_to(ROOT)) for path in (ROOT / root).rglob("*.py") if re.search(pattern, path.read_text())}
