"""What pods wait for before their process starts."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.isolation import ROOT


@contextmanager
def waiting(home: Path, *arguments: str, **variables: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, str(ROOT / "manage.py"), "await_database", *arguments]
    environment = {**os.environ, "PLANTRACE_HOME": str(home), "PYTHONUNBUFFERED": "1", **variables}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def test_it_waits_until_the_migrations_ran(tmp_path: Path) -> None:
    with waiting(tmp_path, "--migrated") as process:
        assert "migrations have not run yet" in said(process)
        assert process.poll() is None
        migrate = [sys.executable, str(ROOT / "manage.py"), "migrate", "--no-input"]
        subprocess.run(migrate, env={**os.environ, "PLANTRACE_HOME": str(tmp_path)}, check=True, capture_output=True)
        assert process.wait(60) == 0
    with waiting(tmp_path, "--migrated") as again:
        assert again.wait(60) == 0


def test_without_more_it_waits_for_an_answer_only(tmp_path: Path) -> None:
    with waiting(tmp_path) as process:
        assert process.wait(60) == 0


def test_it_reports_that_nothing_answers_and_keeps_waiting(tmp_path: Path) -> None:
    with socket.socket() as taken:  # bound, and nobody listens
        taken.bind(("127.0.0.1", 0))
        address = f"postgres://plantrace:secret@127.0.0.1:{taken.getsockname()[1]}/plantrace"
        with waiting(tmp_path, DATABASE_URL=address) as process:
            line = said(process)
            assert "does not answer" in line and "secret" not in line
            assert process.poll() is None
