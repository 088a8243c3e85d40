"""The connection to PostgreSQL ends while the use of a token or session is noted: the request goes on."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.charts.test_charts_postgresql import Server, folder, prepare, pytestmark  # noqa: F401
from tests.isolation import ROOT

SCRIPT = """
from django.db import connection
from access.bookkeeping import write_unless_busy

def ask(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()

def end():
    ask("SELECT pg_terminate_backend(pg_backend_pid())")

{case}
print("lock_timeout:", *ask("SHOW lock_timeout"))
"""
CASES = {
    "it is open": "write_unless_busy(lambda: ask('SELECT 1'))",
    "it ends during the write": "write_unless_busy(end)",
    "it has ended before": """
try:
    end()
except Exception:
    write_unless_busy(lambda: ask('SELECT 1'))
""",
}


@pytest.fixture
def address(folder: Path) -> Iterator[str]:  # noqa: F811
    prepare(folder, "secret")
    with Server(folder) as server:
        yield f"postgres://plantrace:secret@127.0.0.1:{server.port}/plantrace"


@pytest.mark.parametrize("case", CASES)
def test_the_next_query_is_answered(address: str, tmp_path: Path, case: str) -> None:
    command = [sys.executable, str(ROOT / "manage.py"), "shell", "-c", SCRIPT.format(case=CASES[case])]
    environment = {**os.environ, "PLANTRACE_HOME": str(tmp_path), "DATABASE_URL": address}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "lock_timeout: 0"
