"""The bundled PostgreSQL prepares itself: a real server, with the chart's own script and rules."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.charts.rendering import of_kind, rendered

NOBODY = 65534
FOUND = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
pytestmark = pytest.mark.skipif(
    not FOUND or os.getuid() != 0, reason="PostgreSQL is not installed here, or we cannot be another user"
)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder writable by an unprivileged user."""
    path = Path(tempfile.mkdtemp(prefix="plantrace-pg-"))
    files = of_kind(rendered()["plantrace", "minimal"], "ConfigMap")["plantrace-postgresql"]["data"]
    for name, text in files.items():
        (path / name).write_text(text)
    os.chown(path, NOBODY, NOBODY)
    yield path
    shutil.rmtree(path)


def prepare(folder: Path, password: str) -> None:
    environment = {"PATH": os.environ["PATH"], "PGDATA": str(folder / "data"), "POSTGRES_PASSWORD": password}
    done = subprocess.run(
        ["sh", str(folder / "prepare.sh")], env=environment, user=NOBODY, group=NOBODY, cwd=folder,
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


class Server:
    """A server with the chart's rules about who may come in."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        options = ["-c", f"hba_file={folder / 'pg_hba.conf'}", "-c", f"unix_socket_directories={folder}"]
        command = [str(FOUND[-1]), "-D", str(folder / "data"), "-p", str(self.port), "-h", "127.0.0.1", *options]
        self.process = subprocess.Popen(command, user=NOBODY, group=NOBODY, cwd=folder, stderr=subprocess.DEVNULL)

    def __enter__(self) -> Server:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                self.connect("not it").close()
            except psycopg.OperationalError as error:
                if "password authentication failed" in str(error):
                    return self
            time.sleep(0.1)
        raise AssertionError("PostgreSQL did not start.")

    def __exit__(self, *_: object) -> None:
        self.process.send_signal(signal.SIGINT)
        self.process.wait(30)

    def connect(self, password: str, user: str = "plantrace") -> psycopg.Connection:
        address = f"host=127.0.0.1 port={self.port} dbname=plantrace user={user}"
        return psycopg.connect(address, password=password, connect_timeout=10)


def test_it_is_initialized_once_and_accepts_a_changed_password(folder: Path) -> None:
    prepare(folder, "first")
    with Server(folder) as server, server.connect("first") as connection:
        connection.execute("CREATE TABLE kept (x int)")
        connection.execute("INSERT INTO kept VALUES (7)")
    prepare(folder, "it's second")
    prepare(folder, "it's second")
    with Server(folder) as server:
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            server.connect("first")
        with server.connect("it's second") as connection:
            assert connection.execute("SELECT x FROM kept").fetchone() == (7,)
            assert connection.execute("SHOW is_superuser").fetchone() == ("off",)
        with pytest.raises(psycopg.OperationalError, match="no pg_hba"):
            server.connect("it's second", user="postgres")


def test_an_interrupted_initialization_starts_over(folder: Path) -> None:
    half = folder / "data.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("15\n")
    os.chown(half, NOBODY, NOBODY)
    os.chown(half / "PG_VERSION", NOBODY, NOBODY)
    prepare(folder, "first")
    with Server(folder) as server, server.connect("first") as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
